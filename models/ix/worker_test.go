package ix_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// TestWork lets an account take its steps, and finds work only while there is
// some.
func TestWork(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := ixapitest.Clock()
			s := ix.New(modelstest.Lend(t, kind, clock.Now).Store)
			s.Interval = time.Millisecond
			idle := func(want bool) {
				t.Helper()
				if got, err := s.Idle(t.Context()); err != nil || got != want {
					t.Errorf("idle %v %v, want %v", got, err, want)
				}
			}
			idle(true)
			if err := s.Work(t.Context()); err != nil {
				t.Error(err)
			}
			err := s.Write(t.Context(), "", func(tx *ix.Tx) error {
				// Roles have no steps: this one is due once.
				role := &ix.Role{Name: "noc", RequiredFields: []string{}}
				at := tx.Time + 10
				return errors.Join(tx.Insert(ix.Roles, role), tx.Due(ix.Roles, role, &at))
			})
			if err != nil {
				t.Fatal(err)
			}
			idle(true)
			clock.Advance(10 * time.Second)
			idle(false)
			stopped, cancel := context.WithCancel(t.Context())
			cancel()
			if err := s.Work(stopped); !errors.Is(err, context.Canceled) {
				t.Errorf("stopped: %v", err)
			}
			idle(false)
			if err := s.Work(t.Context()); err != nil {
				t.Error(err)
			}
			idle(true)
		})
	}
}
