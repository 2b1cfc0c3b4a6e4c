package ix

import (
	"encoding/json"
	"testing"
)

func TestRulesOfConfigurations(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		m.exchange(func(tx *Tx) error {
			return tx.Insert(MemberJoiningRules, &MemberJoiningRule{Typed: Typed{RuleDeny}, ManagingAccount: "alice", ConsumingAccount: "bob", NetworkService: "open"})
		})
		vlan := func(b props) props { return props{"vlan_config": b} }
		cloud := m.order("alice", TypeCloud, "cloud").with(props{"handover": 1})
		for _, test := range []struct {
			name   string
			order  props
			change props
			want   string
		}{
			{"all is well", m.lan("alice"), nil, ""},
			{"no type", m.lan("alice"), props{"type": absent}, "validation-error type"},
			{"an unknown type", m.lan("alice"), props{"type": "bridge"}, "validation-error type"},
			{"another type", m.lan("alice"), props{"type": TypeMP2MP}, "validation-error type"},
			{"no service", m.lan("alice"), props{"network_service": absent}, "validation-error network_service"},
			{"a hidden service", m.order("bob", TypeCloud, "cloud"), props{"handover": 1}, "validation-error network_service"},
			{"no offering of a LAN", m.lan("alice"), props{"product_offering": nil}, "validation-error product_offering"},
			{"an offering of another LAN", m.lan("alice"), props{"product_offering": "offer-other-lan"}, "validation-error product_offering"},
			{"an offering of another type", m.lan("alice"), props{"product_offering": "offer-p2p_vc"}, "validation-error product_offering"},
			{"an offering of another service", cloud, props{"product_offering": "offer-stray"}, "validation-error product_offering"},
			{"an offering of the future", m.lan("alice"), props{"product_offering": "offer-late"}, "validation-error product_offering"},
			{"the offering of the service", m.order("alice", TypeMP2MP, "open"), props{"product_offering": absent}, ""},
			{"no connection", m.lan("alice"), props{"connection": absent}, "validation-error connection"},
			{"the connection of another", m.lan("alice"), props{"connection": "bob-1"}, "validation-error connection"},
			{"a connection elsewhere", m.lan("alice"), props{"connection": "alice-far"}, "validation-error connection"},
			{"a connection that is not there yet", m.lan("alice"), props{"connection": "alice-new"}, "validation-error connection"},
			{"another's account", m.lan("alice"), props{"managing_account": "bob"}, "validation-error managing_account"},
			{"another's payment", m.lan("alice"), props{"billing_account": "bob"}, "validation-error billing_account"},
			{"no contact", m.lan("alice"), props{"role_assignments": absent}, "validation-error role_assignments"},
			{"another's contact", m.lan("alice"), props{"role_assignments": []string{m.assignments["bob"]}}, "validation-error role_assignments"},
			{"no hardware address", m.lan("alice"), props{"macs": absent}, "validation-error macs"},
			{"another's hardware address", m.lan("alice"), props{"macs": []string{m.macs["bob"]}}, "validation-error macs"},
			{"AS 0", m.lan("alice"), props{"asns": []int{0}}, "validation-error asns"},
			{"no AS number", m.lan("alice"), props{"asns": absent, "listed": absent}, ""},
			{"too little", m.lan("alice"), props{"capacity": 99}, "validation-error capacity"},
			{"too much", m.lan("alice"), props{"capacity": 10001}, "validation-error capacity"},
			{"nothing", m.order("alice", TypeMP2MP, "open"), props{"product_offering": absent, "capacity": 0}, "validation-error capacity"},
			{"more than the connection", m.lan("alice"), props{"connection": "alice-2", "capacity": 5001}, "validation-error capacity"},
			{"no VLAN", m.lan("alice"), props{"vlan_config": absent}, "validation-error vlan_config"},
			{"an unknown VLAN type", m.lan("alice"), vlan(props{"vlan_type": "vxlan"}), "validation-error vlan_config"},
			{"a VLAN type that is not offered", m.lan("alice"), vlan(props{"vlan_type": "qinq", "inner_vlan": 5}).with(props{"connection": "alice-2", "capacity": 100}), "validation-error vlan_config"},
			{"VLAN 0", m.lan("alice"), vlan(props{"vlan_type": "dot1q", "vlan": 0}), "validation-error vlan_config"},
			{"VLAN 4095", m.lan("alice"), vlan(props{"vlan_type": "dot1q", "vlan": 4095}), "validation-error vlan_config"},
			{"an ethertype that is not offered", m.lan("alice"), vlan(props{"vlan_type": "dot1q", "vlan_ethertype": "0x9100"}), "validation-error vlan_config"},
			{"an unknown ethertype", m.lan("alice"), vlan(props{"vlan_type": "dot1q", "vlan_ethertype": "0x0800"}), "validation-error vlan_config"},
			{"no inner VLAN", m.lan("alice"), vlan(props{"vlan_type": "qinq", "outer_vlan": 5}), "validation-error vlan_config"},
			{"a VLAN that is text", m.lan("alice"), vlan(props{"vlan_type": "dot1q", "vlan": "5"}), "validation-error vlan_config"},
			{"the whole port of others", m.lan("alice"), vlan(props{"vlan_type": "port"}), "validation-error vlan_config"},
			{"no handover", cloud, props{"handover": absent}, "validation-error handover"},
			{"a handover beyond the diversity", cloud, props{"handover": 3}, "validation-error handover"},
			{"a VLAN of the provider that cannot be", cloud, props{"cloud_vlan": 4095}, "validation-error cloud_vlan"},
			{"a VLAN of a provider with one", cloud, props{"cloud_vlan": 5, "product_offering": "offer-single"}, "validation-error cloud_vlan"},
			{"the first handover", cloud, nil, ""},
			{"the first handover again", cloud, nil, "validation-error cloud_vlan handover"},
			{"the first handover with a VLAN", cloud, props{"cloud_vlan": 7}, ""},
			{"the same VLAN again", cloud, props{"cloud_vlan": 7}, "validation-error cloud_vlan handover"},
			{"the second handover", cloud, props{"handover": 2}, ""},
			{"one who was not invited", m.order("bob", TypeMP2MP, "closed"), nil, "validation-error network_service"},
			{"one who is denied", m.order("bob", TypeMP2MP, "open"), nil, "validation-error network_service"},
			{"an unknown role in a tree", m.order("alice", TypeP2MP, "p2mp"), props{"role": "trunk"}, "validation-error role"},
			{"several at once", m.lan("alice"), props{"connection": "alice-far", "macs": absent, "capacity": 1, "vlan_config": props{"vlan_type": "x"}}, "validation-error capacity connection macs vlan_config"},
		} {
			_, err := m.store.Create(t.Context(), "alice", NetworkServiceConfigs, nil)
			wantProblem(t, err, "validation-error type")
			account, _ := test.order["managing_account"].(string)
			_, err = m.store.Create(t.Context(), account, NetworkServiceConfigs, test.order.with(test.change).raw(t))
			t.Run(test.name, func(t *testing.T) { wantProblem(t, err, test.want) })
		}
	})
}

// What was accepted stays so when the service gets another offering; what is
// changed then has to fit the new one.
func TestConfigurationsOfAServiceThatChanged(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		order := m.order("alice", TypeCloud, "cloud").with(props{"handover": 2, "capacity": 500})
		named := m.create("alice", NetworkServiceConfigs, order)
		plain := m.create("alice", NetworkServiceConfigs, order.with(props{"product_offering": absent, "cloud_vlan": 7}))
		vlan := m.create("alice", NetworkServiceConfigs, order.with(props{"handover": 1, "cloud_vlan": 9}))
		whole := m.create("alice", NetworkServiceConfigs, order.with(props{"handover": 1}))
		moved := props{"product_offering": "offer-small", "connection": "alice-far", "capacity": 300}
		m.exchange(func(tx *Tx) error {
			small := &ProductOffering{
				Header: Header{"offer-small"}, Typed: Typed{TypeCloud}, HandoverMetroAreaNetwork: "man-2", ProviderVLANs: "single",
				BandwidthMax: new(400), Diversity: 1, UpgradeAllowed: true, DowngradeAllowed: true,
			}
			if err := tx.Insert(ProductOfferings, small); err != nil {
				return err
			}
			s, err := get[*NetworkService](tx, NetworkServices, "cloud")
			if err != nil {
				return err
			}
			s.ProductOffering, s.NSCProductOfferings, s.Diversity = "offer-small", []string{"offer-small"}, 1
			return tx.Save(NetworkServices, s)
		})
		for _, test := range []struct {
			name, id string
			change   props
			want     string
		}{
			{"a reference", named, props{"external_ref": "x"}, ""},
			{"its own offering", named, props{"product_offering": "offer-cloud_vc", "external_ref": "y"}, ""},
			{"an offering of the service before", named, props{"product_offering": "offer-single"}, "validation-error handover product_offering"},
			{"an offering of none", named, props{"product_offering": "offer-stray"}, "validation-error handover product_offering"},
			{"a reference without an offering", plain, props{"external_ref": "x"}, ""},
			{"its own capacity", plain, props{"capacity": 500}, ""},
			{"a capacity that is too much now", plain, props{"capacity": 450}, "validation-error capacity"},
			{"another connection elsewhere", plain, props{"connection": "alice-2"}, "validation-error connection"},
			{"a connection where the new offering is", plain, props{"connection": "alice-far"}, ""},
			{"a capacity of the new offering", plain, props{"capacity": 300}, ""},
			{"the new offering on a path that it has not", plain, props{"product_offering": "offer-small"}, "validation-error handover"},
			{"the new offering with a VLAN of the provider", vlan, moved, "validation-error cloud_vlan"},
			{"the new offering", whole, moved, ""},
		} {
			_, err := m.store.Update(t.Context(), "alice", NetworkServiceConfigs, test.id, test.change.raw(t), true)
			if got := problemOf(err); got != test.want {
				t.Errorf("%s: problem %q, want %q (%v)", test.name, got, test.want, err)
			}
		}
		_, err := m.store.Create(t.Context(), "alice", NetworkServiceConfigs, order.with(props{"cloud_vlan": 8}).raw(t))
		wantProblem(t, err, "validation-error handover product_offering")
	})
}

// A configuration shows the properties of its type, and no others.
func TestPropertiesByType(t *testing.T) {
	t.Parallel()
	optional := []string{"asns", "macs", "ips", "listed", "consumer_side_ready", "availability_zone", "shared_statistics", "role", "handover", "cloud_vlan"}
	for objectType, want := range map[string]int{TypeExchangeLAN: 7, TypeMP2MP: 3, TypeP2MP: 1, TypeP2P: 0, TypeCloud: 2} {
		c := newConfig(objectType).(*NetworkServiceConfig)
		c.VlanConfig = &VlanConfig{VlanType: VlanPort, Vlan: new(4)}
		text, err := encode(c)
		if err != nil {
			t.Fatal(err)
		}
		var document map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, name := range optional {
			if _, there := document[name]; there {
				n++
			}
		}
		if n != want || string(document["vlan_config"]) != `{"vlan_type":"port"}` || string(document["capacity"]) != "null" {
			t.Errorf("%s: %d of the optional properties, want %d: %s", objectType, n, want, text)
		}
	}
}
