package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"provision-gateway/models"
)

// failure is every error of this package but ErrCredentials.
type failure struct {
	message *models.Error
	// cause is the end of a context, or nil. Errors of libraries are put into
	// words instead, since their texts hold addresses.
	cause error
	// uncertain says that the router may have taken lines, removed that the
	// session which the call was about is not on it any more.
	uncertain, removed bool
	// unreachable says that no login came about.
	unreachable bool
}

// Error returns the words for the caller.
func (f *failure) Error() string { return f.message.Message }

// Unwrap lets errors.As find the *models.Error and errors.Is the end of a
// context.
func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.message}
	}
	return []error{f.message, f.cause}
}

// Uncertain reports whether the router may have taken at least one line of
// configuration and nobody knows what it holds now.
func (f *failure) Uncertain() bool { return f.uncertain }

// Removed reports whether the session that was to be configured is not on the
// router now, whatever was there before the call.
func (f *failure) Removed() bool { return f.removed }

// Unreachable reports whether it did not come to a login, so that another call
// to the same router will not either.
func (f *failure) Unreachable() bool { return f.unreachable }

func uncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}

// fail makes a failure that names the router. Of cause only the end of a
// context is kept.
func (a Access) fail(code models.Code, cause error, format string, args ...any) *failure {
	f := &failure{message: models.Errorf(code, "Router %s %s", a.label(), fmt.Sprintf(format, args...))}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(cause, end) {
			f.cause = end
		}
	}
	return f
}

// unreachable is the failure of a connection that did not come to a prompt.
func (a Access) unreachable(err error, within time.Duration) *failure {
	f := a.fail(models.Internal, err, "is unreachable: %s", plainly(err, within))
	f.unreachable = true
	return f
}

// plainly says in plain words what a network or SSH error means. within is how
// long was waited.
func plainly(err error, within time.Duration) string {
	var dns *net.DNSError
	var algorithms *ssh.AlgorithmNegotiationError
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "the request was given up"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return "no answer within " + within.String()
	case errors.As(err, &dns):
		return "its name cannot be resolved"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to it"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "it reset the connection"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "it closed the connection"
	case errors.As(err, &algorithms):
		return "it offers no SSH algorithms that are known here"
	}
	return "what answers there does not speak SSH as it should"
}
