package main

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// TestOrdersGoOnAfterAKill kills a gateway that has the lease for steps: the next
// one takes them once the lease has ended, and each of them once.
func TestOrdersGoOnAfterAKill(t *testing.T) {
	t.Parallel()
	const patience = 5 * time.Second
	if stepsLease > patience {
		t.Errorf("orders wait for %v", stepsLease)
	}
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			database := kind.Database(t)
			args := []string{"--database", database, "--secrets-key-file", filepath.Join(t.TempDir(), "secrets.key"), "--ixapi-interval", "10s"}
			seedDemo(t, args[:4])
			store := modelstest.Open(t, database, nil)
			objects := ix.New(store)
			// A step that is due for an object which has none is marked and done.
			due := func(name string) {
				t.Helper()
				err := objects.Write(t.Context(), "", func(tx *ix.Tx) error {
					role := &ix.Role{Name: name, RequiredFields: []string{}}
					return errors.Join(tx.Insert(ix.Roles, role), tx.Due(ix.Roles, role, &tx.Time))
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			wait := func(what string, so func() bool) {
				t.Helper()
				for deadline := time.Now().Add(90 * time.Second); !so(); time.Sleep(20 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("%s: it does not come to that", what)
					}
				}
			}
			idle := func() bool {
				none, err := objects.Idle(t.Context())
				return err == nil && none
			}
			lease := func() (found models.Lease) {
				if err := store.Reader(t.Context()).Where("name = ?", leaseSteps).Limit(1).Find(&found).Error; err != nil {
					t.Fatal(err)
				}
				return found
			}
			first := start(t, args...)
			due("first")
			wait("the first step", idle)
			// It has the lease until the interval is over.
			wait("the lease", func() bool { return lease().Holder != "" })
			holder := lease().Holder
			first.signal(syscall.SIGKILL)
			if first.wait() == nil {
				t.Error("it was not killed")
			}
			left := time.Until(time.Unix(lease().ExpiresAt, 0))
			if left > stepsLease {
				t.Errorf("the lease of the one that was killed lasts for %v", left)
			}
			due("second")
			second := start(t, args...)
			wait("the second step", idle)
			if now := lease(); now.Holder == holder || now.ExpiresAt < time.Now().Unix() {
				t.Errorf("the lease is %+v, and was %s's", now, holder)
			}
			second.signal(syscall.SIGKILL)
			if second.wait() == nil {
				t.Error("it was not killed")
			}
			t.Logf("%v were left of the lease", left)
		})
	}
}
