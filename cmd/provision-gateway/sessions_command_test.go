package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/backends/router/routertest"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// trustedRouter adds the router of the lab with its key.
func (d *desk) trustedRouter(name string) string {
	d.t.Helper()
	return d.labRouter(name, "host-key", d.lab.HostKey())
}

// state is what getSessions says of a session.
func (d *desk) state(id string) (state, prefixes string) {
	d.t.Helper()
	var list []struct {
		State    string
		Received any `json:"prfx_received"`
	}
	decode(d.t, d.gateway.succeeds("target=peering&action=getSessions&id="+id).Data, &list)
	if len(list) != 1 {
		d.t.Fatalf("%d sessions %s", len(list), id)
	}
	return list[0].State, fmt.Sprint(list[0].Received)
}

func TestSessionsPreview(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	onEach(t, func(t *testing.T, environ []string) {
		d := newDesk(t, environ, lab)
		// Without a host key nobody could log in: a preview needs no router.
		router := d.labRouter("ar1")
		const peer, secret = "198.51.100.201", "planted-md5"
		add := "target=peering&action=addSession&peer_asn=64511&prfx_max=50&peer_name=Peer+Network&peer_ipaddr=" + peer + "&password=" + secret
		id := d.added(add + "&source_asn=64500&resource_id=" + router)
		out := must(t, d.environ, "sessions", "preview", id)
		for _, want := range []string{"router bgp 64500", "neighbor " + peer + " remote-as 64511", "neighbor " + peer + " password <secret>", "neighbor " + peer + " maximum-prefix 50", "Peer Network"} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		preview := mustJSON[struct {
			ID    uint64 `json:"session_id"`
			Lines []string
		}](t, d.environ, "sessions", "preview", id)
		if fmt.Sprint(preview.ID) != id || strings.Join(preview.Lines, "\n")+"\n" != out {
			t.Errorf("as JSON: %+v", preview)
		}
		if strings.Contains(out+fmt.Sprint(preview), secret) {
			t.Errorf("the password is shown:\n%s", out)
		}
		if strings.Contains(lab.Config(t), peer) {
			t.Error("the router was told of it")
		}
		if state, _ := d.state(id); state != models.StateNotConfigured {
			t.Errorf("the session is %s", state)
		}
		for query, says := range map[string]string{
			add + "&source_asn=64500&source_ipaddr=192.0.2.7":                       "has no resource_id: its router is not known",
			add + "&source_asn=64500&resource_id=" + d.router("bare"):               "Router bare has no host",
			add + "&source_asn=64500&resource_id=" + d.router("other", "host", "h"): "Router other has no platform that is known",
		} {
			d.fails(exitFailure, says, "sessions", "preview", d.added(query))
		}
		d.fails(exitFailure, "No session found with ID: 99999", "sessions", "preview", "99999")
		d.gateway.succeeds("target=peering&action=deleteSession&id=" + id)
		d.fails(exitFailure, "No session found with ID: "+id, "sessions", "preview", id)
	})
}

func TestSessionsRefresh(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	onEach(t, func(t *testing.T, environ []string) {
		announced := routertest.PeerOptions{PrefixesIPv4: 3, PrefixesIPv6: 5}
		peer := lab.Peer(t, announced)
		d := newDesk(t, environ, lab)
		// Nothing to read is no failure.
		if out := must(t, d.environ, "sessions", "refresh"); out != "" {
			t.Errorf("without routers: %q", out)
		}
		if out := must(t, d.environ, "sessions", "refresh", "--json"); out != "[]\n" {
			t.Errorf("without routers: %q", out)
		}
		router := d.trustedRouter("ar1")
		if out := must(t, d.environ, "sessions", "refresh", "--json"); out != "[]\n" {
			t.Errorf("a router without sessions: %q", out)
		}
		add := func(address netip.Addr) (id string) {
			id = d.added(fmt.Sprintf("target=peering&action=addSession&resource_id=%s&source_asn=%d&peer_asn=64511&peer_ipaddr=%s", router, lab.LocalASN, address))
			d.gateway.succeeds("target=peering&action=configureSession&session_id=" + id)
			return id
		}
		v4, v6 := add(peer.IPv4), add(peer.IPv6)
		for address, prefixes := range map[netip.Addr]int{peer.IPv4: 3, peer.IPv6: 5} {
			lab.WaitState(t, address, "Established", 60*time.Second)
			lab.WaitPrefixes(t, address, prefixes, 60*time.Second)
		}
		is := func(id, state, prefixes string) {
			t.Helper()
			if s, p := d.state(id); s != state || p != prefixes {
				t.Errorf("session %s is %s with %s prefixes, not %s with %s", id, s, p, state, prefixes)
			}
		}
		report := mustJSON[[]sessions.Refreshed](t, d.environ, "sessions", "refresh", "ar1")
		if len(report) != 1 || fmt.Sprint(report[0].RouterID) != router || report[0].Router != "ar1" || report[0].Sessions != 2 || report[0].Changed != 2 || report[0].Missing == nil || len(report[0].Missing) != 0 {
			t.Errorf("%+v", report)
		}
		is(v4, "established", "3")
		is(v6, "established", "5")
		if out := must(t, d.environ, "sessions", "refresh", router); !strings.HasPrefix(out, "ar1: 2 sessions, 0 changed, 0 missing, ") {
			t.Errorf("again: %q", out)
		}
		announced.PrefixesIPv4 = 4
		peer.Change(t, announced)
		lab.WaitPrefixes(t, peer.IPv4, 4, 60*time.Second)
		if out := must(t, d.environ, "sessions", "refresh"); !strings.HasPrefix(out, "ar1: 2 sessions, 1 changed, 0 missing, ") {
			t.Errorf("one more prefix: %q", out)
		}
		is(v4, "established", "4")

		lab.Vtysh(t, "configure terminal", fmt.Sprintf("router bgp %d", lab.LocalASN), "no neighbor "+peer.IPv6.String())
		out := must(t, d.environ, "sessions", "refresh", "AR1")
		if !strings.HasPrefix(out, "ar1: 2 sessions, 1 changed, 1 missing, ") || !strings.Contains(out, "\n  missing: ") || !strings.Contains(out, peer.IPv6.String()) {
			t.Errorf("one is missing: %q", out)
		}
		is(v6, models.StateNotConfigured, "<nil>")

		// A router that cannot be read stops no other.
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(closed.Addr().String())
		_ = closed.Close()
		down := d.router("a down one", "platform", "frrouting", "host", "127.0.0.1", "port", port, "username", "netop", "password", "planted-router-password", "host-key", otherKey(t))
		wrong := d.trustedRouter("a wrong password")
		d.gateway.succeeds("target=resource&action=update&meta[type]=entry&meta[id]=" + wrong + fieldsQuery("password", "planted-router-password"))
		for i, id := range []string{down, wrong} {
			d.gateway.succeeds(fmt.Sprintf("target=peering&action=addSession&resource_id=%s&source_asn=64500&peer_asn=64511&state=idle&peer_ipaddr=198.51.100.%d", id, 11+i))
		}
		announced.PrefixesIPv4 = 2
		peer.Change(t, announced)
		lab.WaitPrefixes(t, peer.IPv4, 2, 60*time.Second)
		r := run(t, d.environ, "sessions", "refresh", "--json")
		decode(t, []byte(r.stdout), &report)
		errors := map[string]string{}
		for _, one := range report {
			errors[one.Router] = one.Error
		}
		if r.code != exitFailure || len(report) != 3 || errors["ar1"] != "" || !strings.Contains(errors["a down one"], "refused") || !strings.Contains(errors["a wrong password"], "Unable to authenticate") {
			t.Errorf("%d %+v", r.code, report)
		}
		if strings.Count(r.stderr, "\n") != 2 || strings.Count(r.stderr, "provision-gateway: refresh router a ") != 2 || strings.Contains(r.stdout+r.stderr, "planted-router-password") {
			t.Errorf("standard error: %s", r.stderr)
		}
		is(v4, "established", "2")
		r = run(t, d.environ, "sessions", "refresh")
		if r.code != exitFailure || !strings.HasPrefix(r.stdout, "ar1: ") || strings.Contains(r.stdout, "a down one") {
			t.Errorf("%+v", r)
		}
		d.fails(exitFailure, "Unable to authenticate", "sessions", "refresh", wrong)
		d.fails(exitFailure, "refused", "sessions", "discover", down)
	})
}

func TestSessionsDiscover(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		lab := routertest.Start(t)
		peer := lab.Peer(t, routertest.PeerOptions{PrefixesIPv4: 3, PrefixesIPv6: 5})
		directory := peeringdbtest.New(t, directoryOf(lab, peer))
		taken, stranger := netip.MustParseAddr("192.0.2.99"), netip.MustParseAddr("198.51.100.77")
		directory.Add("netixlan", time.Now().Add(-time.Hour), peeringdbtest.Row{"id": uint64(9), "net_id": uint64(2), "ix_id": uint64(20), "ixlan_id": uint64(20),
			"speed": 10000, "asn": 64511, "ipaddr4": taken.String(), "operational": true})
		d := newDesk(t, environ, lab, "PROVISION_GATEWAY_OWN_ASNS="+fmt.Sprint(lab.LocalASN), "PROVISION_GATEWAY_PEERINGDB_URL="+directory.URL(), "PROVISION_GATEWAY_PEERINGDB_PAUSE=1ms")
		must(t, d.environ, "peeringdb", "sync")
		d.trustedRouter("ar1")
		if out := must(t, d.environ, "sessions", "discover", "ar1"); out != "Every neighbor on the router is in the database.\n" {
			t.Errorf("an empty router: %q", out)
		}
		if out := must(t, d.environ, "sessions", "discover", "ar1", "--json"); out != "[]\n" {
			t.Errorf("an empty router: %q", out)
		}
		bgp := fmt.Sprintf("router bgp %d", lab.LocalASN)
		lab.Vtysh(t, "configure terminal", bgp, "neighbor transit peer-group",
			fmt.Sprintf("neighbor %s remote-as 64511", peer.IPv4), fmt.Sprintf("neighbor %s remote-as 64511", peer.IPv6),
			fmt.Sprintf("neighbor %s remote-as 64999", taken), fmt.Sprintf("neighbor %s description taken over", taken),
			fmt.Sprintf("neighbor %s remote-as 65001", stranger), fmt.Sprintf("neighbor %s description a customer", stranger),
			"address-family ipv6 unicast", fmt.Sprintf("neighbor %s activate", peer.IPv6))
		for address, prefixes := range map[netip.Addr]int{peer.IPv4: 3, peer.IPv6: 5} {
			lab.WaitState(t, address, "Established", 60*time.Second)
			lab.WaitPrefixes(t, address, prefixes, 60*time.Second)
		}
		discover := func() map[netip.Addr]sessions.Discovered {
			found := map[netip.Addr]sessions.Discovered{}
			for _, one := range mustJSON[[]sessions.Discovered](t, d.environ, "sessions", "discover", "ar1") {
				found[one.Address] = one
			}
			return found
		}
		found := discover()
		for address, want := range map[netip.Addr]struct {
			asn               uint32
			name              string
			network, exchange uint64
			state             string
			prefixes          uint32
		}{
			peer.IPv4: {64511, "Peer Network", 2, 20, "established", 3},
			peer.IPv6: {64511, "Peer Network", 2, 20, "established", 5},
			taken:     {64999, "taken over", 0, 20, "", 0},
			stranger:  {65001, "a customer", 0, 0, "", 0},
		} {
			got := found[address]
			// Where nobody answers, the state comes and goes.
			if want.state != "" && got.State != want.state || got.LocalASN != lab.LocalASN || got.RemoteASN != want.asn || got.PeerName != want.name || value(got.NetworkID) != want.network ||
				value(got.ExchangeID) != want.exchange || got.State == "" || value(got.PrefixesReceived) != want.prefixes {
				t.Errorf("%s: %+v", address, got)
			}
		}
		table := must(t, d.environ, "sessions", "discover", "ar1")
		if len(found) != 4 || strings.Count(table, "\n") != 5 || !strings.HasPrefix(table, "ADDRESS ") || !strings.Contains(table, "Peer Network") {
			t.Errorf("the table is\n%s", table)
		}

		d.fails(exitUsage, `"here" is not an address`, "sessions", "discover", "ar1", "--import", peer.IPv4.String()+",here")
		d.fails(exitFailure, "203.0.113.9 is no neighbor on the router", "sessions", "discover", "ar1", "--import", peer.IPv4.String()+",203.0.113.9")
		if n := len(discover()); n != 4 {
			t.Errorf("an import that was refused left %d", n)
		}
		both := peer.IPv4.String() + "," + strings.ToUpper(peer.IPv6.String())
		out := must(t, d.environ, "sessions", "discover", "ar1", "--import", both, "--import", peer.IPv4.String())
		var v4, v6 int
		if _, err := fmt.Sscanf(out, "Session %d: AS64511 "+peer.IPv4.String()+"\nSession %d: AS64511 "+peer.IPv6.String()+"\n2 sessions imported.", &v4, &v6); err != nil {
			t.Errorf("import says %q: %v", out, err)
		}
		if state, prefixes := d.state(fmt.Sprint(v6)); state != "established" || prefixes != "5" {
			t.Errorf("imported as %s with %s prefixes", state, prefixes)
		}
		imported := string(d.gateway.succeeds("target=peering&action=getSessions&peer_participant_id=2&public_id=20").Data)
		for _, want := range []string{`"peer_name":"Peer Network"`, `"source_ipaddr":"` + lab.LocalIPv4.String() + `"`, `"peer_ipaddr":"` + peer.IPv6.String() + `"`} {
			if !strings.Contains(imported, want) {
				t.Errorf("imported without %s: %s", want, imported)
			}
		}
		d.fails(exitFailure, peer.IPv4.String()+" is no neighbor on the router that is not in the database", "sessions", "discover", "ar1", "--import", peer.IPv4.String())
		if out := must(t, d.environ, "sessions", "refresh", "ar1"); !strings.HasPrefix(out, "ar1: 2 sessions, 0 changed, 0 missing, 2 neighbors unknown here") {
			t.Errorf("refresh after the import: %q", out)
		}
		if ids := mustJSON[map[string][]uint64](t, d.environ, "sessions", "discover", "ar1", "--import", "all")["imported"]; len(ids) != 2 {
			t.Errorf("imported %v", ids)
		}
		if out := must(t, d.environ, "sessions", "discover", "ar1", "--import", "all", "--json"); out != `{"imported":[]}`+"\n" {
			t.Errorf("all of none: %q", out)
		}

		// What was imported is deleted as what was configured: from the router.
		for _, id := range []int{v4, v6} {
			d.gateway.succeeds(fmt.Sprint("target=peering&action=deleteSession&id=", id))
		}
		d.gateway.succeeds("target=peering&action=deleteSession&peer_ipaddr=" + url.QueryEscape(stranger.String()))
		config := lab.Config(t)
		for _, address := range []netip.Addr{peer.IPv4, peer.IPv6, stranger} {
			if strings.Contains(config, "neighbor "+address.String()+" ") {
				t.Errorf("deleted, and still on the router: %s", address)
			}
		}
		if !strings.Contains(config, "neighbor "+taken.String()+" ") {
			t.Errorf("another one is gone from the router:\n%s", config)
		}
		peer.WaitEstablished(t, peer.IPv4, false, 60*time.Second)
		if out := must(t, d.environ, "sessions", "discover", "ar1", "--json"); out != "[]\n" {
			t.Errorf("discovered again: %s", out)
		}
	})
}

// value is what a column holds, 0 for nothing.
func value[T any](column *T) (v T) {
	if column != nil {
		v = *column
	}
	return v
}

func TestSessionsStale(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	onEach(t, func(t *testing.T, environ []string) {
		peer := &routertest.Peer{IPv4: netip.MustParseAddr("192.0.2.70"), IPv6: netip.MustParseAddr("2001:db8::70")}
		directory := peeringdbtest.New(t, directoryOf(lab, peer))
		d := newDesk(t, environ, nil, "PROVISION_GATEWAY_PEERINGDB_URL="+directory.URL(), "PROVISION_GATEWAY_PEERINGDB_PAUSE=1ms")
		must(t, d.environ, "peeringdb", "sync")
		add := "target=peering&action=addSession&source_asn=64500&peer_asn=64511&peer_name=Peer+Network&peer_ipaddr=" + peer.IPv4.String()
		id := d.added(add + "&public_id=20&peer_participant_id=2")
		// A private session is nobody's business upstream.
		d.added(add + "&source_ipaddr=192.0.2.71")
		byNumber := d.added(add + "&source_ipaddr=192.0.2.72&public_id=20")
		check := func(reason string) {
			t.Helper()
			stale := mustJSON[[]models.StaleSession](t, d.environ, "sessions", "stale")
			out := must(t, d.environ, "sessions", "stale")
			if reason == "" {
				if len(stale) != 0 || out != "" {
					t.Errorf("stale: %+v, %q", stale, out)
				}
				return
			}
			var ids []string
			for _, s := range stale {
				ids = append(ids, fmt.Sprint(s.ID))
				if s.Reason != reason || !strings.Contains(s.Label, "(AS64511/192.0.2.70)") || !strings.Contains(out, fmt.Sprintf("%d\t%s\t%s\n", s.ID, s.Label, reason)) {
					t.Errorf("%s: %+v, %q", reason, s, out)
				}
			}
			if !slices.Equal(ids, []string{id, byNumber}) || strings.Count(out, "\n") != 2 {
				t.Errorf("%s: %v\n%s", reason, ids, out)
			}
		}
		check("")
		if out := must(t, d.environ, "sessions", "stale", "--json"); out != "[]\n" {
			t.Errorf("none: %q", out)
		}
		at := time.Now()
		next := func() time.Time { at = at.Add(time.Second); return at }
		directory.Delete("netixlan", 2, next())
		check("") // Not before it is fetched.
		must(t, d.environ, "peeringdb", "sync")
		check(models.StaleAddress)
		directory.Update("netixlan", 2, next(), peeringdbtest.Row{"ipaddr4": peer.IPv4.String()})
		must(t, d.environ, "peeringdb", "sync")
		check("")
		directory.Update("netixlan", 2, next(), peeringdbtest.Row{"ipaddr4": "192.0.2.73"})
		must(t, d.environ, "peeringdb", "sync")
		check(models.StaleAddress)
		directory.Delete("ix", 20, next())
		must(t, d.environ, "peeringdb", "sync")
		check(models.StaleExchange)
		directory.Delete("net", 2, next())
		must(t, d.environ, "peeringdb", "sync")
		check(models.StaleNetwork)
		d.gateway.succeeds("target=peering&action=deleteSession&peer_asn=64511")
		check("")
	})
}
