package handlers

import (
	"context"
	"errors"
	"time"

	"provision-gateway/backends/exchange"
	"provision-gateway/models"
)

// Writes to sessions at exchanges that are bound to an API are two transactions
// with the exchange between: the first writes down what is wanted, the second
// what came of it.

// dueAfter is when the background looks after a session that a request has begun
// with and did not end.
func (k *call) dueAfter() int64 { return k.Now().Add(30 * time.Second).Unix() }

// given gives the token back, so that the caller can try again, and returns why.
func (k *call) given(err error) ([]byte, error) {
	return nil, errors.Join(err, k.Store.Write(k.ctx, k.release))
}

// addAtExchange adds a session at an exchange that is bound. One with a route
// server is brought there; the others the exchange does not know.
//
// Where the exchange cannot be reached the session is kept, and the same call
// goes on with it.
func (k *call) addAtExchange() ([]byte, error) {
	if err := k.Store.Write(k.ctx, k.claim); err != nil {
		return nil, err
	}
	s, err := k.newSession()
	if err != nil {
		return k.given(err)
	}
	ctx, cancel := k.outside()
	defer cancel()
	routeServer, unplanned := k.Exchanges.Plan(ctx, s)
	if unplanned != nil && !exchange.IsPending(unplanned) {
		return k.given(unplanned)
	}
	var body []byte
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		body = nil
		if routeServer || unplanned != nil {
			due := k.dueAfter()
			if unplanned != nil {
				// This request does no more.
				due = k.Now().Unix()
			}
			return tx.AddExchangeSession(s, due)
		}
		if err := tx.AddSession(s); err != nil {
			return err
		}
		body = addedAnswer(s)
		return k.settle(tx, body)
	})
	if err != nil {
		return k.given(err)
	}
	if body != nil {
		return body, nil
	}
	if unplanned != nil {
		return k.given(unplanned)
	}
	err = k.Exchanges.Converge(ctx, s.ID)
	if err != nil && !exchange.IsPending(err) {
		err = errors.Join(err, k.Store.Write(k.ctx, func(tx *models.Tx) error {
			_, lost := tx.DropExchangeSession(s.ID)
			return lost
		}))
	}
	if err != nil {
		return k.given(err)
	}
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		shown := *s
		if x, err := tx.ExchangeSession(s.ID); err != nil {
			return err
		} else if x != nil && x.State != "" && shown.State == models.StateNotConfigured {
			shown.State = x.State
		}
		body = addedAnswer(&shown)
		return k.settle(tx, body)
	})
	return body, err
}

// isAtExchange reports whether a change of a session concerns an exchange that
// is bound: it stands there, or what is sent may bring it there.
func (k *call) isAtExchange(id uint64) (bool, error) {
	if _, none := k.Exchanges.(noExchanges); none {
		return false, nil
	}
	if x, err := k.Store.ExchangeSession(k.ctx, id); err != nil || x != nil {
		return x != nil, err
	}
	sent := func(names ...string) bool {
		for _, name := range names {
			if _, ok := k.params.get(name); ok {
				return true
			}
		}
		return false
	}
	if !sent("public_id", "peer_asn", "peer_ipaddr") {
		return false, nil
	}
	if public, err := k.params.row("public_id"); sent("public_id") {
		return err == nil && k.Exchanges.Binds(public), nil
	}
	s, err := k.Store.SessionByID(k.ctx, id)
	if models.ErrorCode(err) == models.NotFound {
		return false, nil
	}
	return err == nil && k.Exchanges.Binds(s.PublicID), err
}

// updateAtExchange changes a session that stands at an exchange, or that comes
// there by the change.
func (k *call) updateAtExchange(id uint64) ([]byte, error) {
	if err := k.Store.Write(k.ctx, k.claim); err != nil {
		return nil, err
	}
	before, err := k.Store.SessionByID(k.ctx, id)
	if models.ErrorCode(err) == models.NotFound {
		err = refuse("No session found to update.")
	}
	if err != nil {
		return k.given(err)
	}
	planned := *before
	if err := k.changeSession(&planned); err != nil {
		return k.given(err)
	}
	ctx, cancel := k.outside()
	defer cancel()
	wanted, unplanned := k.planChange(ctx, before, &planned)
	if unplanned != nil && !exchange.IsPending(unplanned) {
		return k.given(unplanned)
	}
	var body []byte
	var after *models.Session
	err = k.Store.Write(k.ctx, func(tx *models.Tx) (err error) {
		body = nil
		after, err = tx.UpdateSession(id, func(s *models.Session) error {
			if err := k.changeSession(s); err != nil {
				return err
			}
			if wanted {
				s.SourceIPAddr = planned.SourceIPAddr
			}
			return nil
		})
		if err != nil {
			return err
		}
		if !wanted && unplanned == nil {
			if body, err = sessionAnswer(tx, id, "Session updated: "+after.Label()); err != nil {
				return err
			}
			return k.settle(tx, body)
		}
		return k.wantChange(tx, after)
	})
	if err != nil {
		return k.given(err)
	}
	if body != nil {
		return body, nil
	}
	if unplanned != nil {
		return k.given(unplanned)
	}
	if err := k.Exchanges.Converge(ctx, id); err != nil {
		if !exchange.IsPending(err) {
			err = errors.Join(err, k.takeBack(before, after))
		}
		return k.given(err)
	}
	err = k.Store.Write(k.ctx, func(tx *models.Tx) (err error) {
		if body, err = sessionAnswer(tx, id, "Session updated: "+after.Label()); err != nil {
			return err
		}
		return k.settle(tx, body)
	})
	return body, err
}

// planChange reports whether the exchange is to be told of a change, and refuses
// what it cannot be told.
func (k *call) planChange(ctx context.Context, before, after *models.Session) (bool, error) {
	x, err := k.Store.ExchangeSession(ctx, before.ID)
	if err != nil {
		return false, err
	}
	switch {
	case x != nil && x.Wanted == models.WantedDelete:
		return false, models.Errorf(models.Conflict, "Session %s is being deleted at its exchange", before.Label())
	case x != nil && x.Wanted == models.WantedNothing && models.SameAtExchange(before, after):
		return false, nil
	case x != nil && x.Unfinished():
		// Nothing is there, so that it may become anything.
	case x != nil && (after.PublicID == nil || *after.PublicID != x.PublicID):
		return false, models.Errorf(models.Invalid, "Session %s stands at its exchange: delete it, and add another one at the other exchange", before.Label())
	}
	if !k.Exchanges.Binds(after.PublicID) {
		return false, nil
	}
	routeServer, err := k.Exchanges.Plan(ctx, after)
	if err != nil || x == nil || x.Unfinished() {
		return routeServer, err
	}
	if !routeServer {
		return false, models.Errorf(models.Invalid, "Session %s stands at its exchange, and the new peer is no route server: delete it, and add another one", before.Label())
	}
	if models.SamePeer(before, after) {
		return true, nil
	}
	return true, k.Exchanges.MayEnd(ctx, before, x)
}

// wantChange writes down that the exchange is to be told of a change.
func (k *call) wantChange(tx *models.Tx, s *models.Session) error {
	x, err := tx.ExchangeSession(s.ID)
	if err != nil {
		return err
	}
	if x == nil {
		return tx.LinkSession(s, k.dueAfter())
	}
	if x.Wanted != models.WantedAdd {
		x.Wanted = models.WantedUpdate
	}
	x.PublicID, x.Tries, x.DueAt = *s.PublicID, 0, k.dueAfter()
	return tx.SaveExchangeSession(x)
}

// takeBack gives a session its former columns back after the exchange refused a
// change. What stands there is looked at again.
func (k *call) takeBack(before, after *models.Session) error {
	return k.Store.Write(k.ctx, func(tx *models.Tx) error {
		x, err := tx.ExchangeSession(before.ID)
		if err != nil {
			return err
		}
		if err := tx.RestoreSession(before, after); err != nil || x == nil {
			return err
		}
		if x.ConfigID == nil && x.OldConfigID != nil {
			x.ConfigID, x.OldConfigID = x.OldConfigID, nil
		}
		if x.ConfigID == nil {
			return tx.ForgetExchangeSession(before.ID)
		}
		// Once more what it was: a part of the change may have been made.
		x.Wanted, x.Tries, x.DueAt = models.WantedUpdate, 0, k.Now().Unix()
		return tx.SaveExchangeSession(x)
	})
}

// deleteAtExchange takes a session off its router and its exchange. Where the
// exchange takes its time, the session is deleted when it has ended there.
func (k *call) deleteAtExchange(ctx context.Context, s *models.Session, link *models.ExchangeSession) error {
	if link.Wanted != models.WantedDelete && !k.params.flag("force") {
		if err := k.Exchanges.MayEnd(ctx, s, link); err != nil {
			return err
		}
	}
	if s.OnRouter() {
		if err := k.Router.Remove(ctx, s); err != nil {
			return err
		}
	}
	err := k.Store.Write(k.ctx, func(tx *models.Tx) error {
		x, err := tx.ExchangeSession(s.ID)
		if err != nil || x == nil {
			return err
		}
		if s.OnRouter() {
			if _, err := tx.MarkUnconfigured(s.ID, "Session taken off its router: "); err != nil && models.ErrorCode(err) != models.NotFound {
				return err
			}
		}
		x.Wanted, x.State, x.Tries, x.DueAt = models.WantedDelete, models.StateDeleting, 0, k.dueAfter()
		return tx.SaveExchangeSession(x)
	})
	if err != nil {
		return err
	}
	if err := k.Exchanges.Converge(ctx, s.ID); err != nil {
		if exchange.IsPending(err) {
			return err
		}
		// What the caller is told has failed must not be done later.
		return errors.Join(err, k.Store.Write(k.ctx, func(tx *models.Tx) error {
			x, err := tx.ExchangeSession(s.ID)
			if err != nil || x == nil {
				return err
			}
			x.Wanted, x.State, x.Tries, x.DueAt = models.WantedNothing, "", 0, k.Now().Unix()
			return tx.SaveExchangeSession(x)
		}))
	}
	x, err := k.Store.ExchangeSession(k.ctx, s.ID)
	if err != nil || x != nil {
		return err
	}
	fresh, err := k.Store.SessionByID(k.ctx, s.ID)
	if models.ErrorCode(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return k.deleteHere(ctx, fresh)
}
