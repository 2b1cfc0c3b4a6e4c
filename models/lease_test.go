package models_test

import (
	"errors"
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

// A lease that a transaction takes is nobody else's before it ends, and is as it
// was when the transaction is given up.
func TestLeaseInATransaction(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		planted := errors.New("planted")
		for _, want := range []error{nil, planted} {
			err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
				if held, err := tx.TakeLease("work", "a", time.Minute); err != nil || !held {
					t.Errorf("%v, %v", held, err)
				}
				if held, err := tx.TakeLease("work", "b", time.Minute); err != nil || held {
					t.Errorf("another one has it too: %v, %v", held, err)
				}
				return want
			})
			if !errors.Is(err, want) {
				t.Fatal(err)
			}
			if held, err := l.Store.TakeLease(t.Context(), "work", "b", time.Minute); err != nil || held != (want != nil) {
				t.Errorf("after %v: %v, %v", want, held, err)
			}
			if err := l.Store.ReleaseLease(t.Context(), "work", "a"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPutOff(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		until := func(want time.Time) {
			t.Helper()
			for _, s := range []*models.Store{l.Store, l.Another(t)} {
				if at, err := s.PutOffUntil(t.Context(), "requests"); err != nil || !at.Equal(want) {
					t.Errorf("until %v, %v, want %v", at, err, want)
				}
			}
		}
		until(time.Time{})
		for _, step := range []struct{ to, want time.Time }{
			{time.Unix(moment, 1), time.Unix(moment+1, 0)}, {time.Unix(moment+1, 0), time.Unix(moment+1, 0)},
			{time.Unix(moment+60, 0), time.Unix(moment+60, 0)}, {time.Unix(moment+30, 0), time.Unix(moment+60, 0)},
		} {
			if err := l.Store.PutOff(t.Context(), "requests", step.to); err != nil {
				t.Fatal(err)
			}
			until(step.want)
		}
		if at, err := l.Store.PutOffUntil(t.Context(), "others"); err != nil || !at.IsZero() {
			t.Errorf("others until %v, %v", at, err)
		}
	})
}
