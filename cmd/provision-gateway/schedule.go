package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"provision-gateway/models"
)

// schedule runs background work at intervals, each run on one of all gateways on
// the database. A lease in the database says until when the work is not due: a
// gateway that finds it ended takes it, extends it while it works, and leaves it
// in place until the next run is due. When the gateway dies, the lease ends soon.
type schedule struct {
	store  *models.Store
	logger *slog.Logger
	// lease is how long a gateway that died keeps others from its work.
	lease time.Duration
	done  sync.WaitGroup
}

const (
	// scheduleLease bears with clocks that differ by some seconds.
	scheduleLease = time.Minute
	// retryAfter is how soon work that failed is tried again, if its interval is
	// not shorter.
	retryAfter = 5 * time.Minute
)

// every starts to run work until ctx ends; an interval of 0 is never.
func (s *schedule) every(ctx context.Context, name string, interval time.Duration, work func(context.Context) error) {
	if interval <= 0 {
		return
	}
	s.done.Go(func() {
		ticker := time.NewTicker(min(max(interval/4, 50*time.Millisecond), 15*time.Second))
		defer ticker.Stop()
		for {
			s.turn(ctx, name, interval, work)
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// turn runs the work if it is due and no other gateway has it.
func (s *schedule) turn(ctx context.Context, name string, interval time.Duration, work func(context.Context) error) {
	holder := rand.Text()
	held, err := s.store.TakeLease(ctx, name, holder, s.lease)
	if err != nil && ctx.Err() == nil {
		s.logger.Warn("background work not started", "work", name, "error", err)
	}
	if err != nil || !held {
		return
	}
	started := time.Now()
	err = s.guarded(ctx, name, holder, work)
	next := interval
	if err != nil && ctx.Err() == nil {
		next = min(interval, retryAfter)
		s.logger.Warn("background work failed", "work", name, "error", err)
	}
	// Somebody else may go on at once where this gateway was told to stop.
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if ctx.Err() != nil {
		err = s.store.ReleaseLease(free, name, holder)
	} else {
		_, err = s.store.TakeLease(free, name, holder, max(time.Second, next-time.Since(started)))
	}
	if err != nil {
		s.logger.Warn("lease of background work not kept", "work", name, "error", err)
	}
}

// guarded runs the work while the lease is extended. When it is lost, because
// the database could not be reached for too long, the work is stopped: another
// gateway may have begun.
func (s *schedule) guarded(ctx context.Context, name, holder string, work func(context.Context) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	extended := make(chan struct{})
	go func() {
		defer close(extended)
		ticker := time.NewTicker(s.lease / 3)
		defer ticker.Stop()
		for last := time.Now(); ; {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			held, err := s.store.TakeLease(ctx, name, holder, s.lease)
			switch {
			case err == nil && held:
				last = time.Now()
			case err == nil || time.Since(last) > s.lease:
				cancel()
			}
		}
	}()
	defer func() {
		cancel()
		<-extended
	}()
	return safely(ctx, work)
}

// wait waits until all work has ended, which it does after ctx of every.
func (s *schedule) wait() { s.done.Wait() }
