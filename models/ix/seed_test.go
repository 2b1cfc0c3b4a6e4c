package ix

import (
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestSeedDemo(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		count := func() (n int64) {
			if err := d.Reader(t.Context()).Model(&Row{}).Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		again, err := d.SeedDemo(t.Context())
		if err != nil || again.Added || len(again.Accounts) != 0 || count() != before || !slices.Equal(again.RouteServers, []string{"nf:demo-rs1", "nf:demo-rs2"}) {
			t.Errorf("seeded again: %+v, %v; %d objects after %d", again, err, count(), before)
		}
		for _, a := range []SeededAccount{d.a, d.b} {
			if account, err := d.Authenticate(t.Context(), a.APIKey, a.APISecret); account != a.ID || err != nil {
				t.Errorf("the credential of %s is of %q, %v", a.Name, account, err)
			}
			c := d.connection(a.Connection)
			if c.State != StateProduction || len(c.Ports) != 1 || len(c.RoleAssignments) != 4 || c.ManagingAccount != a.ID {
				t.Errorf("connection of %s: %+v", a.Name, c)
			}
		}
		// An account sees itself alone, and the exchange.
		if got := d.names(Accounts, "id", nil); got != d.a.ID {
			t.Errorf("A sees the accounts %s", got)
		}
		if got := d.names(NetworkServices, "id", nil); got != demoLAN+" "+demoSmallLAN {
			t.Errorf("A sees the network services %s", got)
		}
		if got := d.names(NetworkFeatures, "name", Query{"required": {"true"}, "network_service": {demoLAN}}); got != "rs1" {
			t.Errorf("the required features are %s", got)
		}
		if got := d.names(Roles, "name", nil); got != "noc implementation peering legal" {
			t.Errorf("the roles are %s", got)
		}
		if got := d.names(RoleAssignments, "role", nil); strings.Count(got, "role:") != 4 {
			t.Errorf("A has the roles %s", got)
		}
		if idle, err := d.Idle(t.Context()); !idle || err != nil {
			t.Errorf("something is to be provisioned: %t, %v", idle, err)
		}
		key, secret, err := d.IssueCredential(t.Context(), d.a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if account, err := d.Authenticate(t.Context(), key, secret); account != d.a.ID || err != nil {
			t.Errorf("the new credential is of %q, %v", account, err)
		}
		d.write(func(tx *Tx) error {
			b, err := get[*Account](tx, Accounts, d.b.ID)
			if err != nil {
				return err
			}
			b.State = StateDecommissionRequested
			return tx.Save(Accounts, b)
		})
		for _, account := range []string{d.b.ID, "none", d.a.Connection} {
			_, _, err := d.IssueCredential(t.Context(), account)
			refused(t, err, 404, "not-found", account)
		}
	})
}

func TestSeedExchange(t *testing.T) {
	t.Parallel()
	asn, website := uint32(64505), "https://WWW.ix.example.net/about"
	text := func(s string) *string { return &s }
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		modelstest.Put(t, l.Store,
			models.Exchange{ID: 26, Name: "Example-IX", City: text("Exampleburg"), Country: text("NL"), Website: &website},
			models.Exchange{ID: 27, Name: "No prefix"}, models.Exchange{ID: 28, Name: "Gone"},
			models.Exchange{ID: 29, Name: "An exchange with a name that is much longer than forty characters"})
		modelstest.Put(t, l.Store,
			models.ExchangePrefix{ID: 1, ExchangeID: 26, Protocol: "IPv4", Prefix: "192.0.2.0/24"},
			models.ExchangePrefix{ID: 2, ExchangeID: 26, Protocol: "IPv6", Prefix: "2001:db8:1::/64"},
			models.ExchangePrefix{ID: 3, ExchangeID: 26, Protocol: "IPv4", Prefix: "198.51.100.0/24"},
			models.ExchangePrefix{ID: 4, ExchangeID: 27, Protocol: "IPv4", Prefix: "203.0.113.0/24"},
			models.ExchangePrefix{ID: 5, ExchangeID: 29, Protocol: "IPv6", Prefix: "2001:db8:9::/64"})
		other := uint32(64496)
		modelstest.Put(t, l.Store,
			models.Network{ID: 1, ASN: &asn, Name: "Example-IX Route Servers", InfoType: "Not Disclosed"},
			models.Network{ID: 2, ASN: &other, Name: "Router Services", InfoType: "NSP"})
		modelstest.Put(t, l.Store,
			models.Port{ID: 1, NetworkID: 1, ExchangeID: 26, IPv4: text("192.0.2.1"), IPv6: text("2001:db8:1::1")},
			models.Port{ID: 2, NetworkID: 1, ExchangeID: 26, ASN: &asn, IPv4: text("192.0.2.2")},
			models.Port{ID: 3, NetworkID: 1, ExchangeID: 26, ASN: &asn, IPv4: text("192.0.2.3")},
			models.Port{ID: 4, NetworkID: 2, ExchangeID: 26, ASN: &other, IPv4: text("192.0.2.4"), RouteServerPeer: true},
			models.Port{ID: 5, NetworkID: 1, ExchangeID: 27, ASN: &asn, IPv4: text("203.0.113.1")},
			models.Port{ID: 6, NetworkID: 1, ExchangeID: 26, ASN: &asn})
		for _, row := range []string{"exchanges SET gone_at = 1 WHERE id = 28", "exchange_prefixes SET gone_at = 1 WHERE id = 4", "ports SET gone_at = 1 WHERE id = 3"} {
			if _, err := l.Raw.ExecContext(t.Context(), "UPDATE "+row); err != nil {
				t.Fatal(err)
			}
		}
		s := New(l.Store)
		for id, text := range map[uint64]string{27: "no prefix of the exchange 27, No prefix, is known", 28: "no exchange has the public id 28", 99: "no exchange has the public id 99"} {
			if _, err := s.SeedExchange(t.Context(), id); err == nil || err.Error() != text {
				t.Errorf("exchange %d: %v", id, err)
			}
		}
		var objects int64
		for _, added := range []bool{true, false} {
			got, err := s.SeedExchange(t.Context(), 26)
			if err != nil || got.Added != added || got.NetworkService != "ns:ix26" || *got.SubnetV4 != "192.0.2.0/24" || *got.SubnetV6 != "2001:db8:1::/64" || len(got.RouteServers) != 2 {
				t.Errorf("seeded %+v, %v", got, err)
			}
			var n int64
			if err := l.Store.Reader(t.Context()).Model(&Row{}).Count(&n).Error; err != nil || !added && n != objects {
				t.Errorf("there are %d objects after %d, %v", n, objects, err)
			}
			objects = n
		}
		if got, err := s.SeedExchange(t.Context(), 29); err != nil || !got.Added || got.SubnetV4 != nil || len(got.RouteServers) != 0 {
			t.Errorf("seeded %+v, %v", got, err)
		}
		// The two faces share a database with the demonstration.
		if got, err := s.SeedDemo(t.Context()); err != nil || !got.Added {
			t.Errorf("seeded %+v, %v", got, err)
		}
		err := s.Write(t.Context(), "", func(tx *Tx) error {
			lan, err := get[*NetworkService](tx, NetworkServices, "ns:ix26")
			if err != nil {
				return err
			}
			if *lan.PeeringDBIXID != 26 || lan.Name != "Example-IX" || lan.State != StateProduction || lan.MetroAreaNetwork != "man:ix26" {
				t.Errorf("the LAN is %+v", lan)
			}
			if long, err := get[*NetworkService](tx, NetworkServices, "ns:ix29"); err != nil || len(long.Name) != 40 {
				t.Errorf("a long name is %q, %v", long.Name, err)
			}
			features, err := find[*NetworkFeature](tx, NetworkFeatures, "network_service = ?", lan.ID)
			if err != nil {
				return err
			}
			if f := features[0]; f.ASN != asn || *f.IPv4 != "192.0.2.1" || *f.IPv6 != "2001:db8:1::1" || f.FQDN != "rs1.ix.example.net" || f.Required || len(f.AddressFamilies) != 2 {
				t.Errorf("the first route server is %+v", f)
			}
			if f := features[1]; *f.IPv4 != "192.0.2.2" || f.IPv6 != nil || !slices.Equal(f.AddressFamilies, []string{FamilyIPv4}) {
				t.Errorf("the second route server is %+v", f)
			}
			p, err := get[*ProductOffering](tx, ProductOfferings, lan.ProductOffering)
			if err != nil || p.ExchangeLANNetworkService != lan.ID || p.HandoverMetroAreaNetwork != lan.MetroAreaNetwork {
				t.Errorf("its offering is %+v, %v", p, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
