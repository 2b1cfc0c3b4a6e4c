package models_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestLease(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(moment)
			s := modelstest.Lend(t, kind, clock.Now).Store
			take := func(holder string, want bool) {
				t.Helper()
				held, err := s.TakeLease(t.Context(), "poll", holder, time.Minute)
				if err != nil || held != want {
					t.Errorf("%s: held %v, %v", holder, held, err)
				}
			}
			take("a", true)
			take("b", false)
			clock.Advance(40 * time.Second)
			take("a", true) // extended
			clock.Advance(40 * time.Second)
			take("b", false)
			clock.Advance(21 * time.Second)
			take("b", true) // ended
			take("a", false)
			for _, holder := range []string{"a", "b"} { // of no effect, and given back
				if err := s.ReleaseLease(t.Context(), "poll", holder); err != nil {
					t.Fatal(err)
				}
				take("c", holder == "b")
			}
			if held, err := s.TakeLease(t.Context(), "other", "a", time.Minute); err != nil || !held {
				t.Errorf("another lease: %v, %v", held, err)
			}
		})
	}
}

// Of several gateways that ask at once, one gets it.
func TestLeaseIsTakenOnce(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		stores := []*models.Store{l.Store, l.Another(t)}
		for round := range 5 {
			var held atomic.Int32
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					ok, err := stores[i%2].TakeLease(t.Context(), fmt.Sprint("work ", round), fmt.Sprint(i), time.Minute)
					if err != nil {
						t.Error(err)
					}
					if ok {
						held.Add(1)
					}
				})
			}
			all.Wait()
			if held.Load() != 1 {
				t.Errorf("%d hold the lease", held.Load())
			}
		}
	})
}
