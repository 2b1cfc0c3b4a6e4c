package dialect_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/router/dialect"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"arista_eos":    "neighbor 192.0.2.2 password 0 k3y.of-R1",
		"cisco_iosxe":   "neighbor 192.0.2.2 password 0 k3y.of-R1",
		"cisco_iosxr":   "password clear k3y.of-R1",
		"cisco_nxos":    "password 0 k3y.of-R1",
		"frrouting":     "neighbor 192.0.2.2 password k3y.of-R1",
		"juniper_junos": `set protocols bgp group peers-ipv4 neighbor 192.0.2.2 authentication-key "k3y.of-R1"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := lookup(t, name)
			n := neighbors[2].Neighbor
			without, err := d.Change(n)
			if err != nil {
				t.Fatal(err)
			}
			n.Password = "k3y.of-R1"
			with, err := d.Change(n)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(with, want) || len(with) != len(without)+1 {
				t.Errorf("with a password the lines are\n%s", strings.Join(with, "\n"))
			}
			for _, line := range with {
				if strings.Contains(d.Mask(line), n.Password) {
					t.Errorf("masked: %s", d.Mask(line))
				}
			}
		})
	}
}

// TestChangeStartsClean looks for the line that takes away what is there before
// anything is set, and for its absence where nothing should be there.
func TestChangeStartsClean(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		d := lookup(t, name)
		n := neighbors[0].Neighbor
		lines, err := d.Change(n)
		if err != nil {
			t.Fatal(err)
		}
		removal := func(l string) bool { return strings.HasPrefix(l, "no neighbor ") || strings.HasPrefix(l, "delete ") }
		set := func(l string) bool {
			return !removal(l) && (strings.Contains(l, "peer-as") || strings.Contains(l, "remote-as"))
		}
		first, then := slices.IndexFunc(lines, removal), slices.IndexFunc(lines, set)
		if first < 0 || then < first {
			t.Errorf("%s: removal is line %d, the first setting line %d", name, first, then)
		}
		lines, err = d.Remove(n)
		if err != nil {
			t.Fatal(err)
		}
		if slices.IndexFunc(lines, removal) < 0 || slices.ContainsFunc(lines, set) {
			t.Errorf("%s: removing sends\n%s", name, strings.Join(lines, "\n"))
		}
	}
}

// TestLinesLeadOut follows the modes of the lines: in, and out again.
func TestLinesLeadOut(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		d := lookup(t, name)
		for _, n := range neighbors {
			for _, op := range operations {
				lines, err := op.render(d, n.Neighbor)
				if err != nil {
					t.Fatal(err)
				}
				if m, ok := d.After(lines[0]); !ok || m != dialect.Config {
					t.Errorf("%s/%s: %q leads to %q", name, op.name, lines[0], m)
				}
				last := dialect.Unknown
				for _, line := range lines {
					if m, ok := d.After(line); ok {
						last = m
					}
				}
				if last != dialect.Privileged {
					t.Errorf("%s/%s ends in mode %q", name, op.name, last)
				}
			}
		}
	}
}

func TestUnusableValues(t *testing.T) {
	t.Parallel()
	good := neighbors[0].Neighbor
	for _, tt := range []struct {
		name, field, value string
		change             func(*dialect.Neighbor)
	}{
		{"no local AS", "source_asn", "0", func(n *dialect.Neighbor) { n.LocalASN = 0 }},
		{"no remote AS", "peer_asn", "0", func(n *dialect.Neighbor) { n.RemoteASN = 0 }},
		{"no address", "peer_ipaddr", "", func(n *dialect.Neighbor) { n.Address = netip.Addr{} }},
		{"group of two words", "peer_group", "group b", func(n *dialect.Neighbor) { n.PeerGroup = "group b" }},
		{"second line in the group", "peer_group", "a\nno router bgp 1", func(n *dialect.Neighbor) { n.PeerGroup = "a\nno router bgp 1" }},
		{"second line in the password", "password", "", func(n *dialect.Neighbor) { n.Password = "geheim\nreload" }},
		{"two words of password", "password", "", func(n *dialect.Neighbor) { n.Password = "geheim 2" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := good
			tt.change(&n)
			for _, name := range names {
				// On Junos the local AS is not part of the lines.
				if name == "juniper_junos" && tt.field == "source_asn" {
					continue
				}
				lines, err := lookup(t, name).Change(n)
				var v *dialect.ValueError
				if !errors.As(err, &v) || lines != nil {
					t.Fatalf("%s: %v, %v", name, lines, err)
				}
				if v.Field != tt.field || v.Value != tt.value || v.Reason == "" {
					t.Errorf("%s: refused %q %q: %s", name, v.Field, v.Value, v.Reason)
				}
				if strings.Contains(err.Error(), "geheim") || strings.ContainsAny(err.Error(), "\n\x00") {
					t.Errorf("%s: the error shows too much", name)
				}
			}
		})
	}
}

func TestPrefixLimitOfThePlatform(t *testing.T) {
	t.Parallel()
	n := neighbors[0].Neighbor
	n.MaximumPrefixes = 4294967295
	for name, taken := range map[string]bool{"cisco_iosxe": false, "arista_eos": false, "frrouting": true, "juniper_junos": true} {
		_, err := lookup(t, name).Add(n)
		var v *dialect.ValueError
		if taken != (err == nil) || (err != nil && (!errors.As(err, &v) || v.Field != "prfx_max" || v.Value != "4294967295")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNeighborHidesItsPassword(t *testing.T) {
	t.Parallel()
	n := neighbors[0].Neighbor
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if s := fmt.Sprintf(format, n); strings.Contains(s, n.Password) || !strings.Contains(s, "206.126.236.102") {
			t.Errorf("%s prints %s", format, s)
		}
		if s := fmt.Sprintf(format, &n); strings.Contains(s, n.Password) {
			t.Errorf("%s of the pointer prints %s", format, s)
		}
	}
}
