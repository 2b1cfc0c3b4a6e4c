package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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

// laterError is a failure of work that is of no use to try again before a time,
// counted from when the work began.
type laterError struct {
	error
	after time.Duration
}

func (e *laterError) Unwrap() error { return e.error }

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

// turn runs the work if it is due and no other gateway has it. With an interval
// of 0 the next run may come at once.
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
		if later, ok := errors.AsType[*laterError](err); ok {
			next = max(next, later.after)
		}
		s.logger.Warn("background work failed", "work", name, "error", err)
	}
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err != nil && ctx.Err() != nil || interval == 0 {
		// Somebody else may go on at once where this gateway was told to stop.
		err = s.store.ReleaseLease(free, name, holder)
	} else {
		// Leases are whole seconds; what is left of one counts.
		left := next - time.Since(started) + time.Second - 1
		_, err = s.store.TakeLease(free, name, holder, max(time.Second, left))
	}
	if err != nil {
		s.logger.Warn("lease of background work not kept", "work", name, "error", err)
	}
}

// errLeaseLost is why work was stopped that another gateway may have begun.
var errLeaseLost = errors.New("the lease of this work was lost, and another gateway may have it now")

// guarded runs the work while the lease is extended. When it is lost, or when
// the database could not be reached for so long that it may be, the work is
// stopped: another gateway may have begun.
func (s *schedule) guarded(ctx context.Context, name, holder string, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h := hold(ctx, cancel, name, holder, s.lease)
	defer h.ending.Stop()
	extended := make(chan struct{})
	go func() {
		defer close(extended)
		ticker := time.NewTicker(s.lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if h.isFast() {
				continue
			}
			asked := time.Now()
			held, err := s.store.TakeLease(ctx, name, holder, s.lease)
			switch {
			case err == nil && !held:
				cancel(errLeaseLost)
			case err == nil:
				h.extended(asked)
			}
		}
	}()
	err := safely(context.WithValue(ctx, heldKey{}, h), work)
	lost := errors.Is(context.Cause(ctx), errLeaseLost)
	cancel(nil)
	<-extended
	if err != nil && lost && !errors.Is(err, errLeaseLost) {
		err = fmt.Errorf("%w: %w", errLeaseLost, err)
	}
	return err
}

// wait waits until all work has ended, which it does after ctx of every.
func (s *schedule) wait() { s.done.Wait() }
