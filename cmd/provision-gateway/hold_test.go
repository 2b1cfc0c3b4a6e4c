package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// eachHolding runs f with a schedule whose leases go by the real clock, on every
// kind of database.
func eachHolding(t *testing.T, f func(t *testing.T, s *replica, r *replicas)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			r := &replicas{t: t, lent: modelstest.Lend(t, kind, nil)}
			one := r.another()
			one.lease = shortLease
			f(t, one, r)
		})
	}
}

// twice runs work under two leases.
func twice(ctx context.Context, s *schedule, work func(context.Context) error) error {
	return s.guarded(ctx, "outer", "one", func(ctx context.Context) error { return s.guarded(ctx, "inner", "one", work) })
}

func (r *replicas) take(name, holder string, length time.Duration) bool {
	r.t.Helper()
	held, err := r.lent.Store.TakeLease(r.t.Context(), name, holder, length)
	if err != nil {
		r.t.Error(err)
	}
	return held
}

// A transaction may take longer than the leases of its work, in which nobody
// else gets them, and the work goes on.
func TestHoldingALongTransaction(t *testing.T) {
	t.Parallel()
	eachHolding(t, func(t *testing.T, s *replica, r *replicas) {
		for _, name := range []string{"outer", "inner"} {
			if !r.take(name, "one", shortLease) {
				t.Fatal("not taken")
			}
		}
		inside := make(chan struct{})
		taken := make(chan bool, 2)
		go func() {
			<-inside
			for _, name := range []string{"outer", "inner"} {
				taken <- r.take(name, "another", shortLease)
			}
		}()
		err := twice(s.ctx, s.schedule, func(ctx context.Context) error {
			err := writeHolding(ctx, s.store, func(tx *models.Tx) error {
				close(inside)
				time.Sleep(2 * shortLease)
				return tx.SetSyncState(models.SyncState{Object: "net"})
			})
			if err != nil {
				return err
			}
			for range 2 {
				if <-taken {
					t.Error("another one got the lease of work that is under way")
				}
			}
			// From here on the leases are extended as before.
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(2 * shortLease):
				return nil
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if states, err := s.store.SyncStates(t.Context()); err != nil || len(states) != 1 {
			t.Errorf("states %v, %v", states, err)
		}
	})
}

// What is done without the lease is not committed.
func TestHoldingCommitsOnlyWithTheLease(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"outer", "inner"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			eachHolding(t, func(t *testing.T, s *replica, r *replicas) {
				s.lease = time.Minute
				for _, name := range []string{"outer", "inner"} {
					holder := "one"
					if name == lost {
						holder = "another"
					}
					if !r.take(name, holder, time.Minute) {
						t.Fatal("not taken")
					}
				}
				err := twice(s.ctx, s.schedule, func(ctx context.Context) error {
					return writeHolding(ctx, s.store, func(tx *models.Tx) error {
						t.Error("it was begun")
						return tx.SetSyncState(models.SyncState{Object: "net"})
					})
				})
				if !errors.Is(err, errLeaseLost) || strings.Count(err.Error(), "lease") != 1 {
					t.Errorf("error %v", err)
				}
				if states, err := s.store.SyncStates(t.Context()); err != nil || len(states) != 0 {
					t.Errorf("states %v, %v", states, err)
				}
			})
		})
	}
}

// A transaction that fails holds nothing, and the lease can be lost again.
func TestHoldingEndsWithTheTransaction(t *testing.T) {
	t.Parallel()
	eachHolding(t, func(t *testing.T, s *replica, r *replicas) {
		if !r.take("work", "one", shortLease) {
			t.Fatal("not taken")
		}
		planted := errors.New("planted")
		err := s.guarded(s.ctx, "work", "one", func(ctx context.Context) error {
			tries := 0
			err := writeHolding(ctx, s.store, func(*models.Tx) error { tries++; return planted })
			if !errors.Is(err, planted) || tries != 1 {
				t.Errorf("%d tries, %v", tries, err)
			}
			if _, err := r.lent.Raw.Exec("UPDATE leases SET holder = 'another', expires_at = expires_at + 3600"); err != nil {
				return err
			}
			return hang(ctx)
		})
		if !errors.Is(err, errLeaseLost) {
			t.Errorf("error %v", err)
		}
	})
}

// Work without a lease is written as it is.
func TestHoldingNothing(t *testing.T) {
	t.Parallel()
	eachHolding(t, func(t *testing.T, s *replica, r *replicas) {
		err := writeHolding(t.Context(), s.store, func(tx *models.Tx) error { return tx.SetSyncState(models.SyncState{Object: "net"}) })
		if states, e := s.store.SyncStates(t.Context()); err != nil || e != nil || len(states) != 1 {
			t.Errorf("states %v, %v, %v", states, err, e)
		}
	})
}

// An extension that waited for long takes nothing away, and the time that work
// asks for is kept.
func TestHoldingForgetsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	h := hold(ctx, cancel, "work", "one", time.Minute)
	defer h.ending.Stop()
	until := h.until
	h.extended(time.Now().Add(-2 * time.Minute))
	if !h.until.Equal(until) || ctx.Err() != nil {
		t.Errorf("until %v, was %v, %v", h.until, until, context.Cause(ctx))
	}
	h.holdFast(true)
	h.until = time.Now().Add(-time.Second)
	if time.Sleep(20 * time.Millisecond); ctx.Err() != nil {
		t.Error("stopped while it is held fast")
	}
	h.holdFast(false)
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), errLeaseLost) {
		t.Errorf("cause %v", context.Cause(ctx))
	}
}

// Work that says when to try again is not tried before, and not later than its
// interval says where that is longer.
func TestScheduleWaitsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		one := r.another()
		for _, tc := range []struct{ interval, after, want time.Duration }{
			{time.Hour, 40 * time.Minute, 40 * time.Minute}, {time.Hour, time.Minute, retryAfter}, {time.Minute, time.Hour, time.Hour}, {time.Hour, -time.Hour, retryAfter},
		} {
			name := tc.interval.String() + " " + tc.after.String()
			one.turn(one.ctx, name, tc.interval, func(context.Context) error { return &laterError{errors.New("planted failure"), tc.after} })
			r.due(name, tc.want)
			if !strings.Contains(one.log.String(), "planted failure") {
				t.Errorf("log %s", one.log.String())
			}
		}
	})
}
