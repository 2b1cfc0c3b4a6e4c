package models_test

import (
	"fmt"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// peeringFixture is networks 1 to 4 with AS numbers 64501 to 64504, exchanges
// 7 and 8, and ports: 1 at both, 2 at 7, 3 at 8, and 4 at none any more.
func peeringFixture(t *testing.T, l *modelstest.Lent) {
	t.Helper()
	for i, name := range []string{"Alpha", "beta", "Gamma", "delta"} {
		n := directoryNetwork(uint64(i+1), name)
		n.ASN = new(uint32(64501 + i))
		put(t, l.Store, n)
	}
	put(t, l.Store, models.Exchange{ID: 7, Name: "Seven"}, models.Exchange{ID: 8, Name: "Eight"})
	put(t, l.Store,
		models.Port{ID: 20, NetworkID: 1, ExchangeID: 7, ASN: new(uint32(64501)), IPv4: new("192.0.2.1"), IPv6: new("2001:db8::1"), Speed: 4294967295},
		models.Port{ID: 19, NetworkID: 1, ExchangeID: 7, IPv6: new("2001:db8::2"), Speed: 1000},
		models.Port{ID: 21, NetworkID: 1, ExchangeID: 8, IPv4: new("198.51.100.1")},
		models.Port{ID: 22, NetworkID: 2, ExchangeID: 7}, models.Port{ID: 23, NetworkID: 3, ExchangeID: 8, IPv4: new("198.51.100.3")},
		models.Port{ID: 24, NetworkID: 4, ExchangeID: 7, IPv4: new("192.0.2.4")},
	)
	put(t, l.Store,
		models.Contact{ID: 31, NetworkID: 1, Role: "NOC", Name: new("N"), Telephone: new("1"), Email: new("noc@example.net"), Visible: "Public"},
		models.Contact{ID: 30, NetworkID: 1, Role: "Policy", Visible: "Public"},
		models.Contact{ID: 32, NetworkID: 2, Role: "Technical", Email: new("é😀@example.net"), Visible: "Users"},
		models.Contact{ID: 33, NetworkID: 1, Role: "NOC", Email: new("gone@example.net"), Visible: "Public"},
	)
	for _, statement := range []string{"UPDATE ports SET gone_at = 1 WHERE id = 24", "UPDATE contacts SET gone_at = 1 WHERE id = 33"} {
		if _, err := l.Raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPeersAtAnExchange(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		var lines []string
		for _, exchange := range []*uint64{nil, new(uint64(7)), new(uint64(8)), new(uint64(9)), new(uint64(0))} {
			lines = append(lines, strings.Join(peers(t, l.Store, exchange), ", "))
		}
		return append(lines, strings.Join(peers(t, l.Store, new(uint64(7)), models.NumberIs("asn", 64502)), ", "),
			strings.Join(peers(t, l.Store, new(uint64(7)), models.NumberIs("asn", 64503)), ", "))
	})
	equal(t, "peers", got, []string{"1 Alpha, 2 beta, 4 delta, 3 Gamma", "1 Alpha, 2 beta", "1 Alpha, 3 Gamma", "", "", "2 beta", ""})
}

func TestPortsAndContacts(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		var lines []string
		for _, of := range []struct{ network, exchange *uint64 }{{nil, nil}, {new(uint64(1)), nil}, {nil, new(uint64(8))}, {new(uint64(1)), new(uint64(7))}, {new(uint64(4)), nil}} {
			ports, err := l.Store.PortsOf(t.Context(), of.network, of.exchange)
			if err != nil {
				t.Fatal(err)
			}
			for _, network := range []uint64{1, 2, 3, 4} {
				for _, p := range ports[network] {
					asn := "NULL"
					if p.ASN != nil {
						asn = fmt.Sprint(*p.ASN)
					}
					lines = append(lines, fmt.Sprint(p.ID, p.NetworkID, p.ExchangeID, " AS", asn, " ", p.Address, " ", p.Speed, " ", p.Protocol))
				}
			}
			lines = append(lines, "")
		}
		for _, network := range []*uint64{nil, new(uint64(2)), new(uint64(3))} {
			contacts, err := l.Store.ContactsOf(t.Context(), network)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []uint64{1, 2, 3} {
				for _, c := range contacts[id] {
					lines = append(lines, fmt.Sprint(c.ID, " ", c.Role, " ", text(c.Name), " ", text(c.Telephone), " ", text(c.Email)))
				}
			}
			lines = append(lines, "")
		}
		return lines
	})
	const six, four, both, eight, three = "19 1 7 ASNULL 2001:db8::2 1000 IPv6", "20 1 7 AS64501 192.0.2.1 4294967295 IPv4",
		"20 1 7 AS64501 2001:db8::1 4294967295 IPv6", "21 1 8 ASNULL 198.51.100.1 0 IPv4", "23 3 8 ASNULL 198.51.100.3 0 IPv4"
	equal(t, "ports and contacts", got, []string{
		six, four, both, eight, three, "", six, four, both, eight, "", eight, three, "", six, four, both, "", "",
		"30 Policy   ", "31 NOC N 1 noc@example.net", "32 Technical   é😀@example.net", "", "32 Technical   é😀@example.net", "", "",
	})
}

func TestDirectoryIsEmpty(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		check := func(when string, want bool) {
			t.Helper()
			if empty, err := l.Store.IsEmpty(t.Context()); err != nil || empty != want {
				t.Errorf("%s: empty %v, %v", when, empty, err)
			}
		}
		put(t, l.Store, models.Exchange{ID: 1})
		check("with an exchange only", true)
		put(t, l.Store, directoryNetwork(1, ""))
		check("with a network", false)
		if _, err := l.Raw.Exec("UPDATE networks SET gone_at = 1"); err != nil {
			t.Fatal(err)
		}
		check("with a network that is gone", false)
	})
}
