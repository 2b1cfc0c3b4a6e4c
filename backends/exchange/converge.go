package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// Converge does at the exchange what is wanted of a session, whatever of it was
// done before, and stores how far it came. Of all callers, on all gateways, one at
// a time is busy with a session.
//
// The error is a models.Error where the exchange refuses, and Pending where it
// cannot be asked or nobody knows what it did.
func (e *Exchange) Converge(ctx context.Context, session uint64) error {
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	return e.Store.Alone(ctx, sessionLease(session), fmt.Sprintf("Session %d", session), func() error {
		return e.converge(ctx, session)
	})
}

// sessionLease is the lease of whoever is busy with a session; that of package
// sessions is the same.
func sessionLease(session uint64) string { return fmt.Sprintf("session-%d", session) }

func (e *Exchange) converge(ctx context.Context, session uint64) error {
	x, err := e.Store.ExchangeSession(ctx, session)
	if err != nil || x == nil {
		return err
	}
	b := e.bound[x.PublicID]
	s, err := e.Store.SessionByID(ctx, session)
	if models.ErrorCode(err) == models.NotFound {
		// Whoever deleted it knew that nothing of it is left.
		return e.write(ctx, func(tx *models.Tx) error { return tx.ForgetExchangeSession(session) })
	}
	if err != nil {
		return err
	}
	if b == nil {
		return models.Errorf(models.Conflict, "The exchange %d of %s is bound to no API any more", x.PublicID, s.Label())
	}
	w := &work{Exchange: e, b: b, s: s, x: x}
	switch x.Wanted {
	case models.WantedNothing:
		err = w.look(ctx)
	case models.WantedDelete:
		err = w.end(ctx)
	default:
		err = w.bring(ctx)
	}
	if err == nil {
		return nil
	}
	return w.failed(ctx, e.outcome(b, s, err))
}

// write runs a transaction that is done even for a caller that hung up: what the
// exchange did must be known.
func (e *Exchange) write(ctx context.Context, f func(tx *models.Tx) error) error {
	return e.Store.Write(context.WithoutCancel(ctx), f)
}

// work is one session that somebody is busy with.
type work struct {
	*Exchange
	b *bound
	s *models.Session
	x *models.ExchangeSession
}

func (w *work) save(ctx context.Context) error {
	return w.write(ctx, func(tx *models.Tx) error { return tx.SaveExchangeSession(w.x) })
}

// failed stores why a session did not come further, and when to try again.
func (w *work) failed(ctx context.Context, err error) error {
	var said *models.Error
	if !errors.As(err, &said) {
		return err
	}
	news := w.x.Message != said.Message
	w.x.Message, w.x.Tries = said.Message, w.x.Tries+1
	w.x.DueAt = later(w.b.Poll, w.x.Tries)
	refused := !IsPending(err) && w.x.Wanted != models.WantedNothing
	if refused {
		// What the exchange will not do now it may do when somebody has seen to it.
		w.x.State, w.x.DueAt = models.StateError, time.Now().Add(w.b.Poll).Unix()
	}
	stored := w.write(ctx, func(tx *models.Tx) error {
		if err := tx.SaveExchangeSession(w.x); err != nil || !refused || !news {
			return err
		}
		return tx.LogSession("Session refused by the exchange ("+said.Message+"): ", w.s)
	})
	if stored != nil {
		return errors.Join(stored, err)
	}
	return err
}

// later is when to try again after so many tries: soon at first, and not more
// rarely than what is settled is looked at.
func later(poll time.Duration, tries int) int64 {
	return time.Now().Add(min(poll, time.Second<<min(tries, 12))).Unix()
}

// find looks for what is at the exchange: by its id, and else by its reference. It
// returns nil for what is not there, or is gone or on its way out unless leaving
// is asked for.
func (w *work) find(ctx context.Context, leaving bool) (*ixapi.NetworkFeatureConfig, error) {
	if w.x.ConfigID != nil {
		found, err := w.b.Client.FeatureConfig(ctx, *w.x.ConfigID)
		if err != nil && !ixapi.IsNotFound(err) {
			return nil, err
		}
		if err == nil && (leaving || !found.State.Leaving()) {
			return &found, nil
		}
		if leaving {
			return nil, nil
		}
	}
	all, err := w.b.Client.FeatureConfigsByRef(ctx, w.x.ExternalRef)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if !one.State.Leaving() {
			return &one, nil
		}
	}
	return nil, nil
}

// bring makes what is at the exchange as the session says.
func (w *work) bring(ctx context.Context) error {
	t, err := w.b.target(ctx, w.s)
	if err != nil {
		return err
	}
	if t == nil && w.x.ConfigID == nil && w.x.Wanted == models.WantedAdd {
		// A session with another member, which the exchange need not know.
		return w.write(ctx, func(tx *models.Tx) error { return tx.ForgetExchangeSession(w.s.ID) })
	}
	if t == nil {
		return models.Errorf(models.Invalid, "peer_ipaddr: %s of AS%d is no route server of the exchange", *w.s.PeerIPAddr, *w.s.PeerASN)
	}
	want, err := w.b.wanted(ctx, w.s, t)
	if err != nil {
		return err
	}
	have, err := w.find(ctx, false)
	if err != nil {
		return err
	}
	if have != nil && (have.NetworkFeature != t.feature.ID || have.NetworkServiceConfig != t.config.ID) {
		// It cannot be moved. The new one is made first, so that a refusal costs
		// nothing, and under a reference of its own.
		w.x.OldConfigID, w.x.ConfigID, w.x.ExternalRef = &have.ID, nil, models.NewExternalRef(w.s.ID)
		if err := w.save(ctx); err != nil {
			return err
		}
		have = nil
	}
	if have == nil {
		have, err = w.create(ctx, t, want)
	} else if c := change(*have, want, w.s.IPType); len(c) > 0 {
		var changed ixapi.NetworkFeatureConfig
		if changed, err = w.b.Client.UpdateFeatureConfig(ctx, have.ID, c); err == nil && changed.ID != "" {
			have = &changed
		}
	}
	if err != nil {
		return err
	}
	w.x.ConfigID, w.x.ServiceConfigID = &have.ID, &have.NetworkServiceConfig
	if err := w.save(ctx); err != nil {
		return err
	}
	if w.x.OldConfigID != nil {
		if _, err := w.b.Client.DeleteFeatureConfig(ctx, *w.x.OldConfigID); err != nil && !ixapi.IsNotFound(err) {
			return err
		}
		w.x.OldConfigID = nil
	}
	w.x.Wanted, w.x.Tries = models.WantedNothing, 0
	return w.observe(ctx, have)
}

// create makes a configuration that was looked for and not found. Where nobody
// knows whether it was made, and where it is refused, which may be since an
// earlier order came late, it is looked for again.
func (w *work) create(ctx context.Context, t *target, want ixapi.NewFeatureConfig) (*ixapi.NetworkFeatureConfig, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	if err := w.b.complete(ctx, &want, t); err != nil {
		return nil, err
	}
	want.ExternalRef = w.x.ExternalRef
	// The reference may have been chosen in a transaction whose outcome was lost.
	if err := w.save(ctx); err != nil {
		return nil, err
	}
	made, err := w.b.Client.CreateFeatureConfig(ctx, want)
	if err == nil {
		if made.NetworkServiceConfig == "" {
			made.NetworkServiceConfig = t.config.ID
		}
		return &made, nil
	}
	failed, ok := errors.AsType[*ixapi.Error](err)
	if !ok || !failed.Uncertain() && !failed.Refused() {
		return nil, err
	}
	found, lost := w.find(ctx, false)
	if lost == nil && found != nil && found.NetworkFeature == t.feature.ID {
		return found, nil
	}
	return nil, err
}

// end takes a session away from the exchange.
func (w *work) end(ctx context.Context) error {
	have, err := w.find(ctx, true)
	if err != nil {
		return err
	}
	if w.x.OldConfigID != nil {
		if _, err := w.b.Client.DeleteFeatureConfig(ctx, *w.x.OldConfigID); err != nil && !ixapi.IsNotFound(err) {
			return err
		}
		w.x.OldConfigID = nil
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
	w.x.ConfigID = &have.ID
	return w.observe(ctx, have)
}

// gone ends the session itself, unless a router may still have it.
func (w *work) gone(ctx context.Context) error {
	return w.write(ctx, func(tx *models.Tx) error {
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
