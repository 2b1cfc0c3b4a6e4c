package models_test

import (
	"fmt"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// Where a session is on a router is known whatever its columns say later.
func TestPlacement(t *testing.T) {
	t.Parallel()
	base := session(1)
	base.ResourceID, base.PeerGroup, base.Type = new(uint64(5)), new("group-a"), models.SessionTypePeer
	base.State = models.StateNotConfigured
	pushed := base
	pushed.Pushed = base.Place()
	for _, tc := range []struct {
		name            string
		session         models.Session
		change          func(*models.Session)
		onRouter, moved bool
	}{
		{"never pushed", base, func(*models.Session) {}, false, false},
		{"state says so", base, func(s *models.Session) { s.State = "established" }, true, false},
		{"another type", base, func(s *models.Session) { s.State, s.Type = "established", "Transit" }, false, false},
		{"pushed", pushed, func(*models.Session) {}, true, false},
		{"pushed, another limit", pushed, func(s *models.Session) { s.PrfxMax = new(uint32(9)) }, true, false},
		{"pushed, another group", pushed, func(s *models.Session) { s.PeerGroup = new("group-b") }, true, false},
		{"pushed, another address", pushed, func(s *models.Session) { s.PeerIPAddr = new("198.51.100.9") }, true, true},
		{"pushed, another router", pushed, func(s *models.Session) { s.ResourceID = new(uint64(6)) }, true, true},
		{"pushed, no router any more", pushed, func(s *models.Session) { s.ResourceID = nil }, true, true},
		{"pushed, another AS number of ours", pushed, func(s *models.Session) { s.SourceASN = new(uint32(1)) }, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tc.session
			tc.change(&s)
			if s.OnRouter() != tc.onRouter || s.Moved() != tc.moved {
				t.Errorf("on a router %v, moved %v", s.OnRouter(), s.Moved())
			}
			if tc.session.Pushed.Neighbor != nil && *s.Placed().Neighbor != *base.PeerIPAddr {
				t.Errorf("looked for at %s", *s.Placed().Neighbor)
			}
		})
	}
}

func TestSetPlacement(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		row := session(1)
		row.ResourceID = new(uint64(5))
		s := addSession(t, l.Store, row)
		write(t, l.Store, func(tx *models.Tx) error { return tx.SetPlacement(s.ID, s.Place()) })
		write(t, l.Store, func(tx *models.Tx) error {
			_, err := tx.UpdateSession(s.ID, func(s *models.Session) error {
				s.ResourceID, s.PeerIPAddr = new(uint64(6)), new("198.51.100.9")
				return nil
			})
			return err
		})
		stored, err := l.Store.SessionByID(t.Context(), s.ID)
		if err != nil || *stored.Placed().RouterID != 5 || *stored.Placed().Neighbor != "198.51.0.1" || !stored.Moved() {
			t.Errorf("%+v, %v", stored, err)
		}
		for _, router := range []uint64{5, 6, 7} {
			live, err := l.Store.LiveSessions(t.Context(), &router)
			if want := 1 - int(router/7); err != nil || len(live) != want {
				t.Errorf("router %d has %d sessions, %v", router, len(live), err)
			}
		}
		write(t, l.Store, func(tx *models.Tx) error { return tx.SetPlacement(s.ID, models.Placement{}) })
		if stored, err = l.Store.SessionByID(t.Context(), s.ID); err != nil || stored.Pushed != (models.Placement{}) {
			t.Errorf("%+v, %v", stored, err)
		}
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err })
		err = l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.SetPlacement(s.ID, s.Place()) })
		refused(t, "deleted", err, models.NotFound, "No session found with ID: 1")
	})
}

// What a router says is stored when it is new, and flagged when it is gone.
func TestObserve(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		row := session(1)
		row.ResourceID = new(uint64(5))
		s := addSession(t, l.Store, row)
		write(t, l.Store, func(tx *models.Tx) error {
			if err := tx.SetPlacement(s.ID, s.Place()); err != nil {
				return err
			}
			_, err := tx.MarkConfigured(s.ID)
			return err
		})
		var lines []string
		see := func(what string, seen *models.Session, o models.Observation) {
			before, err := l.Store.Versions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var changed bool
			write(t, l.Store, func(tx *models.Tx) (err error) {
				changed, err = tx.Observe(seen, o)
				return err
			})
			after, err := l.Store.Versions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if changed != (before != after) {
				t.Errorf("%s: changed %v, but versions %v and %v", what, changed, before, after)
			}
			lines = append(lines, fmt.Sprintf("%s: %v", what, changed), column(t, l, "SELECT CONCAT(state, ' ', COALESCE(prfx_received, 'NULL')) FROM sessions")[0])
		}
		now := func() *models.Session {
			s, err := l.Store.SessionByID(t.Context(), s.ID)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		old := now()
		see("up", old, models.Observation{State: "established", PrefixesReceived: new(uint32(7))})
		see("changed meanwhile", old, models.Observation{State: "idle"})
		see("the same", now(), models.Observation{State: "established", PrefixesReceived: new(uint32(7))})
		see("fewer", now(), models.Observation{State: "established", PrefixesReceived: new(uint32(0))})
		see("missing", now(), models.Observation{Missing: true})
		see("still missing", now(), models.Observation{Missing: true})
		see("back", now(), models.Observation{State: "active"})
		last := now()
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(last); return err })
		see("deleted", last, models.Observation{State: "idle"})
		return append(lines, logs(t, l)...)
	})
	const label = " (AS64500/192.0.2.1) - (AS64496/198.51.0.1)"
	equal(t, "observations", got, []string{
		"up: true", "established 7", "changed meanwhile: false", "established 7", "the same: false", "established 7", "fewer: true", "established 0",
		"missing: true", "not configured NULL", "still missing: false", "not configured NULL", "back: true", "active NULL", "deleted: false", "active NULL",
		"Session added: " + label, "Session configured: " + label, "Session missing on router: " + label, "Session deleted: " + label,
	})
}
