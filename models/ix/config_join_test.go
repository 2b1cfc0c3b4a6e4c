package ix

import (
	"fmt"
	"testing"
)

// Who may join which service, and with what capacity.
func TestJoining(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		m.exchange(func(tx *Tx) error {
			// Bob manages carol, who has joined nothing yet.
			carol, err := get[*Account](tx, Accounts, "carol")
			if err != nil {
				return err
			}
			carol.ManagingAccount = new("bob")
			if err := tx.Save(Accounts, carol); err != nil {
				return err
			}
			for _, rule := range []*MemberJoiningRule{
				{Typed: Typed{RuleAllow}, ConsumingAccount: "bob", NetworkService: "closed", CapacityMin: new(200), CapacityMax: new(1000)},
				{Typed: Typed{RuleDeny}, ConsumingAccount: "carol", NetworkService: "open"},
			} {
				rule.ManagingAccount = "alice"
				if err := tx.Insert(MemberJoiningRules, rule); err != nil {
					return err
				}
			}
			return nil
		})
		carol := props{"consuming_account": "carol"}
		for _, test := range []struct {
			name, account string
			order         props
			want          string
		}{
			{"the owner of a group", "alice", m.order("alice", TypeMP2MP, "closed"), ""},
			{"less than the rule allows", "bob", m.order("bob", TypeMP2MP, "closed").with(props{"capacity": 199}), "validation-error capacity"},
			{"more than the rule allows", "bob", m.order("bob", TypeMP2MP, "closed").with(props{"capacity": 1001}), "validation-error capacity"},
			{"as the rule allows", "bob", m.order("bob", TypeMP2MP, "closed").with(props{"capacity": 200}), ""},
			{"one whom everybody may join", "bob", m.order("bob", TypeMP2MP, "open"), ""},
			{"for one who is denied", "bob", m.order("bob", TypeMP2MP, "open").with(carol), "permission-denied"},
			{"a tree without an invitation", "bob", m.order("bob", TypeP2MP, "p2mp"), "validation-error network_service"},
			{"the A-side", "alice", m.order("alice", TypeP2P, "p2p"), ""},
			{"the A-side again", "alice", m.order("alice", TypeP2P, "p2p"), "unable-to-fulfill"},
			{"the B-side", "bob", m.order("bob", TypeP2P, "p2p"), ""},
			{"a third side", "bob", m.order("bob", TypeP2P, "p2p").with(carol), "unable-to-fulfill"},
			{"a cloud circuit of another", "bob", m.order("bob", TypeCloud, "cloud").with(props{"handover": 1}), "validation-error network_service"},
		} {
			_, err := m.store.Create(t.Context(), test.account, NetworkServiceConfigs, test.order.raw(t))
			t.Run(test.name, func(t *testing.T) { wantProblem(t, err, test.want) })
		}
	})
}

// Each side of a private circuit is taken once, whoever orders first.
func TestSidesOfACircuit(t *testing.T) {
	t.Parallel()
	const full = "unable-to-fulfill"
	eachMarket(t, func(t *testing.T, m *market) {
		for i, test := range []struct {
			name, joining string
			// users are the accounts that use what is ordered; want is how it ends.
			users, want []string
		}{
			{"the owner's customer after the owner", "bob", []string{"alice", "carol", "bob"}, []string{"", full, ""}},
			{"the owner after its customer", "bob", []string{"carol", "alice", "bob"}, []string{"", full, ""}},
			{"the owner's customer last", "bob", []string{"alice", "bob", "carol"}, []string{"", "", full}},
			{"the B-side twice", "carol", []string{"carol", "carol", "alice", "alice"}, []string{"", full, "", full}},
			{"one account as both sides", "alice", []string{"alice", "alice", "alice"}, []string{"", "", full}},
			{"both sides, and a customer", "alice", []string{"carol", "carol", "carol"}, []string{"", "", full}},
		} {
			service := fmt.Sprint("circuit-", i)
			m.exchange(func(tx *Tx) error {
				carol, err := get[*Account](tx, Accounts, "carol")
				if err != nil {
					return err
				}
				carol.ManagingAccount = new("alice")
				if err := tx.Save(Accounts, carol); err != nil {
					return err
				}
				s, err := get[*NetworkService](tx, NetworkServices, "p2p")
				if err != nil {
					return err
				}
				s.ID, s.JoiningMemberAccount = service, test.joining
				return tx.Insert(NetworkServices, s)
			})
			for n, user := range test.users {
				by := user
				if user == "carol" {
					by = "alice"
				}
				_, err := m.store.Create(t.Context(), by, NetworkServiceConfigs, m.order(by, TypeP2P, service).with(props{"consuming_account": user}).raw(t))
				if got := problemOf(err); got != test.want[n] {
					t.Errorf("%s: %d: problem %q, want %q (%v)", test.name, n, got, test.want[n], err)
				}
			}
		}
	})
}

// A change of who uses a configuration takes no side of another, and joins no
// group that the order could not have joined.
func TestOwnersOfAJoinedConfiguration(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		m.exchange(func(tx *Tx) error {
			carol, err := get[*Account](tx, Accounts, "carol")
			if err != nil {
				return err
			}
			carol.ManagingAccount = new("bob")
			if err := tx.Save(Accounts, carol); err != nil {
				return err
			}
			return tx.Insert(MemberJoiningRules, &MemberJoiningRule{
				Typed: Typed{RuleDeny}, ManagingAccount: "alice", ConsumingAccount: "carol", NetworkService: "open",
			})
		})
		a := m.create("alice", NetworkServiceConfigs, m.order("alice", TypeP2P, "p2p"))
		b := m.create("bob", NetworkServiceConfigs, m.order("bob", TypeP2P, "p2p"))
		guest := m.create("bob", NetworkServiceConfigs, m.order("bob", TypeMP2MP, "open"))
		for _, test := range []struct {
			name, id string
			change   props
			want     string
		}{
			{"the customer of the B-side", b, props{"consuming_account": "carol"}, ""},
			{"nobody of the circuit", b, props{"consuming_account": "carol", "managing_account": "carol"}, "permission-denied"},
			{"the B-side again", b, props{"consuming_account": "bob"}, ""},
			{"a name", b, props{"external_ref": "x"}, ""},
			{"one who is denied", guest, props{"consuming_account": "carol"}, "permission-denied"},
			{"the same guest", guest, props{"consuming_account": "bob", "capacity": 100}, ""},
		} {
			_, err := m.store.Update(t.Context(), "bob", NetworkServiceConfigs, test.id, test.change.raw(t), true)
			if got := problemOf(err); got != test.want {
				t.Errorf("%s: problem %q, want %q (%v)", test.name, got, test.want, err)
			}
		}
		m.exchange(func(tx *Tx) error {
			s, err := get[*NetworkService](tx, NetworkServices, "p2p")
			if err != nil {
				return err
			}
			configs, err := tx.configsOf("p2p")
			left, right := s.sides(configs)
			if left == nil || left.ID != a || right == nil || right.ID != b {
				t.Errorf("sides %+v and %+v", left, right)
			}
			return err
		})
	})
}

// What a change may set, and what was fixed by the order.
func TestUpdateOfAConfiguration(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		vlan := func(p props) props { return props{"vlan_config": p} }
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice").with(vlan(props{"vlan_type": "dot1q", "vlan": 23})).with(props{"capacity": 500}))
		m.create("alice", NetworkServiceConfigs, m.lan("alice").with(vlan(props{"vlan_type": "dot1q", "vlan": 24})).with(props{"capacity": 300}))
		for _, test := range []struct {
			name, account string
			change        props
			want          string
		}{
			{"another's", "bob", props{"listed": false}, "not-found"},
			{"another type", "alice", props{"type": TypeP2P}, "validation-error type"},
			{"the same type", "alice", props{"type": TypeExchangeLAN}, ""},
			{"a VLAN in use", "alice", vlan(props{"vlan_type": "dot1q", "vlan": 24}), "validation-error vlan_config"},
			{"an outer VLAN in use", "alice", vlan(props{"vlan_type": "qinq", "outer_vlan": 24, "inner_vlan": 1}), "validation-error vlan_config"},
			{"no hardware address", "alice", props{"macs": []string{}}, "validation-error macs"},
			{"an upgrade", "alice", props{"capacity": 600}, "validation-error capacity"},
			{"a downgrade", "alice", props{"capacity": 400}, "validation-error capacity"},
			{"no contact", "alice", props{"role_assignments": nil}, "validation-error role_assignments"},
			{"no connection", "alice", props{"connection": ""}, "validation-error connection"},
			{"what is fixed", "alice", props{"network_service": "x", "product_offering": "offer-other-lan", "ips": []string{"x"}, "state": "production"}, ""},
			{"another connection and VLAN", "alice", props{"connection": "alice-2", "vlan_config": props{"vlan_type": "dot1q", "vlan": 24}, "asns": []int{64496, 64496}}, ""},
		} {
			_, err := m.store.Update(t.Context(), test.account, NetworkServiceConfigs, id, test.change.raw(t), true)
			t.Run(test.name, func(t *testing.T) { wantProblem(t, err, test.want) })
		}
		c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id)
		if got := fmt.Sprint(c.NetworkService, " ", *c.ProductOffering, " ", c.State, c.IPs, c.ASNs); got != "lan offer-exchange_lan requested[] [64496]" {
			t.Errorf("configuration %s", got)
		}
		m.exchange(func(tx *Tx) error {
			here, err := tx.holders(vlanPool("alice-2"))
			there, err2 := tx.holders(vlanPool("alice-1"))
			if here["24"] != id || len(there) != 1 || err != nil || err2 != nil {
				t.Errorf("VLANs %v and %v, %v %v", here, there, err, err2)
			}
			return nil
		})
		for connection, want := range map[string]int{"alice-1": 300, "alice-2": 500} {
			if a := object[*Connection](m, Connections, connection).CapacityAllocated; a != want {
				t.Errorf("%s: %d Mbit/s are allocated, want %d", connection, a, want)
			}
		}
		// All of it at once, without what is fixed. The VLAN stays where it is left to
		// the exchange.
		whole := m.lan("alice").with(props{"connection": "alice-2", "capacity": 500, "network_service": absent, "product_offering": absent})
		if _, err := m.store.Update(t.Context(), "alice", NetworkServiceConfigs, id, whole.raw(t), false); err != nil {
			t.Fatal(err)
		}
		if v := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).VlanConfig.Vlan; v == nil || *v != 24 {
			t.Error("another VLAN was picked")
		}
	})
}

func TestVLANsOfAConnection(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		for i, test := range []struct {
			vlan props
			want string
		}{
			{props{"vlan_type": "dot1q", "vlan": 1}, ""},
			{props{"vlan_type": "dot1q"}, ""},
			{props{"vlan_type": "dot1q", "vlan": 2}, "validation-error vlan_config"},
			{props{"vlan_type": "qinq", "inner_vlan": 9, "outer_vlan_ethertype": "0x88A8"}, ""},
			{props{"vlan_type": "qinq", "outer_vlan": 3, "inner_vlan": 10}, ""},
			{props{"vlan_type": "qinq", "outer_vlan": 3, "inner_vlan": 9}, "validation-error vlan_config"},
			{props{"vlan_type": "dot1q", "vlan": 3}, "validation-error vlan_config"},
			{props{"vlan_type": "qinq", "inner_vlan": 9}, ""},
			{props{"vlan_type": "dot1q"}, ""},
			{props{"vlan_type": "port"}, "validation-error vlan_config"},
		} {
			_, err := m.store.Create(t.Context(), "alice", NetworkServiceConfigs, m.lan("alice").with(props{"vlan_config": test.vlan}).raw(t))
			if got := problemOf(err); got != test.want {
				t.Errorf("%d: problem %q, want %q", i, got, test.want)
			}
		}
		for parameter, want := range map[string]int{"outer_vlan": 2, "inner_vlan": 0} {
			items, err := m.store.List(t.Context(), "alice", NetworkServiceConfigs, Query{parameter: {"3"}})
			if err != nil || len(items) != want {
				t.Errorf("%s=3: %d, want %d, %v", parameter, len(items), want, err)
			}
			_, err = m.store.List(t.Context(), "alice", NetworkServiceConfigs, Query{parameter: {"x"}})
			wantProblem(t, err, "validation-error "+parameter)
		}
		// A service that takes its connection as a whole shares it with nobody.
		m.create("bob", NetworkServiceConfigs, m.lan("bob").with(props{"vlan_config": props{"vlan_type": "port"}}))
		_, err := m.store.Create(t.Context(), "bob", NetworkServiceConfigs, m.lan("bob").raw(t))
		wantProblem(t, err, "validation-error connection")
	})
}
