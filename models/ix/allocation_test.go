package ix

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// A value that somebody has is not given again, on whichever database.
func TestAllocate(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		for i, step := range []struct {
			do   func(tx *Tx) (bool, error)
			want bool
		}{
			{func(tx *Tx) (bool, error) { return tx.Allocate("p", "1", "a") }, true},
			{func(tx *Tx) (bool, error) { return tx.Allocate("p", "1", "b") }, false},
			{func(tx *Tx) (bool, error) { return tx.Allocate("p", "1", "a") }, true},
			{func(tx *Tx) (bool, error) { return tx.Allocate("q", "1", "b") }, true},
			{func(tx *Tx) (bool, error) { return true, tx.release("p", "1", "b") }, true},
			{func(tx *Tx) (bool, error) { return tx.Allocate("p", "1", "b") }, false},
			{func(tx *Tx) (bool, error) { return true, tx.release("p", "1", "a") }, true},
			{func(tx *Tx) (bool, error) { return tx.Allocate("p", "1", "b") }, true},
			{func(tx *Tx) (bool, error) { return true, tx.Free("b") }, true},
			{func(tx *Tx) (bool, error) { return tx.Allocate("q", "1", "c") }, true},
		} {
			m.exchange(func(tx *Tx) error {
				got, err := step.do(tx)
				if err == nil && got != step.want {
					t.Errorf("step %d: %v", i, got)
				}
				return err
			})
		}
	})
}

// 200 orders at once, over several gateways, on one connection: each gets a VLAN
// id and one address of each subnet, and nobody gets what another one has.
func TestOrdersAtOnce(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		const orders = 200
		gateways := []*Store{m.store, New(m.lent.Another(t)), New(m.lent.Another(t))}
		together := func(n int, f func(i int, gateway *Store) error) {
			t.Helper()
			var group sync.WaitGroup
			start := make(chan struct{})
			for i := range n {
				group.Go(func() {
					<-start
					if err := f(i, gateways[i%len(gateways)]); err != nil {
						t.Errorf("%d: %v", i, err)
					}
				})
			}
			close(start)
			group.Wait()
		}
		order := m.lan("alice").with(props{"capacity": 100}).raw(t)
		together(orders, func(_ int, gateway *Store) error {
			_, err := gateway.Create(t.Context(), "alice", NetworkServiceConfigs, order)
			return err
		})
		// The steps too are taken by all gateways at once, and one by one by many.
		m.clock.Advance(time.Second)
		together(6, func(_ int, gateway *Store) error {
			_, err := gateway.Step(t.Context())
			return err
		})
		m.steps()
		var configs []*NetworkServiceConfig
		var addresses []*IPAddress
		m.exchange(func(tx *Tx) (err error) {
			if configs, err = find[*NetworkServiceConfig](tx, NetworkServiceConfigs, ""); err != nil {
				return err
			}
			addresses, err = find[*IPAddress](tx, IPs, "")
			return err
		})
		vlans := map[int]bool{}
		for _, c := range configs {
			vlans[*c.VlanConfig.Vlan] = true
			if c.State != StateError || len(c.IPs) != 2 {
				t.Errorf("%s: state %s, %d addresses", c.ID, c.State, len(c.IPs))
			}
		}
		if len(configs) != orders || len(vlans) != orders {
			t.Errorf("%d configurations with %d VLANs", len(configs), len(vlans))
		}
		distinct := map[string]bool{}
		for _, a := range addresses {
			distinct[a.Address] = true
			address := netip.MustParseAddr(a.Address)
			if !netip.MustParsePrefix("192.0.2.0/24").Contains(address) && !netip.MustParsePrefix("2001:db8:2::/64").Contains(address) {
				t.Errorf("address %s", a.Address)
			}
		}
		if len(addresses) != 2*orders || len(distinct) != 2*orders {
			t.Errorf("%d addresses, %d of them distinct", len(addresses), len(distinct))
		}
		// The network, the router, the route servers, another's, the broadcast.
		for _, never := range []string{
			"192.0.2.0", "192.0.2.1", "192.0.2.3", "192.0.2.4", "192.0.2.254", "192.0.2.255", "2001:db8:2::", "2001:db8:2::1", "2001:db8:2::3", "2001:db8:2::4",
		} {
			if distinct[never] {
				t.Errorf("%s was given", never)
			}
		}
		if a := object[*Connection](m, Connections, "alice-1").CapacityAllocated; a != orders*100 {
			t.Errorf("%d Mbit/s are allocated", a)
		}
	})
}

// Of orders for the same VLAN at once, one gets it.
func TestOneVLANAtOnce(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		gateways := []*Store{m.store, New(m.lent.Another(t))}
		order := m.lan("alice").with(props{"vlan_config": props{"vlan_type": "qinq", "outer_vlan": 100, "inner_vlan": 7}}).raw(t)
		problems := make([]string, 20)
		var group sync.WaitGroup
		for i := range problems {
			group.Go(func() {
				_, err := gateways[i%2].Create(t.Context(), "alice", NetworkServiceConfigs, order)
				problems[i] = problemOf(err)
			})
		}
		group.Wait()
		count := map[string]int{}
		for _, p := range problems {
			count[p]++
		}
		if fmt.Sprint(count) != "map[:1 validation-error vlan_config:19]" {
			t.Errorf("problems %v", count)
		}
	})
}

// When a LAN has no address left, the exchange has to act; one that is free again
// is given.
func TestFullLAN(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		m.exchange(func(tx *Tx) error {
			lan, err := get[*NetworkService](tx, NetworkServices, "lan")
			if err != nil {
				return err
			}
			lan.SubnetV4 = new("192.0.2.0/29")
			return tx.Save(NetworkServices, lan)
		})
		var ids []string
		for range 4 {
			ids = append(ids, m.create("bob", NetworkServiceConfigs, m.lan("bob")))
		}
		m.steps()
		// Of eight, six are not for bob: network, router, alice's, route server, broadcast,
		// and his own one is.
		var states []State
		for _, id := range ids {
			states = append(states, object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).State)
		}
		if fmt.Sprint(states) != "[error error operator operator]" {
			t.Fatalf("states %v", states)
		}
		c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, ids[2])
		if len(c.IPs) != 0 || len(c.Status) != 1 || c.Status[0].Tag != "addresses_exhausted" {
			t.Errorf("without an address: %+v", c)
		}
		if _, err := m.store.Destroy(t.Context(), "bob", NetworkServiceConfigs, ids[0], nil); err != nil {
			t.Fatal(err)
		}
		m.steps()
		if c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, ids[2]); c.State != StateError || len(c.IPs) != 2 {
			t.Errorf("after one was free: state %s, %d addresses", c.State, len(c.IPs))
		}
	})
}
