package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/pprof"
	"strings"
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

func TestScheduleRunsOncePerInterval(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		work := r.counted(nothing)
		for range 3 {
			one := r.another()
			one.every(one.ctx, "poll", often, work)
			// Two of one process are as two of two.
			again := r.on(one.store)
			again.every(again.ctx, "poll", often, work)
		}
		for n := range int32(5) {
			r.ran(n + 1)
			r.clock.Advance(time.Second)
		}
	})
}

// A run is not due a moment before its interval is over.
func TestScheduleKeepsTheInterval(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		one, other := r.another(), r.another()
		work := r.counted(nothing)
		one.turn(one.ctx, "sync", time.Hour, work)
		r.due("sync", time.Hour)
		for _, by := range []time.Duration{0, time.Minute, 58 * time.Minute} {
			r.clock.Advance(by)
			one.turn(one.ctx, "sync", time.Hour, work)
			other.turn(other.ctx, "sync", time.Hour, work)
			if n := r.runs.Load(); n != 1 {
				t.Fatalf("%v later it ran %d times", by, n)
			}
		}
		other.turn(other.ctx, "another work", time.Hour, work)
		r.clock.Advance(time.Minute)
		other.turn(other.ctx, "sync", time.Hour, work)
		one.turn(one.ctx, "sync", time.Hour, work)
		if n := r.runs.Load(); n != 3 {
			t.Errorf("it ran %d times", n)
		}
	})
}

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

// Work may take longer than a lease.
func TestScheduleExtendsTheLease(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		finish := make(chan struct{})
		work := r.counted(func(ctx context.Context) error {
			select {
			case <-finish:
			case <-ctx.Done():
				t.Errorf("the work was stopped: %v", context.Cause(ctx))
			}
			return nil
		})
		one, other := r.another(), r.another()
		one.every(one.ctx, "poll", often, work)
		r.ran(1)
		other.every(other.ctx, "poll", often, work)
		holder, _ := r.lease("poll")
		for range 3 {
			r.clock.Advance(testLease / 2)
			r.until(func() bool { _, left := r.lease("poll"); return left == testLease }, "the lease is extended")
		}
		if now, _ := r.lease("poll"); now != holder {
			t.Error("another one has the lease")
		}
		r.ran(1)
		close(finish)
		r.until(func() bool { _, left := r.lease("poll"); return left == time.Second }, "the next run is due")
		r.clock.Advance(time.Second)
		r.ran(2)
	})
}

func TestScheduleTriesAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		work func(context.Context) error
		log  string
	}{
		"after an error": {func(context.Context) error { return errors.New("planted failure") }, "planted failure"},
		"after a panic":  {func(context.Context) error { panic("planted panic") }, "panic: planted panic\\ngoroutine "},
		"after a panic of nothing": {func(context.Context) error {
			var nobody *replicas
			nobody.runs.Add(1)
			return nil
		}, "nil pointer dereference"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachReplicas(t, func(t *testing.T, r *replicas) {
				var mended atomic.Bool
				work := r.counted(func(ctx context.Context) error {
					if mended.Load() {
						return nil
					}
					return tc.work(ctx)
				})
				one, other := r.another(), r.another()
				for _, interval := range []struct{ given, retry time.Duration }{{time.Hour, retryAfter}, {time.Minute, time.Minute}} {
					work := fmt.Sprint("every ", interval.given)
					one.turn(one.ctx, work, interval.given, tc.work)
					r.due(work, interval.retry)
				}
				for _, want := range []string{`"msg":"background work failed"`, `"work":"every 1h0m0s"`, tc.log} {
					if !strings.Contains(one.log.String(), want) {
						t.Errorf("the log does not say %q: %s", want, one.log.String())
					}
				}
				one.every(one.ctx, "poll", often, work)
				other.every(other.ctx, "poll", often, work)
				r.ran(1)
				r.clock.Advance(time.Second)
				r.ran(2)
				mended.Store(true)
				r.clock.Advance(time.Second)
				r.ran(3)
			})
		})
	}
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

func TestScheduleShutDown(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		one, other := r.another(), r.another()
		one.every(one.ctx, "poll", often, r.counted(hang))
		r.ran(1)
		other.every(other.ctx, "poll", often, r.counted(nothing))
		r.ran(1)
		one.stop()
		one.wait()
		// The clock stands still: this is not the end of the lease.
		r.ran(2)
		if log := one.log.String() + other.log.String(); log != "" {
			t.Errorf("an ordinary end is logged: %s", log)
		}
		// What was done when the end came need not be done again.
		last := r.another()
		last.turn(last.ctx, "sync", time.Hour, func(context.Context) error { last.stop(); return nil })
		r.due("sync", time.Hour)
		// Who was told to stop begins nothing.
		before := r.runs.Load()
		last.turn(last.ctx, "another work", time.Hour, r.counted(nothing))
		if r.runs.Load() != before {
			t.Error("work began after the end")
		}
	})
}

func TestScheduleNever(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		one := r.another()
		for _, interval := range []time.Duration{0, -time.Hour} {
			one.every(one.ctx, "poll", interval, r.counted(nothing))
		}
		// Nothing was begun that could end.
		one.wait()
		r.ran(0)
		if holder, _ := r.lease("poll"); holder != "" {
			t.Errorf("%q has a lease", holder)
		}
	})
}

// TestScheduleLeavesNothing counts the goroutines of a schedule by a label that
// they inherit.
func TestScheduleLeavesNothing(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		alive := func() (n int) {
			var b bytes.Buffer
			if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
				t.Fatal(err)
			}
			for stack := range strings.SplitSeq(b.String(), "\n\n") {
				// Those that are at the same place are one entry: "4 @ 0x…".
				if same := 0; strings.Contains(stack, t.Name()) && strings.Contains(stack, ".(*schedule).") {
					if _, err := fmt.Sscanf(stack[strings.LastIndex(stack[:strings.Index(stack, " @ ")], "\n")+1:], "%d @", &same); err != nil {
						t.Fatalf("%v: %s", err, stack)
					}
					n += same
				}
			}
			return n
		}
		one := r.another()
		pprof.Do(one.ctx, pprof.Labels("test", t.Name()), func(ctx context.Context) {
			one.every(ctx, "hangs", often, r.counted(hang))
			one.every(ctx, "fails", often, func(context.Context) error { return net.ErrClosed })
			one.every(ctx, "panics", often, func(context.Context) error { panic("planted") })
			one.every(ctx, "works", often, nothing)
		})
		// Four that look whether work is due, and one that extends a lease.
		r.until(func() bool { return r.runs.Load() == 1 && alive() == 5 }, "five goroutines")
		one.stop()
		one.wait()
		if n := alive(); n != 0 {
			t.Errorf("%d goroutines are left", n)
		}
	})
}
