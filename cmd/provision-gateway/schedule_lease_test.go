package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// A gateway that died extends its lease no more, and another goes on.
func TestScheduleGoesOnWhenTheHolderDies(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		held, err := r.lent.Store.TakeLease(t.Context(), "poll", "killed", testLease)
		if err != nil || !held {
			t.Fatal(held, err)
		}
		for range 2 {
			one := r.another()
			one.every(one.ctx, "poll", often, r.counted(nothing))
		}
		r.clock.Advance(testLease - time.Second)
		r.ran(0)
		r.clock.Advance(time.Second)
		r.ran(1)
	})
}

// A lease that another gateway has got stops the work, and stays with the other.
func TestScheduleStopsWorkWhoseLeaseIsLost(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		one := r.another()
		one.lease = shortLease
		one.every(one.ctx, "poll", often, r.counted(hang))
		r.ran(1)
		if _, err := r.lent.Raw.Exec("UPDATE leases SET holder = 'another', expires_at = expires_at + 3600"); err != nil {
			t.Fatal(err)
		}
		r.until(func() bool { return strings.Contains(one.log.String(), errLeaseLost.Error()) }, "the work is stopped")
		r.ran(1)
		if holder, left := r.lease("poll"); holder != "another" || left < time.Hour {
			t.Errorf("the lease is %q's for %v", holder, left)
		}
		r.clock.Advance(2 * time.Hour)
		r.ran(2)
	})
}

// What hides its end from its caller cannot hide it from the log.
func TestScheduleNamesTheLostLease(t *testing.T) {
	t.Parallel()
	r := &replicas{t: t, clock: modelstest.NewClock(time.Now().Unix())}
	r.lent = modelstest.Lend(t, modelstest.Kinds()[0], r.clock.Now)
	one := r.another()
	one.lease = shortLease
	if held, err := one.store.TakeLease(t.Context(), "poll", "another", time.Hour); err != nil || !held {
		t.Fatal(held, err)
	}
	for name, work := range map[string]func(context.Context) error{
		"cause":  hang,
		"hidden": func(ctx context.Context) error { <-ctx.Done(); return errors.New("cut off") },
	} {
		if err := one.guarded(one.ctx, "poll", "one", work); !errors.Is(err, errLeaseLost) || strings.Count(err.Error(), "lease") != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := one.guarded(one.ctx, "poll", "one", func(ctx context.Context) error { <-ctx.Done(); return nil }); err != nil {
		t.Errorf("work that was done all the same: %v", err)
	}
}

// A gateway that cannot reach the database stops its work by itself: another
// one can, and may go on when the lease has ended.
func TestScheduleStopsWithoutDatabase(t *testing.T) {
	t.Parallel()
	for _, as := range []trouble{refused, blackHole} {
		t.Run(string(as), func(t *testing.T) {
			t.Parallel()
			database := modelstest.MariaDBDatabase(t)
			_ = modelstest.Open(t, database, nil)
			from := strings.Index(database, "tcp(") + len("tcp(")
			address := database[from : from+strings.IndexByte(database[from:], ')')]
			w := newWire(t, address)
			store, err := models.Open(t.Context(), models.Options{Database: strings.Replace(database, address, w.address, 1), Timeout: 5 * time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			s := &schedule{store: store, logger: slog.New(slog.DiscardHandler), lease: testLease}
			if held, err := store.TakeLease(t.Context(), "poll", "one", testLease); err != nil || !held {
				t.Fatal(held, err)
			}
			w.set(as, 0)
			began := time.Now()
			err = s.guarded(t.Context(), "poll", "one", hang)
			if took := time.Since(began); !errors.Is(err, errLeaseLost) || took < testLease/2 || took > testLease+20*time.Second {
				t.Errorf("stopped after %v: %v", took, err)
			}
		})
	}
}
