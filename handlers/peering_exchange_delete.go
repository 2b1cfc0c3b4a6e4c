package handlers

import (
	"context"
	"errors"

	"provision-gateway/backends/exchange"
	"provision-gateway/models"
)

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
	var had string
	var wishes int64
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
		had = x.Wanted
		x.State = models.StateDeleting
		x.Want(models.WantedDelete, k.dueAfter())
		wishes = x.Wishes
		return tx.SaveExchangeSession(x)
	})
	if err != nil {
		return err
	}
	if err := k.Exchanges.Converge(ctx, s.ID); err != nil {
		if exchange.IsRefused(err) {
			err = errors.Join(err, k.keep(s, had, wishes))
		}
		return err
	}
	x, err := k.Store.ExchangeSession(k.ctx, s.ID)
	if err == nil && x != nil && x.Wanted != models.WantedDelete {
		err = models.Errorf(models.Conflict, "Session %s was changed meanwhile, and stands at its exchange", s.Label())
	}
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

// keep has what was wanted of a session before its exchange refused to delete it:
// what the caller is told has failed must not be done later.
func (k *call) keep(s *models.Session, had string, wishes int64) error {
	if had == models.WantedDelete {
		had = models.WantedNothing
	}
	return k.Store.Write(k.ctx, func(tx *models.Tx) error {
		x, err := tx.ExchangeSession(s.ID)
		if err != nil || x == nil || x.Wishes != wishes {
			return err
		}
		x.State = ""
		x.Want(had, k.Now().Unix())
		return tx.SaveExchangeSession(x)
	})
}
