package sessions_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/router"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// Where a session is gets noted before its router is told, and taken back only
// when it is known that the router took nothing.
func TestPlacementIsNotedFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, lines := range []string{"", "conf t\nend"} {
			for _, tc := range []struct {
				name string
				err  error
				// first and again are where the session is noted after a failure of
				// its first configuration, and of a second one.
				first, again string
			}{
				{"success", nil, "here", "here"},
				{"certain failure", certain, "nowhere", "here"},
				{"wrapped certain failure", fmt.Errorf("router: %w", certain), "nowhere", "here"},
				{"another failure", errors.New("lost"), "nowhere", "here"},
				{"wrong credentials", router.ErrCredentials, "nowhere", "here"},
				{"uncertain failure", unclear, "here", "here"},
				{"wrapped uncertain failure", fmt.Errorf("router: %w", unclear), "here", "here"},
			} {
				for _, round := range []struct {
					session *models.Session
					want    string
				}{{f.session(t), tc.first}, {f.pushed(t), tc.again}} {
					s := round.session
					here := *s.PeerIPAddr + " on ar1 by AS64500"
					want := map[string]string{"here": here, "nowhere": "nowhere"}[round.want]
					f.routers.answer = func(c call) error {
						if got := f.place(t, s.ID); got != here {
							t.Errorf("%s: while the router is told: %s, want %s", tc.name, got, here)
						}
						return tc.err
					}
					err := f.sessions.Configure(within(t), sessions.Configuration{Session: s, Lines: lines})
					if !errors.Is(err, tc.err) || tc.err != nil && err.Error() != tc.err.Error() {
						t.Errorf("%s: error %v, want %v", tc.name, err, tc.err)
					}
					if got := f.place(t, s.ID); got != want {
						t.Errorf("%s: %s, want %s", tc.name, got, want)
					}
					if kept := s.Pushed.Neighbor != nil; kept != (want == here) {
						t.Errorf("%s: in memory %v, in the database %s", tc.name, kept, want)
					}
					if calls := f.routers.taken(); len(calls) != 1 {
						t.Errorf("%s: calls %v", tc.name, calls)
					}
				}
			}
		}
	})
}

// A session that was pushed elsewhere is taken off there before it comes onto
// its new place.
func TestMovedSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name   string
			change func(*models.Session)
			// calls have ADDRESS for the first address of the session.
			calls []string
			place string
		}{
			{"another router", func(s *models.Session) { s.ResourceID = &f.junos }, []string{
				"remove ADDRESS AS64496 on ar1 by AS64500", "configure ADDRESS AS64496 on jr1 by AS64500",
			}, "ADDRESS on jr1 by AS64500"},
			{"another address", func(s *models.Session) { s.PeerIPAddr = new("2001:db8::1") }, []string{
				"remove ADDRESS AS64496 on ar1 by AS64500", "configure 2001:db8::1 AS64496 on ar1 by AS64500",
			}, "2001:db8::1 on ar1 by AS64500"},
			{"another AS number of ours", func(s *models.Session) { s.SourceASN = new(uint32(64501)) }, []string{
				"remove ADDRESS AS64496 on ar1 by AS64500", "configure ADDRESS AS64496 on ar1 by AS64501",
			}, "ADDRESS on ar1 by AS64501"},
			{"another AS number of theirs", func(s *models.Session) { s.PeerASN = new(uint32(64497)) }, []string{
				"configure ADDRESS AS64497 on ar1 by AS64500",
			}, "ADDRESS on ar1 by AS64500"},
			{"another group", func(s *models.Session) { s.PeerGroup = new("ix") }, []string{
				"configure ADDRESS AS64496 on ar1 by AS64500 in ix",
			}, "ADDRESS on ar1 by AS64500 in ix"},
		} {
			s := f.pushed(t)
			address := *s.PeerIPAddr
			s = f.change(t, s.ID, tc.change)
			if err := f.sessions.Configure(within(t), sessions.Configuration{Session: s}); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			for i := range tc.calls {
				tc.calls[i] = strings.ReplaceAll(tc.calls[i], "ADDRESS", address)
			}
			equal(t, tc.name, f.routers.taken(), tc.calls...)
			if want := strings.ReplaceAll(tc.place, "ADDRESS", address); f.place(t, s.ID) != want {
				t.Errorf("%s: %s, want %s", tc.name, f.place(t, s.ID), want)
			}
		}
	})
}

// On a platform where a neighbor lives in its group, it is taken out of the old
// one.
func TestRegroupedSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name     string
			old, new *string
			removed  string
		}{
			{"other group", new("a"), new("b"), " in a"},
			{"first group", nil, new("b"), ""},
			{"no group any more", new("a"), nil, " in a"},
			{"same group", new("a"), new("a"), "-"},
			{"no group in two forms", nil, new(""), "-"},
		} {
			s := f.pushed(t, func(s *models.Session) { s.ResourceID, s.PeerGroup = &f.junos, tc.old })
			s = f.change(t, s.ID, func(s *models.Session) { s.PeerGroup = tc.new })
			f.routers.answer = func(c call) error {
				want := *s.PeerIPAddr + " on jr1 by AS64500" + tc.removed
				if c.what == "remove" && f.place(t, s.ID) != want {
					t.Errorf("%s: while it is removed: %s, want %s", tc.name, f.place(t, s.ID), want)
				}
				return nil
			}
			if err := f.sessions.Configure(within(t), sessions.Configuration{Session: s}); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			var want []string
			if tc.removed != "-" {
				want = append(want, "remove "+*s.PeerIPAddr+" AS64496 on jr1 by AS64500"+tc.removed)
			}
			group := ""
			if tc.new != nil && *tc.new != "" {
				group = " in " + *tc.new
			}
			equal(t, tc.name, f.routers.taken(), append(want, "configure "+*s.PeerIPAddr+" AS64496 on jr1 by AS64500"+group)...)
		}
	})
}

// At every failure of a move it is still known where the session may be.
func TestMoveThatFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name string
			// remove and configure are what the routers answer.
			remove, configure error
			calls             int
			place             string
		}{
			{"removal refused", certain, nil, 1, "old"},
			{"removal uncertain", unclear, nil, 1, "old"},
			{"configuration refused", nil, certain, 2, "nowhere"},
			{"configuration uncertain", nil, unclear, 2, "new"},
		} {
			for _, lines := range []string{"", "conf t"} {
				s := f.pushed(t)
				places := map[string]string{"old": *s.PeerIPAddr + " on ar1 by AS64500", "new": *s.PeerIPAddr + " on jr1 by AS64500", "nowhere": "nowhere"}
				s = f.change(t, s.ID, func(s *models.Session) { s.ResourceID = &f.junos })
				f.routers.answer = func(c call) error {
					if c.what == "remove" {
						return tc.remove
					}
					if got := f.place(t, s.ID); got != places["new"] {
						t.Errorf("%s: while the new router is told: %s", tc.name, got)
					}
					return tc.configure
				}
				err := f.sessions.Configure(within(t), sessions.Configuration{Session: s, Lines: lines})
				if want := errors.Join(tc.remove, tc.configure); err == nil || err.Error() != want.Error() {
					t.Errorf("%s: error %v, want %v", tc.name, err, want)
				}
				if calls := f.routers.taken(); len(calls) != tc.calls {
					t.Errorf("%s: %v", tc.name, calls)
				}
				if got := f.place(t, s.ID); got != places[tc.place] {
					t.Errorf("%s: %s, want %s", tc.name, got, places[tc.place])
				}
				// The next try ends the move.
				f.routers.answer = nil
				if err := f.sessions.Configure(within(t), sessions.Configuration{Session: f.reread(t, s.ID)}); err != nil {
					t.Errorf("%s, again: %v", tc.name, err)
				}
				calls, want := f.routers.taken(), 1
				if tc.place == "old" {
					want = 2
				}
				if got := f.place(t, s.ID); got != places["new"] || len(calls) != want {
					t.Errorf("%s, again: %s after %v", tc.name, got, calls)
				}
			}
		}
	})
}

// What cannot come onto its new place stays where it is.
func TestMoveThatCannotBe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		bare := f.router(t, "ar3")
		for name, change := range map[string]func(*models.Session){
			"router without a host": func(s *models.Session) { s.ResourceID = &bare },
			"no router":             func(s *models.Session) { s.ResourceID = nil },
			"no AS number":          func(s *models.Session) { s.SourceASN = nil },
			"link-local address":    func(s *models.Session) { s.PeerIPAddr = new("fe80::1") },
			"unspeakable group":     func(s *models.Session) { s.ResourceID, s.PeerGroup = &f.junos, new("a b") },
		} {
			s := f.pushed(t)
			want := f.place(t, s.ID)
			s = f.change(t, s.ID, change)
			err := f.sessions.Configure(within(t), sessions.Configuration{Session: s})
			if models.ErrorCode(err) != models.Invalid {
				t.Errorf("%s: %v", name, err)
			}
			equal(t, name, f.routers.taken())
			if got := f.place(t, s.ID); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	})
}

// Calls for one session, by several gateways, wait for each other, and the later
// one goes by what the session is then.
func TestTwoCallsForOneSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.session(t)
		other := sessions.New(sessions.Config{Store: f.Another(t), Routers: f.routers})
		began, goOn := make(chan struct{}), make(chan struct{})
		var busy atomic.Int32
		f.routers.answer = func(call) error {
			if busy.Add(1) > 1 {
				t.Error("two calls at once")
			}
			defer busy.Add(-1)
			select {
			case began <- struct{}{}:
				<-goOn
			default:
			}
			return nil
		}
		var both sync.WaitGroup
		both.Go(func() {
			if err := f.sessions.Configure(within(t), sessions.Configuration{Session: f.reread(t, s.ID)}); err != nil {
				t.Error(err)
			}
		})
		<-began
		stale := f.reread(t, s.ID)
		f.change(t, s.ID, func(s *models.Session) { s.PeerIPAddr = new("198.51.100.99") })
		impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := other.Configure(impatient, sessions.Configuration{Session: f.reread(t, s.ID)})
		if models.ErrorCode(err) != models.Conflict || !strings.HasSuffix(err.Error(), " is busy: another call has not ended in time") {
			t.Errorf("who cannot wait: %v", err)
		}
		both.Go(func() {
			if err := other.Configure(within(t), sessions.Configuration{Session: stale}); err != nil {
				t.Error(err)
			}
		})
		close(goOn)
		both.Wait()
		equal(t, "calls", f.routers.taken(), "configure "+*s.PeerIPAddr+" AS64496 on ar1 by AS64500",
			"remove "+*s.PeerIPAddr+" AS64496 on ar1 by AS64500", "configure 198.51.100.99 AS64496 on ar1 by AS64500")
		if want := "198.51.100.99 on ar1 by AS64500"; f.place(t, s.ID) != want {
			t.Errorf("%s, want %s", f.place(t, s.ID), want)
		}
	})
}

// A change that its router refuses may cost the session that was there. Then it
// is not configured, and its log says so.
func TestRefusedChangeThatCostTheSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.pushed(t)
		f.write(t, func(tx *models.Tx) error { _, err := tx.MarkConfigured(s.ID); return err })
		f.routers.answer = func(call) error { return takenOff{certain} }
		err := f.sessions.Configure(within(t), sessions.Configuration{Session: s})
		if !errors.Is(err, certain) {
			t.Errorf("error %v", err)
		}
		if now := f.reread(t, s.ID); now.State != models.StateNotConfigured || f.place(t, s.ID) != "nowhere" {
			t.Errorf("%s, %s", now.State, f.place(t, s.ID))
		}
		var entries int
		if err := f.Raw.QueryRow("SELECT COUNT(*) FROM log_entries WHERE message = ?", "Session taken off its router: "+s.Label()).Scan(&entries); err != nil || entries != 1 {
			t.Errorf("%d entries in the log, %v", entries, err)
		}
	})
}

// takenOff is a refusal after which the session is not on its router.
type takenOff struct{ trouble }

func (takenOff) Removed() bool { return true }

func (e takenOff) Unwrap() error { return e.trouble }

// The user that a caller names is for the router that the session names now.
func TestCredentialsOfTheCaller(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.pushed(t)
		s = f.change(t, s.ID, func(s *models.Session) { s.ResourceID = &f.junos })
		users := map[string]string{}
		f.routers.answer = func(c call) error {
			users[c.what] = c.access.Username + "/" + c.access.Password
			return nil
		}
		if err := f.sessions.Configure(within(t), sessions.Configuration{Session: s, Username: "own", Password: "own-secret"}); err != nil {
			t.Fatal(err)
		}
		if users["remove"] != "netop/stored-secret" || users["configure"] != "own/own-secret" {
			t.Errorf("%v", users)
		}
	})
}
