package ix

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// A configuration gets the addresses that PeeringDB knows of its network, both of
// the same port, and never those of somebody else.
func TestAddressesOfPeeringDB(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		asns := func(account string, numbers ...uint32) {
			m.exchange(func(tx *Tx) error {
				a, err := get[*Account](tx, Accounts, account)
				if err != nil {
					return err
				}
				a.ASNs = numbers
				return tx.Save(Accounts, a)
			})
		}
		asns("alice", 64510, 64511)
		asns("carol", 64512)
		modelstest.Put(t, m.lent.Store, models.Network{ID: 13, ASN: new(uint32(64513)), Name: "Nobody's"})
		m.exchange(func(tx *Tx) error {
			for i, p := range []models.Port{
				{ASN: new(uint32(64510)), IPv4: new("198.51.100.9"), IPv6: new("2001:db8:ff::9")},
				{ASN: new(uint32(64510)), IPv4: new("192.0.2.21")},
				{ASN: new(uint32(64510)), IPv6: new("2001:db8:2::22")},
				{ASN: new(uint32(64510)), IPv4: new("192.0.2.20"), IPv6: new("2001:db8:2::20")},
				{ASN: new(uint32(64511)), IPv4: new("192.0.2.30"), IPv6: new("2001:db8:2::30")},
				{ASN: new(uint32(64512)), IPv4: new("192.0.2.40"), IPv6: new("2001:db8:2::40")},
				{NetworkID: 13, IPv4: new("192.0.2.50"), IPv6: new("2001:db8:2::50")},
				{ASN: new(uint32(64510)), IPv4: new("192.0.2.60"), IPv6: new("2001:db8:2::60"), GoneAt: new(int64(1))},
			} {
				p.ID, p.ExchangeID = uint64(100+i), 42
				if err := tx.db.Create(&p).Error; err != nil {
					return err
				}
			}
			return nil
		})
		for _, order := range []struct {
			name, account string
			asns          []uint32
			want          string
		}{
			{"the port with both families", "alice", []uint32{64510}, "192.0.2.20 2001:db8:2::20"},
			{"ports of a family each", "alice", []uint32{64510}, "192.0.2.21 2001:db8:2::22"},
			{"none is left, another network's is kept for it", "alice", []uint32{64510}, "192.0.2.5 2001:db8:2::5"},
			{"the other network of the account", "alice", []uint32{64511}, "192.0.2.30 2001:db8:2::30"},
			{"of another account", "alice", []uint32{64512}, "192.0.2.6 2001:db8:2::6"},
			{"of another account, by one without numbers", "bob", []uint32{64512}, "192.0.2.7 2001:db8:2::7"},
			{"of no account, by one with numbers", "alice", []uint32{64513}, "192.0.2.8 2001:db8:2::8"},
			{"of no account, by one without numbers, the number being the network's", "bob", []uint32{64513}, "192.0.2.50 2001:db8:2::50"},
			{"without a number", "bob", []uint32{}, "192.0.2.9 2001:db8:2::9"},
			{"of the account that manages it", "bob", []uint32{64512}, "192.0.2.40 2001:db8:2::40"},
		} {
			if strings.HasPrefix(order.name, "of the account that") {
				m.exchange(func(tx *Tx) error {
					a, err := get[*Account](tx, Accounts, "bob")
					if err != nil {
						return err
					}
					a.ManagingAccount = new("carol")
					return tx.Save(Accounts, a)
				})
			}
			id := m.create(order.account, NetworkServiceConfigs, m.lan(order.account).with(props{"asns": order.asns}))
			m.steps()
			var got []string
			for _, ip := range object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).IPs {
				got = append(got, object[*IPAddress](m, IPs, ip).Address)
			}
			if strings.Join(got, " ") != order.want {
				t.Errorf("%s: %s, want %s", order.name, got, order.want)
			}
		}
	})
}

func TestAddressPlan(t *testing.T) {
	t.Parallel()
	v4, v6 := netip.MustParsePrefix("192.0.2.0/29"), netip.MustParsePrefix("2001:db8::/125")
	port := func(texts ...string) knownPort {
		p := knownPort{}
		for _, text := range texts {
			a := netip.MustParseAddr(text)
			p[version(a)] = a
		}
		return p
	}
	for _, test := range []struct {
		name       string
		own, spare []knownPort
		taken      string
		has        knownPort
		want       string
	}{
		{"nothing known", nil, nil, "", nil, "2 3 4 5 6, 2 3 4 5 6"},
		{"the router's place", []knownPort{port("192.0.2.1", "2001:db8::1")}, nil, "", nil, "1 2 3 4 5 6, 1 2 3 4 5 6"},
		{"no host", []knownPort{port("192.0.2.0", "2001:db8::"), port("192.0.2.7", "2001:db8::7")}, nil, "", nil, "2 3 4 5 6, 2 3 4 5 6"},
		{"one half is taken", []knownPort{port("192.0.2.3", "2001:db8::3"), port("192.0.2.5", "2001:db8::5")}, nil, "192.0.2.3", nil, "5 2 4 6, 5 2 4 6 3"},
		{"one half is had", []knownPort{port("192.0.2.3", "2001:db8::3"), port("192.0.2.5", "2001:db8::5")}, nil, "192.0.2.5", port("192.0.2.5"), "2 4 6 3, 5 2 4 6 3"},
		{"spare ones come last", nil, []knownPort{port("192.0.2.2", "2001:db8::4")}, "", nil, "3 4 5 6 2, 2 3 5 6 4"},
		{"a port of one family", []knownPort{port("192.0.2.6")}, nil, "", nil, "6 2 3 4 5, 2 3 4 5 6"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plan := &addressPlan{reserved: map[netip.Addr]bool{}, own: test.own, spare: test.spare}
			taken := map[string]string{}
			if test.taken != "" {
				taken[test.taken] = "somebody"
			}
			plan.choose(map[int]netip.Prefix{4: v4, 6: v6}, taken, test.has)
			var families []string
			for _, subnet := range []netip.Prefix{v4, v6} {
				var hosts []string
				seen := map[netip.Addr]bool{}
				for a := range plan.addresses(subnet) {
					// One that was tried in vain may come again.
					if !seen[a] {
						octets := a.AsSlice()
						hosts = append(hosts, fmt.Sprint(octets[len(octets)-1]&7))
					}
					seen[a] = true
				}
				families = append(families, strings.Join(hosts, " "))
			}
			if got := strings.Join(families, ", "); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
