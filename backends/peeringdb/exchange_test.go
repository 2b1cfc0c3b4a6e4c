package peeringdb

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/models"
)

func TestExchange(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	tests := []struct {
		name, row string
		want      models.Exchange
		notes     []Note
	}{
		{"every column", `{"id":31,"org_id":1,"name":"Example-IX","aka":"ignored","name_long":"Example Exchange","city":"Sampleton","country":"DE",
			"region_continent":"Middle East","media":"Multiple","notes":"ignored","proto_unicast":true,"proto_multicast":true,"proto_ipv6":true,"website":"https://ix.example.net/",
			"url_stats":"https://ix.example.net/s","tech_email":"noc@example.net","tech_phone":"+1-555-0100","policy_email":"p@example.net","policy_phone":"+1-555-0101"}`,
			models.Exchange{ID: 31, Name: "Example-IX", NameLong: to("Example Exchange"), City: to("Sampleton"), Country: to("DE"), RegionContinent: to("Middle East"),
				Media: to("Multiple"), Website: to("https://ix.example.net/"), URLStats: to("https://ix.example.net/s"), TechEmail: to("noc@example.net"),
				TechPhone: to("+1-555-0100"), PolicyEmail: to("p@example.net"), PolicyPhone: to("+1-555-0101"), ProtoUnicast: true, ProtoMulticast: true, ProtoIPv6: true}, nil},
		{"nothing", `{"id":31}`, models.Exchange{ID: 31}, nil},
		{"empty", `{"id":31,"name":"","city":"","tech_email":"","media":"","proto_ipv6":null}`, models.Exchange{ID: 31}, nil},
		{"long", `{"id":31,"name":"` + long + `","policy_email":"` + long + `"}`, models.Exchange{ID: 31, Name: long[:255]},
			[]Note{{"name cut to 255 characters", "had 256"}, {"policy_email longer than 255 characters, dropped", ""}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := decode[IX](t, test.row).Exchange()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkNotes(t, notes, test.notes...)
			checkFits(t, got, err)
		})
	}
}

func TestExchangePrefix(t *testing.T) {
	t.Parallel()
	tests := []struct {
		prefix, protocol, want string
		notes                  []Note
		refused                string
	}{
		{prefix: `"192.0.2.0/24"`, protocol: "IPv4", want: "192.0.2.0/24"},
		{prefix: `"2001:DB8:0:0::/64"`, protocol: "IPv6", want: "2001:db8::/64"},
		{prefix: `"192.0.2.9/24"`, protocol: "IPv4", want: "192.0.2.0/24", notes: []Note{{"prefix has host bits, cleared", `"192.0.2.9/24"`}}},
		{prefix: `"192.0.2.0"`, refused: `prefix is not an address prefix: "192.0.2.0"`},
		{prefix: `"::ffff:192.0.2.0/120"`, refused: `prefix is not an address prefix: "::ffff:192.0.2.0/120"`},
		{prefix: `""`, refused: `prefix is not an address prefix: ""`},
		{prefix: `null`, refused: `prefix is not an address prefix: ""`},
	}
	for _, test := range tests {
		t.Run(test.prefix, func(t *testing.T) {
			t.Parallel()
			// The protocol that the row names is the wrong one each time.
			got, notes, err := decode[IXPfx](t, fmt.Sprintf(`{"id":4,"ixlan_id":5,"protocol":"IPX","prefix":%s}`, test.prefix)).ExchangePrefix()
			var refused *models.RowError
			if test.refused != "" {
				if !errors.As(err, &refused) || refused.Error() != test.refused {
					t.Errorf("error %v, want %s", err, test.refused)
				}
				return
			}
			if want := (models.ExchangePrefix{ID: 4, ExchangeID: 5, Protocol: test.protocol, Prefix: test.want}); got != want || err != nil {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			checkNotes(t, notes, test.notes...)
		})
	}
}
