package sessions_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// listed is a neighbor in the list of a router.
func listed(address, state string, prefixes ...uint32) dialect.Status {
	s := dialect.Status{Address: netip.MustParseAddr(address), State: state, RemoteASN: 64496, LocalASN: 64500}
	if len(prefixes) > 0 {
		s.PrefixesReceived = &prefixes[0]
	}
	return s
}

// states lists the live sessions as `id state prefixes`.
func (f *fixture) states(t *testing.T) []string {
	t.Helper()
	all, err := f.Store.LiveSessions(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, s := range all {
		prefixes := "-"
		if s.PrfxReceived != nil {
			prefixes = fmt.Sprint(*s.PrfxReceived)
		}
		lines = append(lines, fmt.Sprintf("%d %s %s", s.ID, s.State, prefixes))
	}
	return lines
}

// report is a Refreshed as the command prints it.
func report(t *testing.T, r sessions.Refreshed) string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// One call tells the state of all sessions on a router.
func TestRefresh(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		up := f.pushed(t)
		waiting := f.pushed(t)
		missing := f.pushed(t)
		never := f.session(t)
		byOthers := f.session(t, func(s *models.Session) { s.State = "idle" })
		otherType := f.session(t, func(s *models.Session) { s.State, s.Type = "established", "Transit" })
		v6 := f.pushed(t, func(s *models.Session) { s.PeerIPAddr, s.IPType = new("2001:DB8:0:0::A"), "ipv6" })
		mapped := f.pushed(t, func(s *models.Session) { s.PeerIPAddr = new("::ffff:203.0.113.9") })
		elsewhere := f.pushed(t, func(s *models.Session) { s.ResourceID = &f.junos })
		deleted := f.pushed(t)
		f.delete(t, deleted)
		f.routers.lists["ar1"] = []dialect.Status{
			listed(*up.PeerIPAddr, "established", 12), listed(*waiting.PeerIPAddr, "active"), listed(*never.PeerIPAddr, "established", 1),
			listed(*byOthers.PeerIPAddr, "established", 7), listed(*otherType.PeerIPAddr, "idle"), listed("2001:db8::a", "established", 0),
			listed("203.0.113.9", "opensent"), listed(*elsewhere.PeerIPAddr, "idle"), listed(*deleted.PeerIPAddr, "idle"), listed("2001:db8::b", "idle"),
		}
		r := f.resource(t, f.cisco)
		got, err := f.sessions.Refresh(within(t), r)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "calls", f.routers.taken(), "neighbors of ar1")
		want := fmt.Sprintf(`{"router_id":%d,"router":"ar1","sessions":7,"changed":7,"missing":["%s"],"unknown":3}`, f.cisco, missing.Label())
		equal(t, "report", []string{report(t, got)}, want)
		states := []string{
			fmt.Sprintf("%d established 12", up.ID), fmt.Sprintf("%d active -", waiting.ID), fmt.Sprintf("%d not configured -", missing.ID),
			fmt.Sprintf("%d not configured -", never.ID), fmt.Sprintf("%d established 7", byOthers.ID), fmt.Sprintf("%d idle -", otherType.ID),
			fmt.Sprintf("%d established 0", v6.ID), fmt.Sprintf("%d opensent -", mapped.ID), fmt.Sprintf("%d configured -", elsewhere.ID),
		}
		equal(t, "states", f.states(t), states...)
		equal(t, "log", f.texts(t, "SELECT message FROM log_entries WHERE message LIKE ?", "Session missing%"), "Session missing on router: "+missing.Label())

		// The same again is no news, but what is missing is still said.
		if got, err = f.sessions.Refresh(within(t), r); err != nil {
			t.Fatal(err)
		}
		equal(t, "report again", []string{report(t, got)}, strings.Replace(want, `"changed":7`, `"changed":0`, 1))
		equal(t, "states again", f.states(t), states...)
		equal(t, "log again", f.texts(t, "SELECT message FROM log_entries WHERE message LIKE ?", "Session missing%"), "Session missing on router: "+missing.Label())

		// What comes back is seen.
		f.routers.lists["ar1"] = append(f.routers.lists["ar1"], listed(*missing.PeerIPAddr, "established", 3))
		if got, err = f.sessions.Refresh(within(t), r); err != nil || got.Changed != 1 || len(got.Missing) != 0 {
			t.Errorf("back: %+v, %v", got, err)
		}
	})
}

// Discover lists as many neighbors as Refresh counts as unknown, also where
// sessions have moved.
func TestUnknownNeighborsOfMovedSessions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.pushed(t)
		old := *s.PeerIPAddr
		s = f.change(t, s.ID, func(s *models.Session) { s.ResourceID, s.PeerIPAddr = &f.junos, new("203.0.113.9") })
		list := []dialect.Status{listed(old, "established", 1), listed("203.0.113.9", "idle")}
		f.routers.lists["ar1"], f.routers.lists["jr1"] = list, list
		for id, want := range map[uint64]struct{ unknown, states string }{
			f.cisco: {"203.0.113.9", fmt.Sprintf("%d established 1", s.ID)}, f.junos: {old, fmt.Sprintf("%d established 1", s.ID)},
		} {
			found, err := f.sessions.Discover(within(t), f.resource(t, id))
			if err != nil || len(found) != 1 || found[0].Address.String() != want.unknown {
				t.Errorf("discovered on %d: %v, %v", id, found, err)
			}
		}
		for _, step := range []struct {
			id    uint64
			known int
		}{{f.cisco, 1}, {f.junos, 0}} {
			got, err := f.sessions.Refresh(within(t), f.resource(t, step.id))
			if err != nil || got.Unknown != 1 || got.Sessions != step.known || len(got.Missing) != 0 {
				t.Errorf("%+v, %v", got, err)
			}
		}
		equal(t, "states", f.states(t), fmt.Sprintf("%d established 1", s.ID))
	})
}

// What happens to a session while its router is asked is newer than the answer.
func TestRefreshMeetsAnotherCall(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		elsewhere, being, deleted, configured, quiet := f.pushed(t), f.pushed(t), f.pushed(t), f.session(t), f.pushed(t)
		// Noted, and configured while the router is asked.
		again := f.session(t)
		f.write(t, func(tx *models.Tx) error { return tx.SetPlacement(again.ID, again.Place()) })
		f.routers.answer = func(call) error {
			moved := f.change(t, elsewhere.ID, func(s *models.Session) { s.ResourceID = &f.junos })
			f.write(t, func(tx *models.Tx) error {
				if err := tx.SetPlacement(moved.ID, moved.Place()); err != nil {
					return err
				}
				if _, err := tx.MarkConfigured(moved.ID); err != nil {
					return err
				}
				// Its router is being told right now.
				away := being.Place()
				away.RouterID = &f.junos
				return tx.SetPlacement(being.ID, away)
			})
			f.delete(t, deleted)
			f.write(t, func(tx *models.Tx) error {
				if err := tx.SetPlacement(configured.ID, configured.Place()); err != nil {
					return err
				}
				_, first := tx.MarkConfigured(configured.ID)
				_, second := tx.MarkConfigured(again.ID)
				return errors.Join(first, second)
			})
			return nil
		}
		got, err := f.sessions.Refresh(within(t), f.resource(t, f.cisco))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "missing", got.Missing, quiet.Label())
		equal(t, "states", f.states(t), fmt.Sprintf("%d configured -", elsewhere.ID), fmt.Sprintf("%d configured -", being.ID),
			fmt.Sprintf("%d configured -", configured.ID), fmt.Sprintf("%d not configured -", quiet.ID), fmt.Sprintf("%d configured -", again.ID))
	})
}

// A router that cannot be read says nothing of its sessions.
func TestRefreshFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.pushed(t)
		f.routers.answer = func(call) error { return certain }
		before, err := f.Store.Versions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.sessions.Refresh(within(t), f.resource(t, f.cisco))
		if !errors.Is(err, certain) {
			t.Errorf("error %v", err)
		}
		equal(t, "report", []string{report(t, got)}, fmt.Sprintf(
			`{"router_id":%d,"router":"ar1","sessions":0,"changed":0,"missing":[],"unknown":0,"error":"the router refused"}`, f.cisco))
		if after, err := f.Store.Versions(t.Context()); err != nil || after != before {
			t.Errorf("versions %v, before %v, %v", after, before, err)
		}
		equal(t, "states", f.states(t), fmt.Sprintf("%d configured -", s.ID))
		bare := f.router(t, "ar3")
		got, err = f.sessions.Refresh(within(t), f.resource(t, bare))
		refused(t, "no host", err, models.Invalid, "Router ar3 has no host")
		if got.Error != "Router ar3 has no host" {
			t.Errorf("report %+v", got)
		}
		_, err = f.sessions.Discover(within(t), f.resource(t, bare))
		refused(t, "discover", err, models.Invalid, "Router ar3 has no host")
	})
}

// One router after the other is read; neither a failure nor a router without
// sessions stops the rest.
func TestRefreshAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		if reports, err := f.sessions.RefreshAll(within(t)); err != nil || len(reports) != 0 {
			t.Errorf("without sessions: %v, %v", reports, err)
		}
		bare := f.router(t, "ar3")
		f.router(t, "ar4", models.RouterHost, "192.0.2.253", models.RouterPlatform, "cisco_iosxe")
		last := f.router(t, "ar5", models.RouterHost, "192.0.2.254", models.RouterPlatform, "frrouting")
		f.pushed(t)
		f.pushed(t, func(s *models.Session) { s.ResourceID = &bare })
		// Not on jr1 yet, and once on ar4 but deleted.
		f.session(t, func(s *models.Session) { s.ResourceID = &f.junos })
		good := f.pushed(t, func(s *models.Session) { s.ResourceID = &last })
		f.routers.lists["ar5"] = []dialect.Status{listed(*good.PeerIPAddr, "established", 5)}
		f.routers.answer = func(c call) error {
			if c.access.Name == "ar1" {
				return certain
			}
			return nil
		}
		reports, err := f.sessions.RefreshAll(within(t))
		want := "refresh router ar1: the router refused\nrefresh router ar3: Router ar3 has no host"
		if err == nil || err.Error() != want || !errors.Is(err, certain) {
			t.Errorf("error %v, want %s", err, want)
		}
		calls := f.routers.taken()
		slices.Sort(calls) // they come at the same time
		equal(t, "calls", calls, "neighbors of ar1", "neighbors of ar5")
		var lines []string
		for _, r := range reports {
			lines = append(lines, fmt.Sprintf("%s %d %q", r.Router, r.Changed, r.Error))
		}
		equal(t, "reports", lines, `ar1 0 "the router refused"`, `ar3 0 "Router ar3 has no host"`, `ar5 1 ""`)
		if s := f.reread(t, good.ID); s.State != "established" {
			t.Errorf("state %s", s.State)
		}
	})
}
