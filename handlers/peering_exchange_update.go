package handlers

import (
	"context"
	"errors"

	"provision-gateway/backends/exchange"
	"provision-gateway/models"
)

// updateAtExchange changes a session that stands at an exchange, or that comes
// there by the change.
func (k *call) updateAtExchange(id uint64) ([]byte, error) {
	if err := k.Store.Write(k.ctx, k.claim); err != nil {
		return nil, err
	}
	seen, err := k.Store.SessionByID(k.ctx, id)
	if models.ErrorCode(err) == models.NotFound {
		err = refuse("No session found to update.")
	}
	if err != nil {
		return k.given(err)
	}
	planned := *seen
	if err := k.changeSession(&planned); err != nil {
		return k.given(err)
	}
	ctx, cancel := k.outside()
	defer cancel()
	wanted, unplanned := k.planChange(ctx, seen, &planned)
	if unplanned != nil && !exchange.IsPending(unplanned) {
		return k.given(unplanned)
	}
	var body []byte
	var c sentChange
	err = k.Store.Write(k.ctx, func(tx *models.Tx) (err error) {
		body, c = nil, sentChange{}
		c.after, err = tx.UpdateSession(id, func(s *models.Session) error {
			c.before = *s
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
		told, err := k.wantChange(tx, &c, wanted || unplanned != nil)
		if err != nil || told {
			return err
		}
		if body, err = sessionAnswer(tx, id, "Session updated: "+c.after.Label()); err != nil {
			return err
		}
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
	if err := k.Exchanges.Converge(ctx, id); err != nil {
		if exchange.IsRefused(err) {
			err = errors.Join(err, k.takeBack(&c))
		}
		return k.given(err)
	}
	err = k.Store.Write(k.ctx, func(tx *models.Tx) (err error) {
		if body, err = sessionAnswer(tx, id, "Session updated: "+c.after.Label()); err != nil {
			return err
		}
		return k.settle(tx, body)
	})
	return body, err
}

// sentChange is a change of a session that its exchange is told of.
type sentChange struct {
	before models.Session
	after  *models.Session
	// wishes is the count of the link then; linked is true where the change made
	// the link.
	wishes int64
	linked bool
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
		return false, errDeletedThere(before)
	case x != nil && x.Wanted == models.WantedNothing && models.SameAtExchange(before, after):
		return false, nil
	case x != nil && x.Unfinished() && !x.Nowhere() && !models.SamePeer(before, after),
		x != nil && x.Wanted == models.WantedAdd && (after.PublicID == nil || *after.PublicID != x.PublicID):
		return false, models.Errorf(models.Conflict, "Session %s is on its way to its exchange: delete it first", before.Label())
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

// wantChange writes down that the exchange is to be told of a change, and reports
// whether it is: where that was planned, and where the session was changed
// otherwise since.
func (k *call) wantChange(tx *models.Tx, c *sentChange, planned bool) (bool, error) {
	s := c.after
	x, err := tx.ExchangeSession(s.ID)
	if err != nil {
		return false, err
	}
	switch {
	case x != nil && x.Wanted == models.WantedDelete:
		return false, errDeletedThere(s)
	case !planned && (x == nil || models.SameAtExchange(&c.before, s)):
		return false, nil
	case x == nil && !k.Exchanges.Binds(s.PublicID),
		x != nil && !x.Nowhere() && (s.PublicID == nil || *s.PublicID != x.PublicID):
		return false, models.Errorf(models.Conflict, "Session %s was changed meanwhile", s.Label())
	case x == nil:
		c.linked, c.wishes = true, 1
		return true, tx.LinkSession(s, k.dueAfter())
	case !k.Exchanges.Binds(s.PublicID):
		return false, tx.ForgetExchangeSession(s.ID)
	}
	wanted := models.WantedUpdate
	if x.Wanted == models.WantedAdd {
		wanted = models.WantedAdd
	}
	x.PublicID = *s.PublicID
	x.Want(wanted, k.dueAfter())
	c.wishes = x.Wishes
	return true, tx.SaveExchangeSession(x)
}

func errDeletedThere(s *models.Session) error {
	return models.Errorf(models.Conflict, "Session %s is being deleted at its exchange", s.Label())
}

// takeBack undoes a change that the exchange refused. What stands there is looked
// at again, since a part of the change may have been made.
func (k *call) takeBack(c *sentChange) error {
	return k.Store.Write(k.ctx, func(tx *models.Tx) error {
		if err := tx.RestoreSession(&c.before, c.after); err != nil {
			return err
		}
		x, err := tx.ExchangeSession(c.before.ID)
		if err != nil || x == nil || x.Wanted == models.WantedDelete {
			return err
		}
		if c.linked && x.Nowhere() && x.Wishes == c.wishes {
			return tx.ForgetExchangeSession(c.before.ID)
		}
		wanted := models.WantedUpdate
		if x.Wanted == models.WantedAdd {
			wanted = models.WantedAdd
		}
		x.Want(wanted, k.Now().Unix())
		return tx.SaveExchangeSession(x)
	})
}
