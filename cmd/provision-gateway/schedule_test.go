package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

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
