package exchange

import (
	"errors"
	"strings"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// Pending is a failure after which what is wanted still stands: it is done later
// in the background, or when the caller asks for the same again.
type Pending struct {
	said  *models.Error
	cause error
}

// Error returns what is said to the caller.
func (p *Pending) Error() string { return p.said.Message }

// Unwrap returns what is said to the caller, and the cause.
func (p *Pending) Unwrap() []error {
	if p.cause == nil {
		return []error{p.said}
	}
	return []error{p.said, p.cause}
}

// IsPending reports whether an error means that what is wanted is done later.
func IsPending(err error) bool {
	_, ok := errors.AsType[*Pending](err)
	return ok
}

// Refused is the answer of an exchange that will not do what is wanted, after
// which nothing of it is there: who wanted it can undo it here.
type Refused struct{ said *models.Error }

// Error returns what is said to the caller.
func (r *Refused) Error() string { return r.said.Message }

// Unwrap returns what is said to the caller.
func (r *Refused) Unwrap() error { return r.said }

// IsRefused reports whether an error means that what is wanted can be undone.
func IsRefused(err error) bool {
	_, ok := errors.AsType[*Refused](err)
	return ok
}

// outcome turns a failure into what the caller is told.
func (e *Exchange) outcome(b *bound, s *models.Session, err error) error {
	var known *models.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if failed, ok := errors.AsType[*ixapi.Error](err); ok && failed.Refused() {
		if failed.Status == 401 {
			e.Logger.Error("an exchange does not take the credentials", "public_id", b.PublicID, "error", err)
			return models.Errorf(models.Conflict, "The exchange does not take the credentials of this gateway")
		}
		return models.Errorf(models.Conflict, "%s", failed.Reason())
	}
	e.Logger.Warn("an exchange cannot be asked", "public_id", b.PublicID, "session", s.ID, "error", err)
	return &Pending{models.Errorf(models.Conflict, "The exchange cannot be reached: %s stays as it is now and is finished later, or when the same is sent again",
		strings.TrimSpace(s.Label())), err}
}
