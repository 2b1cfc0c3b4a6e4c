package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/keyring"
)

// TestWheneverThereIsWork lets two gateways look for work: it is done by one at a
// time, again at once when there is more, also after it failed, and without work
// nothing is written.
func TestWheneverThereIsWork(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		var left atomic.Int32
		idle := func(context.Context) (bool, error) { return left.Load() <= 0, nil }
		one := r.counted(func(context.Context) error {
			left.Add(-1)
			if r.runs.Load() == 2 {
				return errors.New("it rains")
			}
			if r.runs.Load() == 3 {
				panic("it snows")
			}
			return nil
		})
		// One that looked before the other did the last of it finds nothing.
		work := func(ctx context.Context) error {
			if left.Load() <= 0 {
				return nil
			}
			return one(ctx)
		}
		replicas := []*replica{r.another(), r.another()}
		for _, one := range replicas {
			one.done.Go(func() { one.whenever(one.ctx, "steps", often, idle, work) })
		}
		r.ran(0)
		if leases := r.held(); leases != 0 {
			t.Errorf("%d leases without work", leases)
		}
		left.Store(5)
		r.ran(5)
		if leases := r.held(); leases != 0 {
			t.Errorf("%d leases after the work", leases)
		}
		log := replicas[0].log.String() + replicas[1].log.String()
		for _, reason := range []string{"it rains", "it snows"} {
			if strings.Count(log, reason) != 1 {
				t.Errorf("%q is not in the log: %s", reason, log)
			}
		}
	})
}

// TestWheneverTheDatabaseIsGone says so and waits, and ends when it is told to.
func TestWheneverTheDatabaseIsGone(t *testing.T) {
	t.Parallel()
	eachReplicas(t, func(t *testing.T, r *replicas) {
		one := r.another()
		gone := func(context.Context) (bool, error) { return false, errors.New("it is gone") }
		one.done.Go(func() { one.whenever(one.ctx, "steps", often, gone, r.counted(nothing)) })
		r.until(func() bool { return strings.Contains(one.log.String(), "it is gone") }, "it is in the log")
		r.ran(0)
		if strings.Count(one.log.String(), "it is gone") != 1 {
			t.Errorf("%s", one.log.String())
		}
		one.stop()
		one.wait()
	})
}

// held counts the leases that somebody holds.
func (r *replicas) held() (n int) {
	r.t.Helper()
	if err := r.lent.Raw.QueryRow("SELECT COUNT(*) FROM leases WHERE holder <> ''").Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// TestServeExchange serves the exchange's API and takes a step that is due, and
// neither where it is switched off.
func TestServeExchange(t *testing.T) {
	t.Parallel()
	environ, path := onSQLite(t)
	s := serve(t, environ, "--ixapi-interval", "50ms")
	status := func() int {
		t.Helper()
		response, err := http.Get(s.url + "/api/v2/health")
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode
	}
	if got := status(); got != http.StatusOK {
		t.Errorf("health: %d", got)
	}
	ring, err := keyring.LoadOrCreate(path + ".key")
	if err != nil {
		t.Fatal(err)
	}
	store, err := models.Open(t.Context(), models.Options{Database: "sqlite:" + path, Keyring: ring})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	objects := ix.New(store)
	due := func() {
		t.Helper()
		err := objects.Write(t.Context(), "", func(tx *ix.Tx) error {
			role := &ix.Role{Name: "noc", RequiredFields: []string{}}
			return errors.Join(tx.Insert(ix.Roles, role), tx.Due(ix.Roles, role, &tx.Time))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	due()
	eventually(t, s, func() bool {
		idle, err := objects.Idle(t.Context())
		return err == nil && idle
	})
	if code := s.end(); code != exitOK {
		t.Errorf("exit code %d", code)
	}

	s = serve(t, environ, "--ixapi-enabled", "false", "--ixapi-interval", "50ms")
	if got := status(); got != http.StatusNotFound {
		t.Errorf("switched off, health: %d", got)
	}
	due()
	time.Sleep(hesitation)
	if idle, err := objects.Idle(t.Context()); err != nil || idle {
		t.Errorf("switched off, a step was taken: %v", err)
	}
	s.end()
}
