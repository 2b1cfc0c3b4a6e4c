package peeringdb

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/models"
)

func TestPort(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, row string
		want      models.Port
		notes     []Note
	}{
		{"every column", `{"id":38,"net_id":2,"ix_id":13,"name":"Example-IX: LAN","ixlan_id":99,"notes":"","speed":100000,"asn":64496,"ipaddr4":"192.0.2.1",
			"ipaddr6":"2001:db8::1","is_rs_peer":true,"bfd_support":false,"operational":false,"net_side_id":null,"ix_side_id":null}`,
			models.Port{ID: 38, NetworkID: 2, ExchangeID: 13, ASN: to(uint32(64496)), IPv4: to("192.0.2.1"), IPv6: to("2001:db8::1"), Speed: 100000, RouteServerPeer: true}, nil},
		{"almost nothing", `{"id":38}`, models.Port{ID: 38, Operational: true}, nil},
		{"nulls", `{"id":38,"net_id":null,"ix_id":null,"speed":null,"asn":null,"ipaddr4":null,"ipaddr6":null,"is_rs_peer":null,"operational":null}`,
			models.Port{ID: 38, Operational: true}, nil},
		{"empty addresses", `{"id":38,"ipaddr4":"","ipaddr6":""}`, models.Port{ID: 38, Operational: true}, nil},
		{"only IPv6", `{"id":38,"ipaddr4":null,"ipaddr6":"2001:db8::1"}`, models.Port{ID: 38, IPv6: to("2001:db8::1"), Operational: true}, nil},
		{"canonical form", `{"id":38,"ipaddr4":" 192.0.2.1\n","ipaddr6":"2001:0DB8:0000:0000:0000:0000:0000:00AB"}`,
			models.Port{ID: 38, IPv4: to("192.0.2.1"), IPv6: to("2001:db8::ab"), Operational: true}, nil},
		{"exchanged", `{"id":38,"ipaddr4":"2001:db8::1","ipaddr6":"192.0.2.1"}`, models.Port{ID: 38, Operational: true},
			[]Note{{"ipaddr4 is not an IPv4 address, dropped", `"2001:db8::1"`}, {"ipaddr6 is not an IPv6 address, dropped", `"192.0.2.1"`}}},
		{"no addresses", `{"id":38,"ipaddr4":"192.0.2.400","ipaddr6":"2001:db8::g"}`, models.Port{ID: 38, Operational: true},
			[]Note{{"ipaddr4 is not an IPv4 address, dropped", `"192.0.2.400"`}, {"ipaddr6 is not an IPv6 address, dropped", `"2001:db8::g"`}}},
		{"a prefix and a zone", `{"id":38,"ipaddr4":"192.0.2.1/24","ipaddr6":"fe80::1%eth0"}`, models.Port{ID: 38, Operational: true},
			[]Note{{"ipaddr4 is not an IPv4 address, dropped", `"192.0.2.1/24"`}, {"ipaddr6 is not an IPv6 address, dropped", `"fe80::1%eth0"`}}},
		{"leading zeros and IPv4 in IPv6", `{"id":38,"ipaddr4":"192.0.2.01","ipaddr6":"::ffff:192.0.2.1"}`, models.Port{ID: 38, Operational: true},
			[]Note{{"ipaddr4 is not an IPv4 address, dropped", `"192.0.2.01"`}, {"ipaddr6 is not an IPv6 address, dropped", `"::ffff:192.0.2.1"`}}},
		{"odd numbers", `{"id":38,"speed":-1,"asn":4294967296,"net_id":-2}`, models.Port{ID: 38, Operational: true},
			[]Note{{"asn out of range, dropped", "4294967296"}, {"speed out of range, dropped", "-1"}}},
		{"fastest", `{"id":38,"speed":4294967295}`, models.Port{ID: 38, Speed: 4294967295, Operational: true}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := decode[NetIXLan](t, test.row).Port()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkNotes(t, notes, test.notes...)
			checkFits(t, got, err)
		})
	}
}
