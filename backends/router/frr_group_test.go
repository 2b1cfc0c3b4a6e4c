package router_test

import (
	"net/netip"
	"strings"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routertest"
)

// A peer group that has an AS number of its own gives it to every neighbor in
// it, without a word. The session would be one with another network.
func TestFRRGroupWithAnotherAS(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	lab.Vtysh(t, "configure terminal", "router bgp 64500", "neighbor TRANSIT peer-group", "neighbor TRANSIT remote-as 64499", "end", "write")
	b := newBackend(t, lab, router.Config{})
	n := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: 64511, Address: netip.MustParseAddr("198.51.100.1"), PeerGroup: "TRANSIT"}
	err := b.Configure(t.Context(), accessTo(lab), n)
	const want = "Configuration rejected: neighbor 198.51.100.1 remote-as 64511: the router has AS64499 instead, which is that of the peer group TRANSIT"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	for what, config := range map[string]string{"running": lab.Config(t), "saved": lab.Saved(t)} {
		if strings.Contains(config, "198.51.100.1") {
			t.Errorf("the %s configuration has the session:\n%s", what, config)
		}
	}
	n.RemoteASN = 64499
	if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
		t.Errorf("with the AS number of the group: %v", err)
	}
}
