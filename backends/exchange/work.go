package exchange

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

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
	standing := map[standingKey][]models.ExchangeSession{}
	for _, x := range due {
		if x.Wanted == models.WantedNothing && x.ConfigID != nil && x.ServiceConfigID != nil && e.bound[x.PublicID] != nil {
			key := standingKey{x.PublicID, *x.ServiceConfigID}
			standing[key] = append(standing[key], x)
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
	err := guarded(func() error { return e.Converge(ctx, x.SessionID) })
	return e.putOff(ctx, x, err)
}

// guarded runs f for one session, and turns a panic into an error: the others
// must not wait for ever for the one.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(models.Errorf(models.Internal, "Internal error"), fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	return f()
}

// putOff logs why a session is not finished, and has it wait where nothing stored
// when to come again: somebody else is busy with it, its exchange is not bound any
// more, or a panic ended it. It returns what is to end the work: an error of the
// database, or the end of ctx.
func (e *Exchange) putOff(ctx context.Context, x models.ExchangeSession, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var said *models.Error
	if err == nil || !errors.As(err, &said) {
		return err
	}
	e.Logger.Warn("a session at an exchange is not finished", "session", x.SessionID, "public_id", x.PublicID, "wanted", x.Wanted, "error", err)
	return e.write(ctx, func(tx *models.Tx) error {
		now, err := tx.ExchangeSession(x.SessionID)
		if err != nil || now == nil || now.DueAt != x.DueAt {
			return err
		}
		now.DueAt = time.Now().Add(5 * time.Minute).Unix()
		_, err = tx.ObserveExchangeSession(now)
		return err
	})
}

// standingKey is a configuration of a peering LAN, whose sessions are read at
// once.
type standingKey struct {
	exchange uint64
	config   string
}

// several reads how far sessions have come, by one list.
func (e *Exchange) several(ctx context.Context, key standingKey, sessions []models.ExchangeSession) error {
	b := e.bound[key.exchange]
	asked, cancel := e.within(ctx, b)
	all, err := b.Client.FeatureConfigs(asked, key.config)
	cancel()
	listed := map[string]*ixapi.NetworkFeatureConfig{}
	for i := range all {
		listed[all[i].ID] = &all[i]
	}
	if err != nil {
		e.Logger.Warn("the sessions at an exchange cannot be read", "public_id", b.PublicID, "error", err)
	}
	for _, due := range sessions {
		failed := guarded(func() error {
			ctx, cancel := e.within(ctx, b)
			defer cancel()
			return e.alone(ctx, due.SessionID, func() error { return e.listed(ctx, due.SessionID, b, listed, err) })
		})
		if err := e.putOff(ctx, due, failed); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// listed stores what the list of the exchange says of a session; unread is why
// there is none.
func (e *Exchange) listed(ctx context.Context, session uint64, b *bound, list map[string]*ixapi.NetworkFeatureConfig, unread error) error {
	x, err := e.Store.ExchangeSession(ctx, session)
	if err != nil || x == nil || x.Wanted != models.WantedNothing || x.ConfigID == nil {
		return err
	}
	s, err := e.Store.SessionByID(ctx, session)
	if err != nil {
		return e.converge(ctx, session)
	}
	w := &work{Exchange: e, b: b, s: s, x: x}
	have := list[*x.ConfigID]
	switch {
	case unread != nil:
		// The state that is known is kept.
		x.Tries++
		x.DueAt = later(b.Poll, x.Tries)
		return w.save(ctx)
	case have == nil:
		return e.converge(ctx, session)
	}
	return w.observe(ctx, have)
}
