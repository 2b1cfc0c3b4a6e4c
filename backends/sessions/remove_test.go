package sessions_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// A session is taken off the router where it was pushed, whatever its columns
// say now.
func TestRemove(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for i, tc := range []struct {
			name   string
			pushed bool
			before func(*models.Session)
			change func(*models.Session)
			// want has ADDRESS for the first address of the session; empty means no
			// call.
			want string
		}{
			{"never pushed", false, nil, nil, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"never pushed, with a group", false, func(s *models.Session) { s.PeerGroup = new("ix") }, nil, "remove ADDRESS AS64496 on ar1 by AS64500 in ix"},
			{"never pushed, no router", false, func(s *models.Session) { s.ResourceID = nil }, nil, ""},
			{"never pushed, no address", false, func(s *models.Session) { s.PeerIPAddr = nil }, nil, ""},
			{"pushed", true, nil, nil, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"another router since", true, nil, func(s *models.Session) { s.ResourceID = &f.junos }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"no router since", true, nil, func(s *models.Session) { s.ResourceID = nil }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"another address since", true, nil, func(s *models.Session) { s.PeerIPAddr = new("2001:db8::1") }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"no address since", true, nil, func(s *models.Session) { s.PeerIPAddr = nil }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"another AS number since", true, nil, func(s *models.Session) { s.SourceASN = new(uint32(64999)) }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"no AS number since", true, nil, func(s *models.Session) { s.SourceASN = nil }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			{"another group since", true, func(s *models.Session) { s.PeerGroup = new("ix") }, func(s *models.Session) { s.PeerGroup = new("b") },
				"remove ADDRESS AS64496 on ar1 by AS64500 in ix"},
			{"a group since", true, nil, func(s *models.Session) { s.PeerGroup = new("b") }, "remove ADDRESS AS64496 on ar1 by AS64500"},
			// Pushed as text, without an AS number of ours.
			{"AS number only since", true, func(s *models.Session) { s.SourceASN = nil }, func(s *models.Session) { s.SourceASN = new(uint32(64500)) },
				"remove ADDRESS AS64496 on ar1 by AS64500"},
		} {
			nothing := func(*models.Session) {}
			if tc.before == nil {
				tc.before = nothing
			}
			// Two without a peer address must differ in something.
			s := f.session(t, tc.before, func(s *models.Session) { s.SourceIPAddr = new(fmt.Sprintf("192.0.2.%d", i)) })
			address := ""
			if s.PeerIPAddr != nil {
				address = *s.PeerIPAddr
			}
			if tc.pushed {
				f.write(t, func(tx *models.Tx) error { return tx.SetPlacement(s.ID, s.Place()) })
			}
			if tc.change == nil {
				tc.change = nothing
			}
			s = f.change(t, s.ID, tc.change)
			before := *s
			if err := f.sessions.Remove(within(t), s); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			var want []string
			if tc.want != "" {
				want = []string{strings.ReplaceAll(tc.want, "ADDRESS", address)}
			}
			if len(f.routers.calls) == 1 {
				if a := f.routers.calls[0].access; a.Username != "netop" || a.Password != "stored-secret" || a.ID != f.cisco {
					t.Errorf("%s: login as %q", tc.name, a.Username)
				}
			}
			equal(t, tc.name, f.routers.taken(), want...)
			if before.Pushed = (models.Placement{}); tc.want != "" && (s.Pushed != before.Pushed || f.place(t, s.ID) != "nowhere") {
				t.Errorf("%s: known to be %s", tc.name, f.place(t, s.ID))
			}
		}
	})
}

// What keeps a session from being removed is said.
func TestRemoveRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.session(t, func(s *models.Session) { s.SourceASN = nil })
		refused(t, "no AS number", f.sessions.Remove(within(t), s), models.Invalid, fmt.Sprintf("Session %d has no source_asn: it cannot be configured", s.ID))
		s = f.session(t, func(s *models.Session) { s.ResourceID = new(uint64(99999)) })
		refused(t, "no router", f.sessions.Remove(within(t), s), models.NotFound, "No router found with ID: 99999")
		equal(t, "calls", f.routers.taken())
		s = f.pushed(t)
		want := f.place(t, s.ID)
		for _, err := range []error{certain, unclear, router.ErrCredentials} {
			f.routers.answer = func(call) error { return err }
			if got := f.sessions.Remove(within(t), s); got != err {
				t.Errorf("%v, want %v", got, err)
			}
			if got := f.place(t, s.ID); got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
		}
	})
}

// A session that is deleted while its router is told does not stay there.
func TestDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name string
			// configure and remove are what the router answers.
			configure, remove error
			removed           bool
			// more is what the error says after that of configure.
			more string
		}{
			// Who calls notices the deletion when it marks the session.
			{"success", nil, nil, false, ""},
			{"certain failure", certain, nil, false, "\nNo session found with ID: %d"},
			{"uncertain failure", unclear, nil, true, ""},
			{"uncertain failure, nor removed", unclear, certain, true, "\nthe router refused"},
		} {
			s := f.session(t)
			ctx, cancel := context.WithCancel(within(t))
			f.routers.answer = func(c call) error {
				if c.what == "remove" {
					return tc.remove
				}
				f.delete(t, s)
				cancel()
				return tc.configure
			}
			err := f.sessions.Configure(ctx, sessions.Configuration{Session: s, Username: "admin"})
			want := ""
			if tc.configure != nil {
				want = tc.configure.Error() + tc.more
				if strings.Contains(want, "%d") {
					want = fmt.Sprintf(want, s.ID)
				}
			}
			if got := fmt.Sprint(err); err != nil && got != want || err == nil && want != "" {
				t.Errorf("%s: %v, want %s", tc.name, err, want)
			}
			calls := []string{"configure " + *s.PeerIPAddr + " AS64496 on ar1 by AS64500"}
			if tc.removed {
				calls = append(calls, "remove "+*s.PeerIPAddr+" AS64496 on ar1 by AS64500")
				if user := f.routers.calls[len(f.routers.calls)-1].access.Username; user != "admin" {
					t.Errorf("%s: removed as %s", tc.name, user)
				}
			}
			equal(t, tc.name, f.routers.taken(), calls...)
			// The place stays known to who has the session.
			if tc.configure == nil && s.Pushed.Neighbor == nil {
				t.Errorf("%s: the place is forgotten", tc.name)
			}
		}
		s := f.session(t)
		f.delete(t, s)
		err := f.sessions.Configure(within(t), sessions.Configuration{Session: s})
		refused(t, "deleted before", err, models.NotFound, fmt.Sprintf("No session found with ID: %d", s.ID))
		equal(t, "deleted before", f.routers.taken())
	})
}
