package routertest

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// configureNeighbor configures a neighbor on the lab's router as an operator
// would.
func configureNeighbor(t *testing.T, l *Lab, address netip.Addr, asn uint32, password string) {
	t.Helper()
	commands := []string{"configure terminal", fmt.Sprintf("router bgp %d", l.LocalASN), fmt.Sprintf("neighbor %s remote-as %d", address, asn)}
	if password != "" {
		commands = append(commands, fmt.Sprintf("neighbor %s password %s", address, password))
	}
	if address.Is6() {
		commands = append(commands, "address-family ipv6 unicast", fmt.Sprintf("neighbor %s activate", address))
	}
	l.Vtysh(t, commands...)
}

const patience = 20 * time.Second

func TestSessions(t *testing.T) {
	t.Parallel()
	l := Start(t)
	cases := map[string]struct {
		peer                 PeerOptions
		asn                  uint32
		password4, password6 string
	}{
		"plain":         {peer: PeerOptions{ASN: 64496, PrefixesIPv4: 3, PrefixesIPv6: 2}, asn: 64496},
		"no prefixes":   {peer: PeerOptions{ASN: 64497}, asn: 64497},
		"many prefixes": {peer: PeerOptions{PrefixesIPv4: 600, PrefixesIPv6: 300}, asn: 64511},
		"four bytes":    {peer: PeerOptions{ASN: 4200000000, PrefixesIPv4: 1}, asn: 4200000000},
		"passwords": {
			peer: PeerOptions{ASN: 64498, PasswordIPv4: "four", PasswordIPv6: "six", PrefixesIPv4: 1, PrefixesIPv6: 1},
			asn:  64498, password4: "four", password6: "six",
		},
		"other passwords": {peer: PeerOptions{PasswordIPv4: "4", PasswordIPv6: "6"}, asn: 64511, password4: "4", password6: "6"},
	}
	// All come up at the same time.
	peers := map[string]*Peer{}
	for name, c := range cases {
		p := l.Peer(t, c.peer)
		configureNeighbor(t, l, p.IPv4, c.asn, c.password4)
		configureNeighbor(t, l, p.IPv6, c.asn, c.password6)
		peers[name] = p
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := peers[name]
			for _, address := range []netip.Addr{p.IPv4, p.IPv6} {
				l.WaitState(t, address, "Established", patience)
				p.WaitEstablished(t, address, true, patience)
			}
			l.WaitPrefixes(t, p.IPv4, c.peer.PrefixesIPv4, patience)
			l.WaitPrefixes(t, p.IPv6, c.peer.PrefixesIPv6, patience)
		})
	}
}

// TestSessionsThatCannotBe waits until the session of one more peer is up: what
// was tried all the time and is not up by then does not come up.
func TestSessionsThatCannotBe(t *testing.T) {
	t.Parallel()
	l := Start(t)
	cases := map[string]struct {
		peer     PeerOptions
		asn      uint32
		password string
		repaired PeerOptions
	}{
		"password of the peer only":   {peer: PeerOptions{PasswordIPv4: "x"}, asn: 64511},
		"password of the router only": {peer: PeerOptions{}, asn: 64511, password: "x", repaired: PeerOptions{PasswordIPv4: "x"}},
		"different passwords":         {peer: PeerOptions{PasswordIPv4: "x"}, asn: 64511, password: "y", repaired: PeerOptions{PasswordIPv4: "y"}},
		"wrong AS of the peer":        {peer: PeerOptions{ASN: 64496}, asn: 64497, repaired: PeerOptions{ASN: 64497}},
		"wrong AS of the router":      {peer: PeerOptions{RouterASN: 64496}, asn: 64511},
	}
	peers := map[string]*Peer{}
	for name, c := range cases {
		peers[name] = l.Peer(t, c.peer)
		configureNeighbor(t, l, peers[name].IPv4, c.asn, c.password)
	}
	good := l.Peer(t, PeerOptions{})
	configureNeighbor(t, l, good.IPv4, 64511, "")
	l.WaitState(t, good.IPv4, "Established", patience)
	for name, c := range cases {
		p := peers[name]
		if state, _ := l.State(t, p.IPv4); state == "Established" || state == "" {
			t.Errorf("%s: the router says state %q", name, state)
		}
		p.WaitEstablished(t, p.IPv4, false, 0)
		p.Change(t, c.repaired)
	}
	for name := range cases {
		t.Run(name, func(t *testing.T) { l.WaitState(t, peers[name].IPv4, "Established", patience) })
	}
}

func TestPeerChanges(t *testing.T) {
	t.Parallel()
	l := Start(t)
	p := l.Peer(t, PeerOptions{PrefixesIPv4: 2})
	if state, prefixes := l.State(t, p.IPv4); state != "" || prefixes != 0 {
		t.Errorf("before it is configured: state %q, %d prefixes", state, prefixes)
	}
	configureNeighbor(t, l, p.IPv4, 64511, "")
	l.Vtysh(t, "configure terminal", "router bgp 64500", "neighbor "+p.IPv4.String()+" maximum-prefix 4")
	l.WaitPrefixes(t, p.IPv4, 2, patience)
	p.Change(t, PeerOptions{PrefixesIPv4: 4})
	l.WaitPrefixes(t, p.IPv4, 4, patience)
	// Two more: the router counts before it adds, and so takes the first.
	p.Change(t, PeerOptions{PrefixesIPv4: 6})
	l.WaitState(t, p.IPv4, "Idle (PfxCt)", patience)
	p.WaitEstablished(t, p.IPv4, false, patience)
	p.Change(t, PeerOptions{PrefixesIPv4: 1})
	l.Vtysh(t, "clear bgp "+p.IPv4.String())
	l.WaitPrefixes(t, p.IPv4, 1, patience)
	l.Vtysh(t, "configure terminal", "router bgp 64500", "no neighbor "+p.IPv4.String())
	p.WaitEstablished(t, p.IPv4, false, patience)
	if config := l.Config(t); strings.Contains(config, p.IPv4.String()) {
		t.Errorf("the neighbor is still in the configuration:\n%s", config)
	}
}

func TestBGPDaemon(t *testing.T) {
	t.Parallel()
	l := Start(t)
	p := l.Peer(t, PeerOptions{PrefixesIPv4: 1})
	configureNeighbor(t, l, p.IPv4, 64511, "")
	l.WaitState(t, p.IPv4, "Established", patience)
	l.KillBGPD(t)
	if _, err := l.ask("bgpd", "show version"); err == nil {
		t.Error("a daemon that was killed still answers")
	}
	l.StartBGPD(t)
	if state, _ := l.State(t, p.IPv4); state != "" {
		t.Errorf("a neighbor that was not saved is in state %q", state)
	}
	configureNeighbor(t, l, p.IPv4, 64511, "")
	if strings.Contains(l.Saved(t), p.IPv4.String()) {
		t.Error("the neighbor was saved before anybody said so")
	}
	l.Vtysh(t, "write")
	if !strings.Contains(l.Saved(t), p.IPv4.String()) {
		t.Error("the neighbor was not saved")
	}
	l.KillBGPD(t)
	l.StartBGPD(t)
	l.WaitState(t, p.IPv4, "Established", patience)

	l.PauseBGPD(t)
	answered := make(chan error, 1)
	go func() {
		_, err := l.ask("bgpd", "show version")
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("a daemon that is paused answers: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	l.ResumeBGPD(t)
	if err := <-answered; err != nil {
		t.Errorf("a daemon that goes on: %v", err)
	}
}
