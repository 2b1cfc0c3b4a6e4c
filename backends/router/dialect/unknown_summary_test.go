package dialect_test

import (
	"errors"
	"strings"
	"testing"

	"provision-gateway/backends/router/dialect"
)

// TestCutSummary cuts the outputs at the end of each line: what is not whole
// must not pass for a router with fewer sessions where that can be seen.
func TestCutSummary(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		platform, file string
		others         []string
	}{
		{"cisco_nxos", "nxos-ipv4", []string{"BGP summary information for VRF default, address family IPv6 Unicast"}},
		{"juniper_junos", "junos-families", nil},
		{"arista_eos", "eos-ipv4", []string{`{"vrfs":{}}`}},
		{"frrouting", "frr", nil},
	} {
		t.Run(tt.platform, func(t *testing.T) {
			t.Parallel()
			d := lookup(t, tt.platform)
			text := captured(t, tt.file)
			whole, err := d.ParseSummary(append([]string{text}, tt.others...))
			if err != nil {
				t.Fatal(err)
			}
			refused := 0
			for i, c := range text {
				if c != '\n' {
					continue
				}
				list, err := d.ParseSummary(append([]string{text[:i]}, tt.others...))
				if err != nil {
					refused++
				} else if len(list) != len(whole) && strings.Contains(text[:i], "Neighbor  ") {
					t.Errorf("%d of %d sessions after %q", len(list), len(whole), text[:i])
				}
			}
			if refused == 0 {
				t.Error("no cut was noticed")
			}
		})
	}
}

func TestNoNeighbors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		platform string
		outputs  []string
	}{
		{"frrouting", []string{"{\n}\n"}},
		{"frrouting", []string{`{"ipv4Unicast":{"as":65001,"peers":{}}}`}},
		{"cisco_iosxe", []string{"% BGP not active\n", "% BGP not active\n"}},
		{"cisco_iosxe", []string{"BGP router identifier 192.0.2.1, local AS number 65000\nBGP table version is 1, main routing table version 1\n", ""}},
		{"cisco_iosxr", []string{"Sun Oct 16 13:02:20.671 UTC\n% None of the requested address families are configured for instance 'default'(29261)\n", "% BGP instance 'default' not active\n"}},
		{"cisco_nxos", []string{captured(t, "nxos-ipv6"), captured(t, "nxos-ipv6")}},
		{"arista_eos", []string{`{"vrfs": {}}`, "% BGP inactive\n"}},
		{"juniper_junos", []string{"BGP is not running\n"}},
		{"juniper_junos", []string{"Groups: 0 Peers: 0 Down peers: 0\n"}},
	} {
		if list, err := lookup(t, tt.platform).ParseSummary(tt.outputs); err != nil || list == nil || len(list) != 0 {
			t.Errorf("%s: %v, %v of %q", tt.platform, list, err, tt.outputs)
		}
	}
}

func TestUnknownSummary(t *testing.T) {
	t.Parallel()
	const head = "BGP router identifier 192.0.2.1, local AS number 65000\nNeighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n"
	const junos = "Groups: 1 Peers: 1 Down peers: 0\nPeer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...\n"
	any := []string{"", " \n", "hello", "% Invalid input detected at '^' marker.", "bgpd is not running", "null", "[]", `""`, "{", "1", "--More--", "error: command is not valid"}
	cases := map[string][]string{
		"cisco_iosxe": {
			head + "192.0.2.2 4 65002 1 2 3 4 5 never", head + "192.0.2.2", head + "192.0.2.2 4 65002 1 2 3 4 5 never Sleeping",
			head + "192.0.2.2 4 65536.1 1 2 3 4 5 never Idle", head + "192.0.2.2 4 4294967296 1 2 3 4 5 never Idle",
			head + "eth0 4 65002 1 2 3 4 5 never Idle", head + "192.0.2.2 4 65002 1 2 3 4 5 never 4294967296",
			head + "192.0.2.2 4 65002\n192.0.2.3 4 65002 1 2 3 4 5 never Idle", head + "<cut>",
			"BGP router identifier 192.0.2.1, local AS number 4294967296\n",
		},
		"frrouting": {
			`{"ipv4Unicast":{}}`, `{"ipv4Unicast":[]}`, `{"warning":"x"}`, `{"ipv4Unicast":{"as":1,"peers":{"x":{"remoteAs":1,"state":"Idle"}}}}`,
			`{"ipv4Unicast":{"as":1,"peers":{"192.0.2.2":{"state":"Idle"}}}}`, `{"ipv4Unicast":{"peers":{"192.0.2.2":{"remoteAs":1,"state":"Idle"}}}}`,
			`{"ipv4Unicast":{"as":1,"peers":{"192.0.2.2":{"remoteAs":1,"state":"Sleeping"}}}}`, `{} trailing`,
			`{"ipv4Unicast":{"as":1,"peers":{"192.0.2.2":{"remoteAs":1,"state":"Idle","pfxRcd":-1}}}}`,
		},
		"arista_eos": {`{}`, `{"errors":["x"]}`, `{"vrfs":[]}`, `{"vrfs":{"default":{"asn":"1","peers":{"x":{"asn":"1","peerState":"Idle"}}}}}`},
		"juniper_junos": {
			junos, junos + "192.0.2.2 65002 1 2 3 4 5 Sleeping", junos + "192.0.2.2", junos + "eth0 65002 1 2 3 4 5 Idle",
			junos + "192.0.2.2 65002 1 2 3 4 5 0/4294967296/0", strings.TrimPrefix(junos, "Groups: 1 Peers: 1 Down peers: 0\n") + "192.0.2.2 65002 1 2 3 4 5 Idle",
		},
		"cisco_iosxr": nil,
		"cisco_nxos":  {"BGP summary information for VRF red, address family IPv4 Unicast\n"},
	}
	for name, own := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := lookup(t, name)
			for _, output := range append(append([]string(nil), any...), own...) {
				outputs := make([]string, len(d.SummaryCommands()))
				for i := range outputs {
					outputs[i] = output
				}
				if list, err := d.ParseSummary(outputs); !errors.Is(err, dialect.ErrOutput) || list != nil {
					t.Errorf("%q: %v, %v", output, list, err)
				}
			}
			if _, err := d.ParseSummary(make([]string, 5)); !errors.Is(err, dialect.ErrOutput) {
				t.Errorf("five outputs: %v", err)
			}
		})
	}
}

func FuzzParseSummary(f *testing.F) {
	for _, tt := range summaries {
		f.Add(captured(f, tt.files[0]), captured(f, tt.files[len(tt.files)-1]))
	}
	states := map[string]bool{"idle": true, "connect": true, "active": true, "opensent": true, "openconfirm": true, "established": true}
	f.Fuzz(func(t *testing.T, one, two string) {
		for _, name := range names {
			d := lookup(t, name)
			list, err := d.ParseSummary([]string{one, two}[:len(d.SummaryCommands())])
			if err != nil {
				if list != nil || !errors.Is(err, dialect.ErrOutput) || len(err.Error()) > 1000 {
					t.Fatalf("%s: %v, %v", name, list, err)
				}
				continue
			}
			if len(list) == 0 && strings.TrimSpace(one+two) == "" {
				t.Fatalf("%s: nothing is taken for no sessions", name)
			}
			for i, s := range list {
				if !s.Address.IsValid() || s.Address.Zone() != "" || s.Address.Is4In6() || !states[s.State] {
					t.Fatalf("%s: %s", name, show(s))
				}
				if s.PrefixesReceived != nil && s.State != dialect.Established {
					t.Fatalf("%s: prefixes of a session that is not up: %s", name, show(s))
				}
				if i > 0 && !list[i-1].Address.Less(s.Address) {
					t.Fatalf("%s: %s after %s", name, s.Address, list[i-1].Address)
				}
			}
		}
	})
}
