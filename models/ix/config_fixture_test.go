package ix

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// market is an exchange with two members, a service of each type, and what is
// needed to order them.
type market struct {
	t     *testing.T
	lent  *modelstest.Lent
	store *Store
	clock *modelstest.Clock
	// assignments, macs and connections are by account.
	assignments, macs, connections map[string]string
}

// eachMarket runs f on both databases.
func eachMarket(t *testing.T, f func(t *testing.T, m *market)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(1800000000)
			f(t, newMarket(t, modelstest.Lend(t, kind, clock.Now), clock))
		})
	}
}

func newMarket(t *testing.T, l *modelstest.Lent, clock *modelstest.Clock) *market {
	t.Helper()
	m := &market{
		t: t, lent: l, store: New(l.Store), clock: clock,
		assignments: map[string]string{}, macs: map[string]string{}, connections: map[string]string{},
	}
	m.exchange(func(tx *Tx) error { return m.insert(tx) })
	for _, account := range []string{"alice", "bob"} {
		contact := m.create(account, Contacts, own(account, props{"name": account, "email": account + "@example.net"}))
		m.assignments[account] = "noc-" + account
		m.exchange(func(tx *Tx) error {
			a := &RoleAssignment{Header: Header{"noc-" + account}, Role: "role:noc", Contact: contact, ManagingAccount: account, ConsumingAccount: account}
			if err := tx.Insert(RoleAssignments, a); err != nil {
				return err
			}
			return tx.db.Model(&Row{}).Where("id = ?", a.ID).Updates(&Row{ManagingAccount: account, ConsumingAccount: account}).Error
		})
		m.macs[account] = m.create(account, MACs, own(account, props{"address": "42:23:bc:8e:b8:b0"}))
	}
	return m
}

// exchange writes for the exchange itself.
func (m *market) exchange(f func(tx *Tx) error) {
	m.t.Helper()
	if err := m.store.Write(m.t.Context(), "", f); err != nil {
		m.t.Fatal(err)
	}
}

func (m *market) insert(tx *Tx) error {
	var errs []error
	add := func(c Collection, objects ...Object) {
		for _, o := range objects {
			if s := statefulOf(o); s != nil && s.State == "" {
				s.State = StateProduction
			}
			errs = append(errs, tx.Insert(c, o))
		}
	}
	for _, name := range []string{"alice", "bob", "carol"} {
		account := &Account{Header: Header{name}, Name: name, Address: &Address{Country: "DE"}, MetroAreaNetworkPresence: []string{}, ASNs: []uint32{}}
		account.BillingInformation = &BillingInformation{Name: name, Address: account.Address}
		if name == "alice" {
			account.ASNs = []uint32{64500}
		}
		add(Accounts, account)
	}
	add(Roles, &Role{Header: Header{"role:noc"}, Name: "noc", RequiredFields: []string{"email"}})
	for _, c := range []struct {
		id, account, network string
		state                State
		limit                *int
		types                []string
	}{
		{"alice-1", "alice", "man-1", StateProduction, nil, nil},
		{"alice-2", "alice", "man-1", StateProduction, new(5000), []string{"dot1q"}},
		{"alice-far", "alice", "man-2", StateProduction, nil, nil},
		{"alice-new", "alice", "man-1", StateRequested, nil, nil},
		{"bob-1", "bob", "man-1", StateProduction, nil, nil},
	} {
		connection := newConnection("").(*Connection)
		connection.ID, connection.State, connection.MetroAreaNetwork, connection.CapacityAllocationLimit = c.id, c.state, c.network, c.limit
		connection.Ownable = Ownable{ManagingAccount: c.account, ConsumingAccount: c.account}
		if c.types != nil {
			connection.VLANTypes = c.types
		}
		add(Connections, connection)
	}
	for _, objectType := range serviceTypes {
		p := &ProductOffering{
			Header: Header{"offer-" + objectType}, Typed: Typed{objectType}, ResourceType: "network_service_config", HandoverMetroAreaNetwork: "man-1",
			BandwidthMin: new(100), BandwidthMax: new(10000), ProviderVLANs: "multi", Diversity: 2,
		}
		if objectType == TypeExchangeLAN {
			p.ExchangeLANNetworkService = "lan"
		}
		add(ProductOfferings, p)
	}
	add(ProductOfferings,
		&ProductOffering{
			Header: Header{"offer-other-lan"}, Typed: Typed{TypeExchangeLAN}, HandoverMetroAreaNetwork: "man-1", ExchangeLANNetworkService: "another",
		},
		&ProductOffering{Header: Header{"offer-single"}, Typed: Typed{TypeCloud}, HandoverMetroAreaNetwork: "man-1", ProviderVLANs: "single"},
		&ProductOffering{Header: Header{"offer-stray"}, Typed: Typed{TypeCloud}, HandoverMetroAreaNetwork: "man-1", ProviderVLANs: "multi"},
		&ProductOffering{
			Header: Header{"offer-late"}, Typed: Typed{TypeExchangeLAN}, HandoverMetroAreaNetwork: "man-1", ExchangeLANNetworkService: "lan",
			OrderableNotBefore: new("2999-01-01T00:00:00Z"),
		})
	lan := newService(TypeExchangeLAN).(*NetworkService)
	lan.ID, lan.SubnetV4, lan.SubnetV6, lan.PeeringDBIXID = "lan", new("192.0.2.0/24"), new("2001:db8:2::/64"), new(42)
	lan.NSCRequiredContactRoles, lan.MetroAreaNetwork = []string{"role:noc"}, "man-1"
	add(NetworkServices, lan)
	for _, s := range []struct {
		id, objectType string
		public         bool
	}{
		{"p2p", TypeP2P, false}, {"p2mp", TypeP2MP, false}, {"closed", TypeMP2MP, false}, {"open", TypeMP2MP, true}, {"cloud", TypeCloud, false},
	} {
		service := newService(s.objectType).(*NetworkService)
		service.ID, service.Public, service.ProductOffering, service.Diversity = s.id, s.public, "offer-"+s.objectType, 2
		service.NSCProductOfferings = []string{"offer-" + s.objectType, "offer-single"}
		service.Ownable, service.JoiningMemberAccount = Ownable{ManagingAccount: "alice", ConsumingAccount: "alice"}, "bob"
		service.BillingAccount = "alice"
		add(NetworkServices, service)
	}
	for _, f := range []NetworkFeature{
		{Header: Header{"rs-1"}, Required: true, AddressFamilies: []string{FamilyIPv4, FamilyIPv6}, IPv4: new("192.0.2.3"), IPv6: new("2001:db8:2::3")},
		{Header: Header{"rs-4"}, AddressFamilies: []string{FamilyIPv4}, IPv4: new("192.0.2.254")},
		{Header: Header{"rs-6"}, AddressFamilies: []string{FamilyIPv6}},
	} {
		f.NetworkService, f.SessionMode, f.AvailableBGPSessionTypes, f.ASN = "lan", "public", []string{"passive"}, 64999
		f.NFCRequiredContactRoles = []string{"role:noc"}
		f.Flags = []FeatureFlag{{Name: "RPKI", Mandatory: true}, {Name: "BLACKHOLE"}}
		f.Typed = Typed{TypeRouteServer}
		add(NetworkFeatures, &f)
	}
	for i, p := range []struct{ v4, v6 string }{{"192.0.2.2", "2001:db8:2::2"}, {"192.0.2.4", "2001:db8:2::4"}} {
		asn := uint32(64500 + i)
		errs = append(errs, tx.DB().Create(&models.Port{ID: uint64(i + 1), NetworkID: 1, ExchangeID: 42, ASN: &asn, IPv4: &p.v4, IPv6: &p.v6}).Error)
	}
	return errors.Join(errs...)
}

// props are what a caller sends.
type props map[string]any

func (b props) raw(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	out := map[string]json.RawMessage{}
	for name, value := range b {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = text
	}
	return out
}

// with are props with other values; absent drops one.
func (b props) with(change props) props {
	out := maps.Clone(b)
	for name, value := range change {
		if value == absent {
			delete(out, name)
			continue
		}
		out[name] = value
	}
	return out
}

type absence struct{}

// absent as a value of with drops a property.
var absent = absence{}

func own(account string, b props) props {
	return b.with(props{"managing_account": account, "consuming_account": account})
}

// create creates an object and returns its id.
func (m *market) create(account string, c Collection, b props) string {
	m.t.Helper()
	item, err := m.store.Create(m.t.Context(), account, c, b.raw(m.t))
	if err != nil {
		m.t.Fatalf("create in %s: %v", c, err)
	}
	return item.ID
}

// lan is an order of the exchange LAN.
func (m *market) lan(account string) props {
	return m.order(account, TypeExchangeLAN, "lan").with(props{"asns": []int{64496}, "macs": []string{m.macs[account]}, "listed": true})
}

// order is an order of a service on the first connection of an account.
func (m *market) order(account, objectType, service string) props {
	return own(account, props{
		"type": objectType, "network_service": service, "billing_account": account, "product_offering": "offer-" + objectType,
		"connection": account + "-1", "vlan_config": props{"vlan_type": "dot1q"}, "role_assignments": []string{m.assignments[account]},
	})
}

// steps takes steps until all that can go on has settled, a second each.
func (m *market) steps() {
	m.t.Helper()
	for range 12 {
		m.step()
	}
}

func (m *market) step() {
	m.t.Helper()
	m.clock.Advance(time.Second)
	if _, err := m.store.Step(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

func (m *market) read(account string, c Collection, id string) map[string]any {
	m.t.Helper()
	item, err := m.store.Read(m.t.Context(), account, c, id)
	if err != nil {
		m.t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(item.Document, &o); err != nil {
		m.t.Fatal(err)
	}
	return o
}

func object[T Object](m *market, c Collection, id string) T {
	m.t.Helper()
	var o T
	m.exchange(func(tx *Tx) (err error) {
		o, err = get[T](tx, c, id)
		return err
	})
	return o
}

// problemOf is the type of a problem and its properties.
func problemOf(err error) string {
	if err == nil {
		return ""
	}
	var p *Problem
	if !errors.As(err, &p) {
		return err.Error()
	}
	words := []string{strings.TrimSuffix(strings.TrimPrefix(p.Type, ProblemBase), ".html")}
	var names []string
	for _, property := range p.Properties {
		names = append(names, property.Name)
	}
	slices.Sort(names)
	return strings.Join(append(words, names...), " ")
}

func wantProblem(t *testing.T, err error, want string) {
	t.Helper()
	if got := problemOf(err); got != want {
		t.Errorf("problem %q, want %q (%v)", got, want, err)
	}
}
