package exchange

import (
	"context"
	"errors"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// Word is the state of a session in the words of the legacy API, for the state of
// its configuration at the exchange. What has ended has none: the session is
// deleted.
func Word(state ixapi.State) string {
	switch state {
	case ixapi.StateRequested, ixapi.StateAllocated, ixapi.StateScheduled, ixapi.StateTesting:
		return models.StatePending
	case ixapi.StateProduction, ixapi.StateProductionChangePending:
		return models.StateConfigured
	case ixapi.StateDecommissionRequested:
		return models.StateDeleting
	case ixapi.StateDecommissioned, ixapi.StateArchived, ixapi.StateCancelled:
		return ""
	}
	// error, operator, and what no version that is known has.
	return models.StateError
}

// observe stores what the exchange says of a session.
func (w *work) observe(ctx context.Context, have *ixapi.NetworkFeatureConfig) error {
	if have.State.Gone() {
		return w.gone(ctx)
	}
	word, message := Word(have.State), ""
	if word == models.StateError {
		message = string(have.State)
		if len(have.Status) > 0 && have.Status[0].Message != "" {
			message = have.Status[0].Message
		}
	}
	news := word == models.StateError && (w.x.State != word || w.x.Message != message)
	if w.x.RemoteState != string(have.State) {
		w.x.Tries = 0
	}
	w.x.State, w.x.RemoteState, w.x.Message = word, string(have.State), message
	if have.NetworkServiceConfig != "" {
		w.x.ServiceConfigID = &have.NetworkServiceConfig
	}
	now := time.Now()
	seen := now.Unix()
	w.x.SeenAt, w.x.DueAt = &seen, now.Add(w.b.Poll).Unix()
	if word == models.StatePending || word == models.StateDeleting {
		w.x.Tries++
		w.x.DueAt = later(w.b.Poll, w.x.Tries)
	}
	return w.write(ctx, func(tx *models.Tx) error {
		if err := tx.SaveExchangeSession(w.x); err != nil || !news {
			return err
		}
		return tx.LogSession("Session in error at the exchange ("+message+"): ", w.s)
	})
}

// look reads how far a session has come that needs nothing done.
func (w *work) look(ctx context.Context) error {
	have, err := w.find(ctx, true)
	if err != nil {
		return err
	}
	if have != nil {
		return w.observe(ctx, have)
	}
	// Somebody removed it there without a trace. It is not made again: whoever
	// did it meant it.
	w.x.ConfigID, w.x.State, w.x.RemoteState, w.x.Message, w.x.DueAt = nil, "", "", "", 0
	return w.write(ctx, func(tx *models.Tx) error {
		if err := tx.SaveExchangeSession(w.x); err != nil {
			return err
		}
		return tx.LogSession("Session missing at the exchange: ", w.s)
	})
}

// Idle reports whether no session is due. It only reads.
func (e *Exchange) Idle(ctx context.Context) (bool, error) {
	due, err := e.Store.DueExchangeSessions(ctx, 1)
	return len(due) == 0, err
}

// Work finishes the sessions that are due, and reads how far the others have
// come. What fails is tried again later and stops nothing else.
func (e *Exchange) Work(ctx context.Context) error {
	const most = 500
	due, err := e.Store.DueExchangeSessions(ctx, most)
	if err != nil {
		return err
	}
	standing := map[standingKey][]uint64{}
	for _, x := range due {
		if x.Wanted == models.WantedNothing && x.ConfigID != nil && x.ServiceConfigID != nil && e.bound[x.PublicID] != nil {
			key := standingKey{x.PublicID, *x.ServiceConfigID}
			standing[key] = append(standing[key], x.SessionID)
			continue
		}
		if err := e.one(ctx, x); err != nil {
			return err
		}
	}
	for key, sessions := range standing {
		if err := e.several(ctx, key, sessions); err != nil {
			return err
		}
	}
	return nil
}

// one finishes a session. Its error is of the database, or the end of ctx.
func (e *Exchange) one(ctx context.Context, x models.ExchangeSession) error {
	err := e.Converge(ctx, x.SessionID)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var said *models.Error
	if err == nil || !errors.As(err, &said) {
		return err
	}
	e.Logger.Warn("a session at an exchange is not finished", "session", x.SessionID, "public_id", x.PublicID, "wanted", x.Wanted, "error", said.Message)
	// Nothing may have stored when to come again: somebody else is busy with it, or
	// its exchange is not bound any more.
	return e.write(ctx, func(tx *models.Tx) error {
		now, err := tx.ExchangeSession(x.SessionID)
		if err != nil || now == nil || now.DueAt != x.DueAt {
			return err
		}
		now.DueAt = time.Now().Add(5 * time.Minute).Unix()
		return tx.SaveExchangeSession(now)
	})
}

// standingKey is a configuration of a peering LAN, whose sessions are read at
// once.
type standingKey struct {
	exchange uint64
	config   string
}

// several reads how far sessions have come, by one list.
func (e *Exchange) several(ctx context.Context, key standingKey, sessions []uint64) error {
	b := e.bound[key.exchange]
	asked, cancel := context.WithTimeout(ctx, e.Timeout)
	all, err := b.Client.FeatureConfigs(asked, key.config)
	cancel()
	listed := map[string]*ixapi.NetworkFeatureConfig{}
	for i := range all {
		listed[all[i].ID] = &all[i]
	}
	if err != nil {
		e.Logger.Warn("the sessions at an exchange cannot be read", "public_id", b.PublicID, "error", err)
	}
	for _, session := range sessions {
		err := e.Store.Alone(ctx, sessionLease(session), "Session", func() error {
			x, lost := e.Store.ExchangeSession(ctx, session)
			if lost != nil || x == nil || x.Wanted != models.WantedNothing || x.ConfigID == nil {
				return lost
			}
			s, lost := e.Store.SessionByID(ctx, session)
			if lost != nil {
				return e.converge(ctx, session)
			}
			w := &work{Exchange: e, b: b, s: s, x: x}
			have := listed[*x.ConfigID]
			switch {
			case err != nil:
				// The state that is known is kept.
				x.Tries++
				x.DueAt = later(b.Poll, x.Tries)
				return w.save(ctx)
			case have == nil:
				return e.converge(ctx, session)
			}
			return w.observe(ctx, have)
		})
		var said *models.Error
		if err != nil && !errors.As(err, &said) {
			return err
		}
	}
	return ctx.Err()
}
