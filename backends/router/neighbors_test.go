package router

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

// table is a list as Cisco's platforms show it.
func table(head, address string) string {
	return "BGP router identifier 192.0.2.1, local AS number 64500\nBGP table version is 7\n\n" + head + "\n" +
		fmt.Sprintf("%-16s", address) + "4        64501      10      11        7    0    0 01:02:03        5\n"
}

const ciscoHead = "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd"

// summaries are the outputs of a router with one session for each address
// family.
var summaries = map[string]map[string]string{
	"cisco_iosxe": {
		"show bgp ipv4 unicast summary": table(ciscoHead, "192.0.2.9"),
		"show bgp ipv6 unicast summary": table(ciscoHead, "2001:DB8::9"),
	},
	"cisco_iosxr": {
		"show bgp ipv4 unicast summary": table("Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd", "192.0.2.9"),
		"show bgp ipv6 unicast summary": table("Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd", "2001:db8::9"),
	},
	"cisco_nxos": {
		"show bgp ipv4 unicast summary": table(ciscoHead, "192.0.2.9"),
		"show bgp ipv6 unicast summary": table(ciscoHead, "2001:db8::9"),
	},
	"arista_eos": {
		"show ip bgp summary | json":   `{"vrfs": {"default": {"asn": "64500", "peers": {` + "\n" + `"192.0.2.9": {"asn": "64501", "peerState": "Established", "prefixReceived": 5}}}}}`,
		"show ipv6 bgp summary | json": `{"vrfs": {"default": {"asn": "64500", "peers": {` + "\n" + `"2001:db8::9": {"asn": "64501", "peerState": "Established", "prefixReceived": 5}}}}}`,
	},
	"frrouting": {
		"show bgp summary json": `{` + "\n" + `"ipv4Unicast":{"as":64500,"peers":{"192.0.2.9":{"remoteAs":64501,"state":"Established","pfxRcd":5}}},` + "\n" +
			`"ipv6Unicast":{"as":64500,"peers":{"2001:db8::9":{"remoteAs":64501,"state":"Established","pfxRcd":5}}}}`,
	},
	"juniper_junos": {
		"show bgp summary": "Groups: 2 Peers: 2 Down peers: 0\n" +
			"Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...\n" +
			"192.0.2.9             64501         10         11       0       0     1:02:03 5/5/5/0              0/0/0/0\n" +
			"2001:db8::9           64501         10         11       0       0     1:02:03 Establ\n  inet6.0: 5/5/5/0\n",
	},
}

func TestNeighbors(t *testing.T) {
	t.Parallel()
	for _, platform := range dialect.Names() {
		for manner, options := range map[string]routerfake.Options{"plain": {}, "in pages": {Page: 2}} {
			t.Run(platform+" "+manner, func(t *testing.T) {
				t.Parallel()
				outputs := summaries[platform]
				options.Platform = platform
				options.Answer = func(line string) *routerfake.Answer {
					if text, known := outputs[line]; known {
						return &routerfake.Answer{Text: text}
					}
					return nil
				}
				r := routerfake.New(t, options)
				b, log := newBackend(patient())
				list, err := b.Neighbors(t.Context(), accessTo(r, platform))
				if err != nil {
					t.Fatalf("%v\n%s", err, log)
				}
				var got []string
				for _, s := range list {
					got = append(got, fmt.Sprint(s.Address, " ", s.RemoteASN, " ", s.State, " ", *s.PrefixesReceived))
				}
				if want := []string{"192.0.2.9 64501 established 5", "2001:db8::9 64501 established 5"}; !slices.Equal(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
				if r.Logins() != 1 {
					t.Errorf("%d logins", r.Logins())
				}
				wantGone(t, r)
			})
		}
	}
}

// A list of thousands of sessions comes in many pieces.
func TestLongList(t *testing.T) {
	t.Parallel()
	const sessions = 3000
	var text strings.Builder
	text.WriteString(table(ciscoHead, "192.0.2.9"))
	for i := 1; i < sessions; i++ {
		fmt.Fprintf(&text, "%-16s4        64501      10      11        7    0    0 01:02:03        5\n", fmt.Sprintf("10.0.%d.%d", i/250, i%250+1))
	}
	r := routerfake.New(t, routerfake.Options{Page: 100, Answer: func(line string) *routerfake.Answer {
		if line == "show bgp ipv4 unicast summary" {
			return &routerfake.Answer{Text: text.String()}
		}
		return nil
	}})
	b, _ := newBackend(patient())
	list, err := b.Neighbors(t.Context(), accessTo(r, ""))
	if err != nil || len(list) != sessions {
		t.Errorf("%d sessions, error %v", len(list), err)
	}
}

func TestListNotUnderstood(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Platform: "frrouting", Answer: func(line string) *routerfake.Answer {
		if strings.HasPrefix(line, "show") {
			return &routerfake.Answer{Text: "bgpd is not running"}
		}
		return nil
	}})
	b, _ := newBackend(patient())
	_, err := b.Neighbors(t.Context(), accessTo(r, "frrouting"))
	wantFailure(t, err, models.Internal, "Router edge1 lists its sessions in a way that is not understood: ", false)
}
