package routertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// neighbor is what the router says about a neighbor.
type neighbor struct {
	State    string `json:"state"`
	ASN      uint32 `json:"remoteAs"`
	Prefixes uint32 `json:"pfxRcd"`
}

var errNoNeighbor = errors.New("the router has no such neighbor")

func (l *Lab) neighbor(address netip.Addr) (neighbor, error) {
	text, err := l.ask("bgpd", "show bgp summary json")
	if err != nil {
		return neighbor{}, err
	}
	var families map[string]struct {
		Peers map[string]neighbor `json:"peers"`
	}
	if err := json.Unmarshal([]byte(text), &families); err != nil {
		return neighbor{}, err
	}
	family := "ipv6Unicast"
	if address.Is4() {
		family = "ipv4Unicast"
	}
	n, ok := families[family].Peers[address.String()]
	if !ok {
		return n, errNoNeighbor
	}
	return n, nil
}

// State is the state of a neighbor in the router's words, as "Established" or
// "Idle (PfxCt)", and how many prefixes of it the router has. The state is ""
// when the router has no such neighbor.
func (l *Lab) State(t testing.TB, address netip.Addr) (state string, prefixes uint32) {
	t.Helper()
	n, err := l.neighbor(address)
	if !errors.Is(err, errNoNeighbor) {
		l.must(t, err)
	}
	return n.State, n.Prefixes
}

// WaitState waits until a neighbor of the router is in a state, and fails the
// test when that takes too long.
func (l *Lab) WaitState(t testing.TB, address netip.Addr, state string, limit time.Duration) {
	t.Helper()
	l.must(t, eventually(limit, func() error {
		n, err := l.neighbor(address)
		if err == nil && !strings.EqualFold(n.State, state) {
			err = fmt.Errorf("neighbor %s is in state %s, not %s", address, n.State, state)
		}
		return err
	}))
}

// WaitPrefixes waits until the router has so many prefixes of a neighbor, and
// fails the test when that takes too long.
func (l *Lab) WaitPrefixes(t testing.TB, address netip.Addr, prefixes int, limit time.Duration) {
	t.Helper()
	l.must(t, eventually(limit, func() error {
		n, err := l.neighbor(address)
		if err == nil && n.Prefixes != uint32(prefixes) {
			err = fmt.Errorf("neighbor %s has %d prefixes, not %d", address, n.Prefixes, prefixes)
		}
		return err
	}))
}
