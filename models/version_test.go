package models_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

var allScopes = []models.Scope{models.ScopeDirectory, models.ScopePeering, models.ScopeResources, models.ScopeKeys, models.ScopeModes}

// raised names the scopes whose versions differ.
func raised(before, after models.Versions) string {
	var out []models.Scope
	for _, scope := range allScopes {
		if before.Of(scope) != after.Of(scope) {
			out = append(out, scope)
		}
	}
	return fmt.Sprint(out)
}

func TestWritesRaiseTheVersionsOfWhatTheyTouch(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		put(t, l.Store, directoryNetwork(1, "One"))
		put(t, l.Store, models.Exchange{ID: 2, Name: "Two"})
		s := addSession(t, l.Store, session(1))
		lir := addEntry(t, l.Store, "lir", "LIR", values("rir", "ARIN", "asn", "1"))
		in := func(f func(tx *models.Tx) error) func() error {
			return func() error { return l.Store.Write(t.Context(), f) }
		}
		for _, test := range []struct {
			name string
			do   func() error
			want string
		}{
			{"nothing", in(func(tx *models.Tx) error { return nil }), "[]"},
			{"directory", func() error { put(t, l.Store, directoryNetwork(2, "Two")); return nil }, "[directory]"},
			{"directory as it was", func() error { put(t, l.Store, directoryNetwork(2, "Two")); return nil }, "[]"},
			{"add session", in(func(tx *models.Tx) error { return tx.AddSession(new(session(2))) }), "[peering]"},
			{"update session", in(func(tx *models.Tx) error { _, err := tx.UpdateSession(s.ID, idle); return err }), "[peering]"},
			{"update session as it was", in(func(tx *models.Tx) error { _, err := tx.UpdateSession(s.ID, idle); return err }), "[]"},
			{"configure session", in(func(tx *models.Tx) error { _, err := tx.MarkConfigured(s.ID); return err }), "[peering]"},
			{"delete session", in(func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err }), "[peering]"},
			{"delete session again", in(func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err }), "[]"},
			{"log", in(func(tx *models.Tx) error { return tx.Log(models.LogEntry{Message: "x"}) }), "[peering]"},
			{"communication", in(func(tx *models.Tx) error {
				p, err := tx.FindPeer(1, 2)
				if err != nil {
					return err
				}
				return tx.ChangeCommunication(p, func(c *models.Communication) { c.IsPeer = true })
			}), "[peering]"},
			{"request", in(func(tx *models.Tx) error { return tx.AddRequest(&models.Request{}) }), "[peering]"},
			{"request sent", in(func(tx *models.Tx) error { return tx.MarkRequestSent(1) }), "[peering]"},
			{"request failed", in(func(tx *models.Tx) error { return tx.MarkRequestFailed(1, "x") }), "[peering]"},
			{"resource", func() error { addBelow(t, l.Store, 0, "x"); return nil }, "[resources]"},
			{"update resource", in(func(tx *models.Tx) error {
				_, err := tx.UpdateResource(lir, models.ResourceChange{Name: new("Renamed"), RIRs: rirs})
				return err
			}), "[resources]"},
			{"update resource as it was", in(func(tx *models.Tx) error {
				_, err := tx.UpdateResource(lir, models.ResourceChange{Name: new("Renamed"), RIRs: rirs})
				return err
			}), "[]"},
			{"delete resource", in(func(tx *models.Tx) error {
				v, err := tx.FindResource(lir)
				if err != nil {
					return err
				}
				return tx.DeleteResource(&v.Resource)
			}), "[resources]"},
			{"token", in(func(tx *models.Tx) error { return tx.Claim(models.Token{Value: "x"}) }), "[]"},
			{"key", func() error {
				_, _, err := l.Store.AddKey(t.Context(), models.NewKey{Name: "key", Allow: models.Permissions()})
				return err
			}, "[keys]"},
			{"use of a key", func() error { return l.Store.MarkUsed(t.Context(), map[uint64]time.Time{1: time.Now()}) }, "[]"},
			{"use of the legacy API", func() error { return l.Store.AddLegacyUses(t.Context(), []models.LegacyUse{{Count: 1}}, 10) }, "[]"},
			{"revoke key", func() error { return l.Store.RevokeKey(t.Context(), "key") }, "[keys]"},
			{"rotate secrets", func() error { _, err := l.Store.RotateSecrets(t.Context(), nil); return err }, "[resources keys]"},
			{"all at once", in(func(tx *models.Tx) error { tx.Touch(allScopes...); return nil }), "[directory peering resources keys modes]"},
		} {
			before := versions(t, l.Store)
			if err := test.do(); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			if got := raised(before, versions(t, l.Store)); got != test.want {
				t.Errorf("%s raises %s, want %s", test.name, got, test.want)
			}
		}
	})
}

func TestVersionsOf(t *testing.T) {
	t.Parallel()
	v := models.Versions{1, 2, 3, 4, 5}
	for _, test := range []struct {
		some []models.Scope
		want models.Versions
		text string
	}{
		{nil, models.Versions{}, "[0 0 0 0 0]"},
		{[]models.Scope{models.ScopeKeys}, models.Versions{0, 0, 0, 4}, "[0 0 0 4 0]"},
		{[]models.Scope{models.ScopePeering, models.ScopeDirectory}, models.Versions{1, 2}, "[1 2 0 0 0]"},
		{[]models.Scope{"unknown"}, models.Versions{}, "[0 0 0 0 0]"},
		{allScopes, v, "[1 2 3 4 5]"},
	} {
		if got := v.Of(test.some...); got != test.want || got.String() != test.text {
			t.Errorf("of %v: %v", test.some, got)
		}
	}
}

// A version is raised with the commit and not before, and a scope without a
// row is a failure instead of a change that nobody sees.
func TestVersionsBelongToTheCommit(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		other := l.Another(t)
		before := versions(t, other)
		write(t, l.Store, func(tx *models.Tx) error {
			if err := tx.AddSession(new(session(1))); err != nil {
				return err
			}
			if now := versions(t, other); now != before {
				t.Errorf("seen before the commit: %v, before %v", now, before)
			}
			return nil
		})
		if got := raised(before, versions(t, other)); got != "[peering]" {
			t.Errorf("raised %s", got)
		}
		if _, err := l.Raw.Exec("DELETE FROM generations WHERE scope = 'peering'"); err != nil {
			t.Fatal(err)
		}
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(new(session(2))) })
		if err == nil || err.Error() != "scope peering has no version row" {
			t.Errorf("error %v", err)
		}
		if n := len(sessions(t, l.Store, false)); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// What anybody committed before the question is counted in the answer, asked
// of whichever process.
func TestVersionsCountEveryCommitBeforeTheQuestion(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		gateways := stores(t, l, 2)
		base := versions(t, l.Store)
		var committed atomic.Int64
		var group, readers sync.WaitGroup
		done := make(chan struct{})
		check := func(least int64) {
			now := versions(t, gateways[rand.IntN(2)])
			if counted := now[1] - base[1]; counted < least {
				t.Errorf("%d changes are counted, %d were committed", counted, least)
			}
		}
		for range 8 {
			readers.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						check(committed.Load())
					}
				}
			})
		}
		for worker := range 8 {
			group.Go(func() {
				for range 15 {
					err := gateways[worker%2].Write(t.Context(), func(tx *models.Tx) error { tx.Touch(models.ScopePeering); return nil })
					if err != nil {
						t.Error(err)
					}
					check(committed.Add(1))
				}
			})
		}
		group.Wait()
		close(done)
		readers.Wait()
		if now := versions(t, l.Store); now[1]-base[1] != 120 {
			t.Errorf("%d changes are counted in the end, want 120", now[1]-base[1])
		}
	})
}
