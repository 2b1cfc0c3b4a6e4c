package router_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routertest"
)

// TestFRRConfigure brings new sessions onto the router, all of which come up.
func TestFRRConfigure(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	lab.Vtysh(t, "configure terminal", "router bgp 64500", "neighbor IX-PEERS peer-group",
		"address-family ipv6 unicast", "neighbor IX-PEERS activate")
	cases := map[string]struct {
		peer  routertest.PeerOptions
		v6    bool
		n     dialect.Neighbor
		lines []string
		shown string // its description in the list of sessions
	}{
		"IPv4": {
			peer:  routertest.PeerOptions{ASN: 64496, PrefixesIPv4: 3},
			n:     dialect.Neighbor{RemoteASN: 64496},
			lines: []string{"neighbor remote-as 64496"},
		},
		"IPv6": {
			peer:  routertest.PeerOptions{ASN: 64496, PrefixesIPv6: 4},
			v6:    true,
			n:     dialect.Neighbor{RemoteASN: 64496},
			lines: []string{"neighbor remote-as 64496", "ipv4: no neighbor activate", "ipv6: neighbor activate"},
		},
		"IPv4 with all": {
			peer: routertest.PeerOptions{ASN: 4200000001, PasswordIPv4: "ace12345", PrefixesIPv4: 5},
			n: dialect.Neighbor{
				RemoteASN: 4200000001, PeerGroup: "IX-PEERS", Description: "Akamai Technologies", MaximumPrefixes: 20, Password: "ace12345",
			},
			lines: []string{
				"neighbor remote-as 4200000001", "neighbor peer-group IX-PEERS", "neighbor description Akamai Technologies",
				"neighbor password ace12345", "ipv4: neighbor maximum-prefix 20",
			},
			shown: "Akamai Technologies",
		},
		"IPv6 with all": {
			peer: routertest.PeerOptions{ASN: 64497, PasswordIPv6: "0", PrefixesIPv6: 7},
			v6:   true,
			n: dialect.Neighbor{
				RemoteASN: 64497, PeerGroup: "IX-PEERS", Description: "Example Net", MaximumPrefixes: 4294967295, Password: "0",
			},
			// The activation is that of the group.
			lines: []string{
				"neighbor remote-as 64497", "neighbor peer-group IX-PEERS", "neighbor description Example Net", "neighbor password 0",
				"ipv4: no neighbor activate", "ipv6: neighbor maximum-prefix 4294967295",
			},
			shown: "Example Net",
		},
		"password of signs": {
			peer:  routertest.PeerOptions{PasswordIPv4: "a.b-c_d/e+f=g:h@i", PrefixesIPv4: 1},
			n:     dialect.Neighbor{RemoteASN: 64511, Password: "a.b-c_d/e+f=g:h@i"},
			lines: []string{"neighbor remote-as 64511", "neighbor password a.b-c_d/e+f=g:h@i"},
		},
		"password of eighty characters": {
			peer:  routertest.PeerOptions{PasswordIPv4: strings.Repeat("p4ssw0rd", 10), PrefixesIPv4: 1},
			n:     dialect.Neighbor{RemoteASN: 64511, Password: strings.Repeat("p4ssw0rd", 10)},
			lines: []string{"neighbor remote-as 64511", "neighbor password " + strings.Repeat("p4ssw0rd", 10)},
		},
	}
	backends, neighbors := map[string]*router.Backend{}, map[string]dialect.Neighbor{}
	peers := map[string]*routertest.Peer{}
	for name, c := range cases {
		p, n := lab.Peer(t, c.peer), c.n
		n.LocalASN, n.Address = lab.LocalASN, p.IPv4
		if c.v6 {
			n.Address = p.IPv6
		}
		var secrets []string
		if len(n.Password) > 1 { // any log holds the shortest
			secrets = append(secrets, n.Password)
		}
		b := newBackend(t, lab, router.Config{}, secrets...)
		if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		peers[name], neighbors[name], backends[name] = p, n, b
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, n, prefixes := peers[name], neighbors[name], c.peer.PrefixesIPv4
			if c.v6 {
				prefixes = c.peer.PrefixesIPv6
			}
			wantLines(t, lab, n.Address, c.lines...)
			lab.WaitState(t, n.Address, "Established", patience)
			p.WaitEstablished(t, n.Address, true, patience)
			lab.WaitPrefixes(t, n.Address, prefixes, patience)
			s := status(t, backends[name], lab, n.Address)
			if s == nil || s.PrefixesReceived == nil || *s.PrefixesReceived != uint32(prefixes) {
				t.Fatalf("the router says %+v", s)
			}
			// This release does not list the group.
			want := dialect.Status{
				Address: n.Address, RemoteASN: n.RemoteASN, LocalASN: lab.LocalASN, State: dialect.Established,
				PrefixesReceived: s.PrefixesReceived, Description: c.shown,
			}
			if *s != want {
				t.Errorf("the router says\n%+v, want\n%+v", *s, want)
			}
		})
	}
}

// TestFRRDescriptions brings peers onto the router whose names a command line
// could take for something else.
func TestFRRDescriptions(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	b := newBackend(t, lab, router.Config{})
	cases := []struct{ name, want string }{
		{"who? me", "who me"},
		{"Pipes | include Secrets", "Pipes include Secrets"},
		{"Net\nno router bgp 64500\r\nend\nwrite erase", "Net no router bgp 64500 end write erase"},
		{"! Comment # Net", "Comment Net"},
		{"\"Net\" $(reboot) `reboot` ${HOME}", "Net (reboot) reboot HOME"},
		{"\x1b[A\x03\x1a\tKeys", "A Keys"},
		{"Łódź Straße", "Lodz Strasse"},
		{"网络交换", "AS64511"},
		{"% Unknown command: Net", "Unknown command: Net"},
		{"Error: BGP is already running; AS is 1", "Error: BGP is already running AS is 1"},
		{"edge1(config)# exit", "edge1(config) exit"},
		{"Proceed with reload? [confirm]", "Proceed with reload confirm"},
		{" --More-- ", "--More--"},
		{"Password: ", "Password:"},
		{strings.Repeat("long name ", 100), strings.TrimSpace(strings.Repeat("long name ", 20))},
	}
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, 100, byte(i + 1)}) }
	for i, c := range cases {
		n := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: 64511, Address: address(i), Description: c.name}
		if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
			t.Errorf("%q: %v", c.name, err)
		}
	}
	list, err := b.Neighbors(t.Context(), accessTo(lab))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantLines(t, lab, address(i), "neighbor remote-as 64511", "neighbor description "+c.want)
			if !slices.ContainsFunc(list, func(s dialect.Status) bool {
				return s.Address == address(i) && s.Description == c.want && s.State != dialect.Established && s.PrefixesReceived == nil
			}) {
				t.Errorf("not so in what the router says: %+v", list)
			}
		})
	}
}
