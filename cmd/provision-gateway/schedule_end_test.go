package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

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
