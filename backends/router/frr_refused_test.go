package router_test

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routertest"
	"provision-gateway/models"
)

// TestFRRRefused configures sessions that the router does not take, or that
// cannot be written for it. Nothing of them stays, running or saved.
func TestFRRRefused(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	lab.Vtysh(t, "configure terminal", "router bgp 64500", "neighbor IX-PEERS peer-group", "end", "write")
	b := newBackend(t, lab, router.Config{}, "session-key", "what?key", "what|key")
	good := dialect.Neighbor{
		LocalASN: lab.LocalASN, RemoteASN: 64511, Address: netip.MustParseAddr("198.51.100.1"),
		PeerGroup: "IX-PEERS", Description: "Example Net", MaximumPrefixes: 20, Password: "session-key",
	}
	for _, c := range []struct {
		name  string
		spoil func(*dialect.Neighbor)
		fails string
	}{
		{"other AS of the router", func(n *dialect.Neighbor) { n.LocalASN = 64501 }, "Configuration rejected: router bgp 64501: BGP is already running; AS is 64500"},
		{"group that is not there", func(n *dialect.Neighbor) { n.PeerGroup = "NONE" },
			"Configuration rejected: neighbor 198.51.100.1 peer-group NONE: % Configure the peer-group first"},
		{"router's own address", func(n *dialect.Neighbor) { n.Address = lab.LocalIPv4 },
			"Configuration rejected: neighbor 192.0.2.1 remote-as 64511: % Can not configure the local system as neighbor"},
		{"router's own IPv6 address", func(n *dialect.Neighbor) { n.Address = lab.LocalIPv6 },
			"Configuration rejected: neighbor 2001:db8::1 remote-as 64511: % Can not configure the local system as neighbor"},
		{"group of two words", func(n *dialect.Neighbor) { n.PeerGroup = "group b" }, "Invalid value for peer_group"},
		{"group with a bar", func(n *dialect.Neighbor) { n.PeerGroup = "group|b" }, "Invalid value for peer_group"},
		{"group with a line", func(n *dialect.Neighbor) { n.PeerGroup = "b\nend" }, "Invalid value for peer_group"},
		{"password with a question mark", func(n *dialect.Neighbor) { n.Password = "what?key" }, "Invalid value for password"},
		{"password with a bar", func(n *dialect.Neighbor) { n.Password = "what|key" }, "Invalid value for password"},
		{"address of no host", func(n *dialect.Neighbor) { n.Address = netip.MustParseAddr("224.0.0.1") }, "Invalid value for peer_ipaddr"},
		{"AS number 0", func(n *dialect.Neighbor) { n.RemoteASN = 0 }, "Invalid value for peer_asn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, same := good, unchanged(t, lab)
			c.spoil(&n)
			err := b.Configure(t.Context(), accessTo(lab), n)
			if err == nil {
				t.Fatal("no error")
			}
			wantNoSecret(t, wantFailure(t, err, models.Invalid, c.fails, false), n.Password, lab.Password)
			same()
		})
	}

	// A change that is refused costs the session: it would otherwise run on
	// with some of the new values.
	if err := b.Configure(t.Context(), accessTo(lab), good); err != nil {
		t.Fatal(err)
	}
	wantLines(t, lab, good.Address, "neighbor remote-as 64511", "neighbor peer-group IX-PEERS", "neighbor description Example Net",
		"neighbor password session-key", "ipv4: neighbor maximum-prefix 20")
	changed := good
	changed.PeerGroup = "NONE"
	wantFailure(t, b.Configure(t.Context(), accessTo(lab), changed), models.Invalid, "% Configure the peer-group first", false)
	wantLines(t, lab, good.Address)
}

// TestFRRTogether configures many sessions at the same time, by one backend and
// by several, as several processes would.
func TestFRRTogether(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	backends := []*router.Backend{newBackend(t, lab, router.Config{}), newBackend(t, lab, router.Config{})}
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, 100, byte(i + 1)}) }
	const sessions = 12
	var calls sync.WaitGroup
	for i := range sessions {
		calls.Go(func() {
			n := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: uint32(64600 + i), Address: address(i), Description: fmt.Sprint("Net ", i), MaximumPrefixes: 10}
			if err := backends[i%len(backends)].Configure(t.Context(), accessTo(lab), n); err != nil {
				t.Errorf("session %d: %v", i, err)
			}
		})
	}
	calls.Wait()
	list, err := backends[0].Neighbors(t.Context(), accessTo(lab))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sessions {
		wantLines(t, lab, address(i), fmt.Sprintf("neighbor remote-as %d", 64600+i), fmt.Sprintf("neighbor description Net %d", i), "ipv4: neighbor maximum-prefix 10")
		if !slices.ContainsFunc(list, func(s dialect.Status) bool { return s.Address == address(i) && s.RemoteASN == uint32(64600+i) }) {
			t.Errorf("session %d is not in what the router says", i)
		}
	}
}
