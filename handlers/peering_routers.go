package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/sessions"
	"provision-gateway/compat"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

var errNothingToDelete = refuse("No sessions found to delete.")

// deleteSession deletes the live sessions that meet every criterion. Sessions
// that a router may know are removed from it first, and stay where that fails.
// Without a criterion nothing is deleted.
func deleteSession(k *call) ([]byte, error) {
	deleted, possible, given := k.params.optionalID("deleted")
	conditions := k.conditions()
	if len(conditions) == 0 || given && (!possible || deleted != 0) {
		return nil, errNothingToDelete
	}
	var sessions []models.Session
	var links map[uint64]*models.ExchangeSession
	var body []byte
	err := k.Store.Write(k.ctx, func(tx *models.Tx) error {
		body, links = nil, nil
		if err := k.claim(tx); err != nil {
			return err
		}
		var err error
		if sessions, err = tx.MatchingSessions(conditions); err != nil {
			return err
		}
		if len(sessions) == 0 {
			return errNothingToDelete
		}
		if slices.ContainsFunc(sessions, func(s models.Session) bool { return s.OnRouter() }) {
			if !k.caller.Allows(models.PermissionDevice) {
				return errPermission
			}
			return k.linksOf(tx, sessions, &links)
		}
		if err := k.linksOf(tx, sessions, &links); err != nil || len(links) > 0 {
			return err
		}
		for i := range sessions {
			if _, err := tx.DeleteSession(&sessions[i]); err != nil {
				return err
			}
		}
		body = compat.AppendEnvelope(nil, true, fmt.Sprintf("%d sessions deleted.", len(sessions)))
		return k.settle(tx, body)
	})
	if err != nil || body != nil {
		return body, err
	}
	return k.deleteOutside(sessions, links)
}

// linksOf reads which sessions are at exchanges. Where no exchange was ever bound
// that is none.
func (k *call) linksOf(tx *models.Tx, sessions []models.Session, links *map[uint64]*models.ExchangeSession) (err error) {
	if _, none := k.Exchanges.(noExchanges); none {
		return nil
	}
	*links, err = tx.ExchangeSessions(sessions)
	return err
}

// deleteOutside deletes sessions that routers or exchanges may know, those of different routers at the same
// time, since each may fail at its router. A router that cannot be reached is
// not tried again.
func (k *call) deleteOutside(sessions []models.Session, links map[uint64]*models.ExchangeSession) ([]byte, error) {
	ctx, cancel := k.outside()
	defer cancel()
	failures := make([]error, len(sessions))
	var routers errgroup.Group
	const atOnce = 8
	routers.SetLimit(atOnce)
	for _, some := range byRouter(sessions) {
		routers.Go(func() error {
			var gone error
			for _, i := range some {
				if gone != nil && sessions[i].OnRouter() {
					failures[i] = gone
				} else if failures[i] = k.deleteOne(ctx, &sessions[i], links[sessions[i].ID]); isUnreachable(failures[i]) {
					gone = failures[i]
				}
			}
			return nil
		})
	}
	_ = routers.Wait()
	deleted, reasons := 0, []string(nil)
	for i, err := range failures {
		if err == nil {
			deleted++
			continue
		}
		reasons = append(reasons, sessions[i].Label()+": "+k.reason("delete session", err))
	}
	if len(reasons) == 0 {
		body := compat.AppendEnvelope(nil, true, fmt.Sprintf("%d sessions deleted.", deleted))
		return body, k.Store.Write(k.ctx, func(tx *models.Tx) error { return k.settle(tx, body) })
	}
	message := fmt.Sprintf("%d sessions deleted, %d failed: %s", deleted, len(reasons), strings.Join(reasons, "; "))
	return compat.AppendEnvelope(nil, false, message), k.Store.Write(k.ctx, k.release)
}

// byRouter groups the indexes of sessions by the router that they are on.
func byRouter(sessions []models.Session) [][]int {
	place, groups := map[uint64]int{}, [][]int(nil)
	for i := range sessions {
		var router uint64
		if id := sessions[i].Placed().RouterID; id != nil {
			router = *id
		}
		at, known := place[router]
		if !known {
			at, place[router] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	return groups
}

// deleteOne takes a session off its router and its exchange, and deletes it.
// Another call may bring it onto a router in between; then it is taken off again.
func (k *call) deleteOne(ctx context.Context, s *models.Session, link *models.ExchangeSession) error {
	if link != nil {
		return k.deleteAtExchange(ctx, s, link)
	}
	return k.deleteHere(ctx, s)
}

func (k *call) deleteHere(ctx context.Context, s *models.Session) error {
	const tries = 3
	for try := 1; ; try++ {
		if s.OnRouter() {
			if err := k.Router.Remove(ctx, s); err != nil {
				if _, missing := k.Store.SessionByID(k.ctx, s.ID); models.ErrorCode(missing) == models.NotFound {
					// Another call deleted it.
					return nil
				}
				return err
			}
		}
		err := k.Store.Write(k.ctx, func(tx *models.Tx) error {
			_, err := tx.DeleteSession(s)
			return err
		})
		if models.ErrorCode(err) != models.Conflict || try == tries {
			return err
		}
		fresh, err := k.Store.SessionByID(k.ctx, s.ID)
		if err != nil {
			return err
		}
		*s = *fresh
	}
}

// isUnreachable reports whether a router could not be logged in to.
func isUnreachable(err error) bool {
	var u interface{ Unreachable() bool }
	return errors.As(err, &u) && u.Unreachable()
}

// configureSession brings a session onto its router: the lines that are sent,
// or lines made from the session.
func configureSession(k *call) ([]byte, error) {
	id, possible := k.params.id("session_id")
	if !possible {
		return nil, errNoSession(k.params.text("session_id"))
	}
	c, err := k.configuration()
	if err != nil {
		return nil, err
	}
	err = k.Store.Write(k.ctx, func(tx *models.Tx) (err error) {
		if err := k.claim(tx); err != nil {
			return err
		}
		c.Session, err = tx.LiveSession(id)
		if err != nil && models.ErrorCode(err) == models.NotFound {
			return errNoSession(k.params.text("session_id"))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err = k.configureRouter(c); err != nil {
		return nil, errors.Join(err, k.Store.Write(k.ctx, func(tx *models.Tx) error {
			// Lines of the caller's own may do something else the second time.
			return k.releaseUnless(tx, c.Lines != "" && delivery.Uncertain(err))
		}))
	}
	var body []byte
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		s, err := tx.MarkConfigured(id)
		if err != nil {
			return err
		}
		if body, err = sessionAnswer(tx, id, "Session configured: "+s.Label()); err != nil {
			return err
		}
		return k.settle(tx, body)
	})
	if models.ErrorCode(err) == models.NotFound {
		// The session was deleted while its router was being configured: then
		// the router must not keep it.
		return nil, errors.Join(err, k.removeFromRouter(c.Session), k.Store.Write(k.ctx, k.release))
	}
	return body, err
}

func (k *call) configureRouter(c sessions.Configuration) error {
	ctx, cancel := k.outside()
	defer cancel()
	return k.Router.Configure(ctx, c)
}

func (k *call) removeFromRouter(s *models.Session) error {
	ctx, cancel := k.outside()
	defer cancel()
	return k.Router.Remove(ctx, s)
}

func errNoSession(id string) error {
	return refuse("No session found with ID: %s", phpvalue.ValidUTF8(id))
}

// configuration reads what is sent of a configuration. Lines of nothing but
// white space count as none.
func (k *call) configuration() (c sessions.Configuration, err error) {
	for _, f := range []struct {
		name  string
		store *string
	}{{"config", &c.Lines}, {"username", &c.Username}, {"password", &c.Password}} {
		text, err := k.params.stored(f.name, mostText)
		if err != nil {
			return c, err
		}
		if text != nil {
			*f.store = *text
		}
	}
	if strings.TrimSpace(c.Lines) == "" {
		c.Lines = ""
	}
	return c, nil
}

// reason is what the answer says of a failure outside; details that are not
// for the caller go to the log.
func (k *call) reason(doing string, err error) string {
	var m *models.Error
	if errors.As(err, &m) {
		return strings.TrimSpace(m.Message)
	}
	k.Logger.Error("cannot "+doing, "action", k.action.Key(), "error", err)
	return messageInternal
}

// claim takes the token of an idempotent write that is more than one
// transaction.
func (k *call) claim(tx *models.Tx) error {
	if k.token == nil {
		return nil
	}
	return tx.Claim(*k.token)
}

// release gives the token back after a failure, so that the caller can try
// again.
func (k *call) release(tx *models.Tx) error { return k.releaseUnless(tx, false) }

// releaseUnless keeps the token where the outcome is not known: whoever tries
// again with it is told so, and nothing happens twice.
func (k *call) releaseUnless(tx *models.Tx, unknown bool) error {
	if unknown || k.token == nil {
		return nil
	}
	return tx.Release(*k.token)
}
