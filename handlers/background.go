package handlers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"provision-gateway/models"
)

const (
	// flushEvery is how far behind the last use of a key may be in the database.
	flushEvery = 15 * time.Second
	// tokensKept is how long the answer to an idempotent write can be repeated.
	tokensKept = 30 * 24 * time.Hour
)

// background does what no request waits for.
type background struct {
	stop chan struct{}
	done sync.WaitGroup
}

// every runs f at an interval until the gateway closes.
func (b *background) every(interval time.Duration, f func(context.Context)) {
	b.done.Go(func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-b.stop:
				return
			case <-ticker.C:
				f(ctx)
			}
		}
	})
}

// start begins the background work.
func (g *Gateway) start() {
	g.background.stop = make(chan struct{})
	g.background.every(flushEvery, func(ctx context.Context) {
		if err := g.uses.flush(ctx); err != nil {
			g.Logger.Warn("last use of keys not written", "error", err)
		}
	})
	g.background.every(flushEvery, func(ctx context.Context) {
		if err := g.usage.flush(ctx); err != nil {
			g.Logger.Warn("use of the legacy API not written", "error", err)
		}
	})
	g.background.every(time.Hour, func(ctx context.Context) {
		if err := g.Store.ForgetTokens(ctx, g.Now().Add(-tokensKept)); err != nil {
			g.Logger.Warn("old idempotency tokens not deleted", "error", err)
		}
		if err := g.Store.ForgetMails(ctx); err != nil {
			g.Logger.Warn("old counts of mails not deleted", "error", err)
		}
		if err := g.Store.ForgetLegacyUses(ctx, g.Now().Add(-usesKept).Unix()); err != nil {
			g.Logger.Warn("old use of the legacy API not deleted", "error", err)
		}
	})
}

// Close ends the background work, waits for writes that still run, and writes
// down when keys were last used and what was called. It returns the error of ctx when that ends
// before the writes do. No request may come after it.
func (g *Gateway) Close(ctx context.Context) error {
	close(g.background.stop)
	done := make(chan struct{})
	go func() {
		g.background.done.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		return fmt.Errorf("writes still run: %w", ctx.Err())
	}
	return errors.Join(g.uses.flush(ctx), g.usage.flush(ctx))
}

// lastUses gathers when keys were used, so that reads need not write.
type lastUses struct {
	store *models.Store
	mu    sync.Mutex
	at    map[uint64]time.Time
}

func newLastUses(store *models.Store) *lastUses {
	return &lastUses{store: store, at: map[uint64]time.Time{}}
}

// note remembers a use. Who asks without a key has the id 0.
func (u *lastUses) note(key uint64, at time.Time) {
	if key == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at[key] = at
}

func (u *lastUses) flush(ctx context.Context) error {
	u.mu.Lock()
	at := u.at
	u.at = map[uint64]time.Time{}
	u.mu.Unlock()
	if len(at) == 0 {
		return nil
	}
	err := u.store.MarkUsed(ctx, at)
	if err != nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		for key, used := range at {
			if u.at[key].Before(used) {
				u.at[key] = used
			}
		}
	}
	return err
}
