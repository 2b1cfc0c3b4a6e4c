package handlers

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"provision-gateway/models"
)

// limiter limits the requests of each key.
type limiter struct {
	rate  rate.Limit
	burst int
	mu    sync.Mutex
	keys  map[uint64]*rate.Limiter
}

func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: max(burst, 1), keys: map[uint64]*rate.Limiter{}}
}

func (l *limiter) allow(key uint64) bool {
	if l.rate <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keys[key] == nil {
		l.keys[key] = rate.NewLimiter(l.rate, l.burst)
	}
	return l.keys[key].Allow()
}

// flushEvery is how far behind the last use of a key may be in the database.
const flushEvery = 15 * time.Second

// lastUses gathers when keys were used, so that reads need not write.
type lastUses struct {
	store  *models.Store
	logger *slog.Logger
	mu     sync.Mutex
	at     map[uint64]time.Time
	stop   chan struct{}
	ended  chan struct{}
}

func newLastUses(store *models.Store, logger *slog.Logger) *lastUses {
	u := &lastUses{store: store, logger: logger, at: map[uint64]time.Time{}, stop: make(chan struct{}), ended: make(chan struct{})}
	go u.run()
	return u
}

func (u *lastUses) note(key uint64, at time.Time) {
	if key == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at[key] = at
}

func (u *lastUses) run() {
	defer close(u.ended)
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-u.stop:
			return
		case <-ticker.C:
			if err := u.flush(context.Background()); err != nil {
				u.logger.Warn("last use of keys not written", "error", err)
			}
		}
	}
}

func (u *lastUses) flush(ctx context.Context) error {
	u.mu.Lock()
	at := u.at
	u.at = map[uint64]time.Time{}
	u.mu.Unlock()
	if len(at) == 0 {
		return nil
	}
	return u.store.MarkUsed(ctx, at)
}

func (u *lastUses) close(ctx context.Context) error {
	close(u.stop)
	<-u.ended
	return u.flush(ctx)
}
