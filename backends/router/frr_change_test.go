package router_test

import (
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routertest"
)

// TestFRRChange changes one value of a session after the other. The peer
// follows, so that the session comes up again each time.
func TestFRRChange(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	b := newBackend(t, lab, router.Config{}, "first-key", "second-key")
	p := lab.Peer(t, routertest.PeerOptions{ASN: 64496, PasswordIPv4: "first-key", PrefixesIPv4: 2})
	n := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: 64496, Address: p.IPv4, Description: "Example Net", MaximumPrefixes: 10, Password: "first-key"}
	for _, step := range []struct {
		name   string
		change func()
		peer   routertest.PeerOptions
		lines  []string
	}{
		{
			"as it was", func() {},
			routertest.PeerOptions{ASN: 64496, PasswordIPv4: "first-key", PrefixesIPv4: 2},
			[]string{"neighbor remote-as 64496", "neighbor description Example Net", "neighbor password first-key", "ipv4: neighbor maximum-prefix 10"},
		},
		{
			"AS number", func() { n.RemoteASN = 4200000002 },
			routertest.PeerOptions{ASN: 4200000002, PasswordIPv4: "first-key", PrefixesIPv4: 2},
			[]string{"neighbor remote-as 4200000002", "neighbor description Example Net", "neighbor password first-key", "ipv4: neighbor maximum-prefix 10"},
		},
		{
			"password", func() { n.Password = "second-key" },
			routertest.PeerOptions{ASN: 4200000002, PasswordIPv4: "second-key", PrefixesIPv4: 2},
			[]string{"neighbor remote-as 4200000002", "neighbor description Example Net", "neighbor password second-key", "ipv4: neighbor maximum-prefix 10"},
		},
		{
			"all values taken back", func() { n.Password, n.Description, n.MaximumPrefixes = "", "", 0 },
			routertest.PeerOptions{ASN: 4200000002, PrefixesIPv4: 30},
			[]string{"neighbor remote-as 4200000002"},
		},
	} {
		step.change()
		if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		p.Change(t, step.peer)
		wantLines(t, lab, n.Address, step.lines...)
		lab.WaitState(t, n.Address, "Established", patience)
		lab.WaitPrefixes(t, n.Address, step.peer.PrefixesIPv4, patience)
		p.WaitEstablished(t, n.Address, true, patience)
		if t.Failed() {
			t.Fatalf("failed at: %s", step.name)
		}
	}

	if err := b.Remove(t.Context(), accessTo(lab), n); err != nil {
		t.Fatal(err)
	}
	wantLines(t, lab, n.Address)
	p.WaitEstablished(t, n.Address, false, patience)
	if s := status(t, b, lab, n.Address); s != nil {
		t.Errorf("the router still has %+v", s)
	}
	if err := b.Remove(t.Context(), accessTo(lab), n); err != nil {
		t.Errorf("removed once more: %v", err)
	}
}

// TestFRRPrefixLimit sends more prefixes than a session may have.
func TestFRRPrefixLimit(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	b := newBackend(t, lab, router.Config{})
	p := lab.Peer(t, routertest.PeerOptions{PrefixesIPv4: 6, PrefixesIPv6: 6})
	four := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: 64511, Address: p.IPv4, MaximumPrefixes: 3}
	six := four
	six.Address = p.IPv6
	for _, n := range []dialect.Neighbor{four, six} {
		if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []dialect.Neighbor{four, six} {
		lab.WaitState(t, n.Address, "Idle (PfxCt)", patience)
		if s := status(t, b, lab, n.Address); s == nil || s.State != dialect.Idle || s.PrefixesReceived != nil {
			t.Errorf("the router says %+v", s)
		}
	}
	// A higher limit brings the sessions back without another command.
	for _, n := range []dialect.Neighbor{four, six} {
		n.MaximumPrefixes = 100
		if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []dialect.Neighbor{four, six} {
		lab.WaitState(t, n.Address, "Established", patience)
		lab.WaitPrefixes(t, n.Address, 6, patience)
	}
}

// TestFRRWrongPeer configures sessions that do not come up, because the peer
// has another password or another AS number.
func TestFRRWrongPeer(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	b := newBackend(t, lab, router.Config{}, "our-password")
	p := lab.Peer(t, routertest.PeerOptions{PasswordIPv4: "their-password"})
	good := lab.Peer(t, routertest.PeerOptions{})
	for _, n := range []dialect.Neighbor{
		{RemoteASN: 64511, Address: p.IPv4, Password: "our-password"},
		{RemoteASN: 64510, Address: p.IPv6},
		{RemoteASN: 64511, Address: good.IPv4},
		{RemoteASN: 64511, Address: good.IPv6},
	} {
		n.LocalASN = lab.LocalASN
		if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
			t.Fatal(err)
		}
	}
	lab.WaitState(t, good.IPv4, "Established", patience)
	lab.WaitState(t, good.IPv6, "Established", patience)
	if s := status(t, b, lab, p.IPv4); s == nil || s.State == dialect.Established {
		t.Errorf("with another password the router says %+v", s)
	}
	if s := status(t, b, lab, p.IPv6); s == nil || s.State == dialect.Established || s.RemoteASN != 64510 {
		t.Errorf("with another AS number the router says %+v", s)
	}
	p.Change(t, routertest.PeerOptions{ASN: 64510})
	lab.WaitState(t, p.IPv6, "Established", patience)
	p.Change(t, routertest.PeerOptions{PasswordIPv4: "our-password"})
	lab.WaitState(t, p.IPv4, "Established", patience)
}
