package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// The schedules of these tests look often whether work is due. What is due goes
// by a clock that stands still until a test moves it, so nothing depends on how
// busy the machine is.
const (
	often     = 200 * time.Millisecond
	testLease = 6 * time.Second
	// shortLease is for those that are to be lost.
	shortLease = 3 * time.Second
	// patience bounds what has to happen, hesitation what must not.
	patience   = 60 * time.Second
	hesitation = 500 * time.Millisecond
)

// replicas are gateways that share a database.
type replicas struct {
	t     *testing.T
	lent  *modelstest.Lent
	clock *modelstest.Clock
	runs  atomic.Int32
}

func eachReplicas(t *testing.T, f func(t *testing.T, r *replicas)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(time.Now().Unix())
			f(t, &replicas{t: t, lent: modelstest.Lend(t, kind, clock.Now), clock: clock})
		})
	}
}

// replica is a schedule with connections of its own.
type replica struct {
	*schedule
	log  lockedBuffer
	ctx  context.Context
	stop context.CancelFunc
}

// on makes a replica of a store; it ends with the test.
func (r *replicas) on(store *models.Store) *replica {
	one := &replica{}
	one.schedule = &schedule{store: store, logger: slog.New(slog.NewJSONHandler(&one.log, nil)), lease: testLease}
	one.ctx, one.stop = context.WithCancel(context.Background())
	r.t.Cleanup(func() {
		one.stop()
		one.wait()
	})
	return one
}

func (r *replicas) another() *replica { return r.on(r.lent.Another(r.t)) }

// counted is work that counts its runs and complains when two run at once.
func (r *replicas) counted(work func(context.Context) error) func(context.Context) error {
	var running atomic.Int32
	return func(ctx context.Context) error {
		if running.Add(1) > 1 {
			r.t.Error("the work runs twice at the same time")
		}
		defer running.Add(-1)
		r.runs.Add(1)
		return work(ctx)
	}
}

func nothing(context.Context) error { return nil }

// hang waits until the work is stopped.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func (r *replicas) until(so func() bool, what string) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("it does not come to that: %s", what)
		}
	}
}

// ran waits until the work has run so many times, and a while for more.
func (r *replicas) ran(times int32) {
	r.t.Helper()
	r.until(func() bool { return r.runs.Load() >= times }, fmt.Sprintf("%d runs", times))
	time.Sleep(hesitation)
	if n := r.runs.Load(); n != times {
		r.t.Fatalf("the work ran %d times, not %d", n, times)
	}
}

// lease is who holds the lease, and for how long still; nobody has the empty
// name.
func (r *replicas) lease(name string) (holder string, left time.Duration) {
	r.t.Helper()
	rows, err := r.lent.Raw.Query("SELECT holder, expires_at FROM leases WHERE name = ?", name)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var end int64
	for rows.Next() {
		if err := rows.Scan(&holder, &end); err != nil {
			r.t.Fatal(err)
		}
	}
	return holder, time.Unix(end, 0).Sub(r.clock.Now())
}

// due fails unless work is due in a time, counted from when it began.
func (r *replicas) due(name string, in time.Duration) {
	r.t.Helper()
	if _, left := r.lease(name); left > in || left < in-20*time.Second {
		r.t.Errorf("%s is due in %v, not %v", name, left, in)
	}
}
