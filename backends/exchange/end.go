package exchange

import (
	"context"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// end takes a session away from the exchange.
func (w *work) end(ctx context.Context) error {
	have, err := w.find(ctx, true)
	if err != nil {
		return err
	}
	if err := w.endOld(ctx); err != nil {
		return err
	}
	if have == nil && w.x.ConfigID == nil && w.mayCome() {
		// Whoever is gone then would leave it there for ever.
		w.x.State, w.x.Message, w.x.DueAt = models.StateDeleting, "", w.comes()+1
		return w.save(ctx)
	}
	if have != nil {
		w.x.ConfigID, w.x.PostedAt = &have.ID, nil
	}
	if have != nil && !have.State.Leaving() {
		ending, err := w.b.Client.DeleteFeatureConfig(ctx, have.ID)
		switch {
		case ixapi.IsNotFound(err):
			have = nil
		case err != nil:
			return err
		case ending.State != "":
			have.State = ending.State
		default:
			have.State = ixapi.StateDecommissionRequested
		}
	}
	if have == nil || have.State.Gone() {
		return w.gone(ctx)
	}
	return w.observe(ctx, have)
}

// forget removes the link of a session that has nothing at the exchange and wants
// nothing there, unless somebody wants something by now.
func (w *work) forget(ctx context.Context) error {
	return w.write(ctx, func(tx *models.Tx) error {
		x, err := tx.ExchangeSession(w.s.ID)
		if err != nil || x == nil || x.Wishes != w.x.Wishes {
			return err
		}
		return tx.ForgetExchangeSession(w.s.ID)
	})
}

// gone ends the session itself, unless a router may still have it, or somebody
// wants it at the exchange again by now.
func (w *work) gone(ctx context.Context) error {
	return w.write(ctx, func(tx *models.Tx) error {
		x, err := tx.ExchangeSession(w.s.ID)
		if err != nil {
			return err
		}
		if x != nil && x.Wishes != w.x.Wishes && x.Wanted != models.WantedDelete {
			x.ConfigID, x.OldConfigID, x.PostedAt, x.State, x.RemoteState = nil, w.x.OldConfigID, nil, "", ""
			return tx.SaveExchangeSession(x)
		}
		if err := tx.ForgetExchangeSession(w.s.ID); err != nil {
			return err
		}
		s, err := tx.LiveSession(w.s.ID)
		if models.ErrorCode(err) == models.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if s.OnRouter() {
			return tx.LogSession("Session ended at the exchange: ", s)
		}
		_, err = tx.DeleteSession(s)
		return err
	})
}
