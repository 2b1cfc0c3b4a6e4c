package sessions_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"testing"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// put adds rows to the directory.
func put[R models.DirectoryRow](t *testing.T, f *fixture, rows ...R) {
	t.Helper()
	modelstest.Put(t, f.Store, rows...)
}

// directory has three networks at an exchange.
func directory(t *testing.T, f *fixture) {
	t.Helper()
	put(t, f, models.Network{ID: 1, Name: "Alpha", ASN: new(uint32(64496)), InfoPrefixes: new(uint32(90))},
		models.Network{ID: 2, Name: "Beta", ASN: new(uint32(64497))}, models.Network{ID: 3, Name: "Gamma"})
	put(t, f, models.Exchange{ID: 20, Name: "Example IX"})
	put(t, f, models.Port{ID: 1, NetworkID: 1, ExchangeID: 20, ASN: new(uint32(64496)), IPv4: new("203.0.113.1"), IPv6: new("2001:db8::1")},
		models.Port{ID: 2, NetworkID: 2, ExchangeID: 20, ASN: new(uint32(64497)), IPv4: new("203.0.113.2")},
		models.Port{ID: 3, NetworkID: 3, ExchangeID: 20, ASN: new(uint32(64498)), IPv4: new("203.0.113.3")})
}

// neighbor is one that a router lists.
func neighbor(address string, local, remote uint32, description string) dialect.Status {
	return dialect.Status{Address: netip.MustParseAddr(address), LocalASN: local, RemoteASN: remote, State: "established",
		PrefixesReceived: new(uint32(4)), Description: description}
}

// lines writes each neighbor as the command does.
func lines(t *testing.T, found []sessions.Discovered) []string {
	t.Helper()
	out := []string{}
	for _, d := range found {
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// The neighbors that no session stands for are listed with what the directory
// says of their addresses.
func TestDiscover(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		directory(t, f)
		known := f.session(t)
		f.routers.lists["ar1"] = []dialect.Status{
			neighbor("2001:db8::1", 64500, 64496, "v6 of alpha"), neighbor("203.0.113.1", 64500, 64496, ""),
			neighbor("203.0.113.2", 64500, 64999, "taken over"), neighbor("203.0.113.3", 64501, 64498, ""),
			{Address: netip.MustParseAddr("203.0.113.99"), RemoteASN: 65001, State: "idle", Description: "private", PeerGroup: "ix"},
			neighbor(*known.PeerIPAddr, 64500, 64496, ""),
		}
		f.routers.lists["jr1"] = []dialect.Status{{Address: netip.MustParseAddr("203.0.113.98"), State: "idle"}}
		found, err := f.sessions.Discover(within(t), f.resource(t, f.cisco))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "found", lines(t, found),
			`{"peer_ipaddr":"203.0.113.1","source_asn":64500,"peer_asn":64496,"peer_name":"Alpha","peer_participant_id":1,"public_id":20,"state":"established","prfx_received":4}`,
			`{"peer_ipaddr":"203.0.113.2","source_asn":64500,"peer_asn":64999,"peer_name":"taken over","peer_participant_id":null,"public_id":20,"state":"established","prfx_received":4}`,
			`{"peer_ipaddr":"203.0.113.3","source_asn":64501,"peer_asn":64498,"peer_name":"Gamma","peer_participant_id":3,"public_id":20,"state":"established","prfx_received":4}`,
			`{"peer_ipaddr":"203.0.113.99","source_asn":64500,"peer_asn":65001,"peer_name":"private","peer_participant_id":null,"public_id":null,"state":"idle","prfx_received":null,"peer_group":"ix"}`,
			`{"peer_ipaddr":"2001:db8::1","source_asn":64500,"peer_asn":64496,"peer_name":"Alpha","peer_participant_id":1,"public_id":20,"state":"established","prfx_received":4}`)
		equal(t, "calls", f.routers.taken(), "neighbors of ar1")
		f.delete(t, known)
		if found, err = f.sessions.Discover(within(t), f.resource(t, f.cisco)); err != nil || len(found) != 6 {
			t.Errorf("with a deleted session: %v, %v", lines(t, found), err)
		}
		// An AS number of ours that is one of several is not guessed.
		for _, own := range [][]uint32{nil, {64500, 64501}} {
			several := sessions.New(sessions.Config{Store: f.Store, Routers: f.routers, OwnASNs: own})
			found, err = several.Discover(within(t), f.resource(t, f.junos))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "own AS numbers", lines(t, found),
				`{"peer_ipaddr":"203.0.113.98","peer_asn":0,"peer_participant_id":null,"public_id":null,"state":"idle","prfx_received":null}`)
		}
		f.routers.lists["ar1"] = nil
		if found, err = f.sessions.Discover(within(t), f.resource(t, f.cisco)); err != nil || found == nil || len(found) != 0 {
			t.Errorf("nothing on the router: %v, %v", found, err)
		}
	})
}

// Imported sessions are complete and count as being on their router.
func TestImport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		directory(t, f)
		f.routers.lists["ar1"] = []dialect.Status{
			neighbor("203.0.113.1", 64500, 64496, ""), neighbor("2001:db8::1", 64500, 64496, ""),
			{Address: netip.MustParseAddr("203.0.113.99"), RemoteASN: 65001, State: "idle", Description: "private", PeerGroup: "ix"},
		}
		r := f.resource(t, f.cisco)
		found, err := f.sessions.Discover(within(t), r)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := f.sessions.Import(within(t), r, found)
		if err != nil || len(ids) != 3 {
			t.Fatalf("%v, %v", ids, err)
		}
		got := f.texts(t, `SELECT CONCAT(source_asn, ' ', COALESCE(source_ipaddr, '-'), ' ', resource_id - ?, ' ', peer_asn, ' ', peer_name, ' ',
			COALESCE(peer_participant_id, '-'), ' ', peer_ipaddr, ' ', COALESCE(peer_group, '-'), ' ', COALESCE(public_id, '-'), ' ', ip_type, ' ', type, ' ',
			state, ' ', COALESCE(prfx_max, '-'), ' ', COALESCE(prfx_received, '-'), ' ', password) FROM sessions ORDER BY id`, f.cisco)
		equal(t, "sessions", got,
			"64500 192.0.2.1 0 64496 Alpha 1 203.0.113.1 - 20 ipv4 Peer established 90 4 0",
			"64500 192.0.2.1 0 65001 private - 203.0.113.99 ix - ipv4 Peer idle - - 0",
			// The router's own address is of the other family.
			"64500 - 0 64496 Alpha 1 2001:db8::1 - 20 ipv6 Peer established 90 4 0")
		equal(t, "places", []string{f.place(t, ids[0]), f.place(t, ids[1]), f.place(t, ids[2])},
			"203.0.113.1 on ar1 by AS64500", "203.0.113.99 on ar1 by AS64500 in ix", "2001:db8::1 on ar1 by AS64500")
		equal(t, "log", f.texts(t, "SELECT message FROM log_entries ORDER BY id"),
			"Session added: Alpha (AS64500/192.0.2.1) - (AS64496/203.0.113.1)", "Session added: private (AS64500/192.0.2.1) - (AS65001/203.0.113.99)",
			"Session added: Alpha (AS64500/) - (AS64496/2001:db8::1)")
		f.routers.taken()

		// They are refreshed, and taken off when they are deleted.
		refreshed, err := f.sessions.Refresh(within(t), r)
		if err != nil || refreshed.Sessions != 3 || refreshed.Changed != 0 || refreshed.Unknown != 0 {
			t.Errorf("refreshed: %+v, %v", refreshed, err)
		}
		if again, err := f.sessions.Discover(within(t), r); err != nil || len(again) != 0 {
			t.Errorf("discovered again: %v, %v", again, err)
		}
		s := f.reread(t, ids[1])
		if !s.OnRouter() || s.Moved() {
			t.Errorf("on its router %v, moved %v", s.OnRouter(), s.Moved())
		}
		f.routers.taken()
		if err := f.sessions.Remove(within(t), s); err != nil {
			t.Error(err)
		}
		equal(t, "removed", f.routers.taken(), "remove 203.0.113.99 AS65001 on ar1 by AS64500 in ix")
	})
}

// An import that is refused adds nothing at all.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		fresh := sessions.Discovered{Address: netip.MustParseAddr("203.0.113.1"), LocalASN: 64500, RemoteASN: 64496, PeerName: "Fresh", State: "idle"}
		other := fresh
		other.Address, other.PeerName = netip.MustParseAddr("203.0.113.2"), "Other"
		unknown := other
		unknown.RemoteASN = 0
		r := f.resource(t, f.cisco)
		if ids, err := f.sessions.Import(within(t), r, nil); err != nil || len(ids) != 0 {
			t.Errorf("nothing: %v, %v", ids, err)
		}
		if _, err := f.sessions.Import(within(t), r, []sessions.Discovered{other}); err != nil {
			t.Fatal(err)
		}
		// Other addresses of ours, and one that was moved away in the database.
		byHand := f.session(t, func(s *models.Session) { s.PeerIPAddr, s.SourceIPAddr = new("203.0.113.3"), new("192.0.2.77") })
		moved := f.pushed(t, func(s *models.Session) { s.PeerIPAddr = new("203.0.113.4") })
		moved = f.change(t, moved.ID, func(s *models.Session) { s.ResourceID = &f.junos })
		renumbered := *r
		renumbered.LocalAddress = "192.0.2.200"
		at := func(address string) sessions.Discovered {
			d := fresh
			d.Address = netip.MustParseAddr(address)
			return d
		}
		for _, tc := range []struct {
			name   string
			router *models.Router
			found  []sessions.Discovered
			code   models.Code
			want   string
		}{
			{"twice", r, []sessions.Discovered{fresh, other}, models.Conflict, "Session already exists: Other (AS64500/192.0.2.1) - (AS64496/203.0.113.2)"},
			{"twice in a list", r, []sessions.Discovered{fresh, fresh}, models.Conflict, "Session already exists: Fresh (AS64500/192.0.2.1) - (AS64496/203.0.113.1)"},
			{"router renumbered", &renumbered, []sessions.Discovered{fresh, other}, models.Conflict, "Session already exists: Other (AS64500/192.0.2.1) - (AS64496/203.0.113.2)"},
			{"added by hand", r, []sessions.Discovered{fresh, at("203.0.113.3")}, models.Conflict, "Session already exists: " + byHand.Label()},
			{"pushed there", r, []sessions.Discovered{fresh, at("203.0.113.4")}, models.Conflict, "Session already exists: " + moved.Label()},
			{"no AS number", r, []sessions.Discovered{fresh, unknown}, models.Invalid, "The AS number of 203.0.113.2 is not known to router ar1: it cannot be imported"},
		} {
			before, logged := f.states(t), f.texts(t, "SELECT message FROM log_entries")
			_, err := f.sessions.Import(within(t), tc.router, tc.found)
			refused(t, tc.name, err, tc.code, tc.want)
			equal(t, tc.name+": sessions", f.states(t), before...)
			equal(t, tc.name+": log", f.texts(t, "SELECT message FROM log_entries"), logged...)
		}
		if ids, err := f.sessions.Import(within(t), f.resource(t, f.junos), []sessions.Discovered{other}); err != nil || len(ids) != 1 {
			t.Errorf("on another router: %v, %v", ids, err)
		}
		equal(t, "calls", f.routers.taken())
	})
}

// The router's own address is taken only where it is one of the right family.
func TestLocalAddressOfImported(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		r := *f.resource(t, f.cisco)
		for i, tc := range []struct{ local, peer, want string }{
			{"192.0.2.1", "203.0.113.1", "192.0.2.1"}, {"192.0.2.1", "2001:db8::1", "NULL"}, {"2001:DB8::FF", "2001:db8::2", "2001:db8::ff"},
			{"2001:db8::ff", "203.0.113.2", "NULL"}, {"", "203.0.113.3", "NULL"}, {"lo0", "203.0.113.4", "NULL"},
		} {
			r.LocalAddress = tc.local
			d := sessions.Discovered{Address: netip.MustParseAddr(tc.peer), LocalASN: 64500, RemoteASN: uint32(64496 + i), State: "idle"}
			ids, err := f.sessions.Import(within(t), &r, []sessions.Discovered{d})
			if err != nil || len(ids) != 1 {
				t.Fatal(ids, err)
			}
			equal(t, fmt.Sprintf("%q for %s", tc.local, tc.peer), f.texts(t, "SELECT source_ipaddr FROM sessions WHERE id = ?", ids[0]), tc.want)
		}
	})
}
