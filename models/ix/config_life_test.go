package ix

import (
	"fmt"
	"slices"
	"testing"
)

// A configuration of a LAN gets addresses, errs until the required feature is
// configured, and goes into production.
func TestLifeOnALAN(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		var states []State
		var addresses []string
		for range 5 {
			c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id)
			states = append(states, c.State)
			addresses = append(addresses, fmt.Sprint(len(c.IPs)))
			m.step()
		}
		if got := fmt.Sprint(states, addresses); got != "[requested allocated error error error] [0 2 2 2 2]" {
			t.Errorf("states and addresses %s", got)
		}
		c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id)
		if len(c.Status) != 1 || c.Status[0].Tag != "network_feature_config_required" || c.Status[0].Attrs["network_feature"] != "rs-1" || c.Status[0].Severity != 2 {
			t.Errorf("status %+v", c.Status)
		}
		v4, v6 := object[*IPAddress](m, IPs, c.IPs[0]), object[*IPAddress](m, IPs, c.IPs[1])
		// The first two are the network and the router, 192.0.2.2 is known of the
		// member itself.
		if got := fmt.Sprintf("%s %d %d %s %d %d", v4.Address, v4.PrefixLength, v4.Version, v6.Address, v6.PrefixLength, v6.Version); got != "192.0.2.2 24 4 2001:db8:2::2 64 6" {
			t.Errorf("addresses %s", got)
		}
		if v := m.read("alice", NetworkServiceConfigs, id)["vlan_config"]; fmt.Sprint(v) != "map[vlan:1 vlan_ethertype:0x8100 vlan_type:dot1q]" {
			t.Errorf("VLAN %v", v)
		}
		session := m.create("alice", NetworkFeatureConfigs, m.session("alice", id, c.IPs[0]))
		m.steps()
		c, s := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id), object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, session)
		if c.State != StateProduction || len(c.Status) != 0 || s.State != StateProduction || !slices.Equal(c.NetworkFeatureConfigs, []string{session}) {
			t.Errorf("after the session: %s %v, session %s", c.State, c.Status, s.State)
		}
		if c.CurrentBillingStartDate == nil || s.CurrentBillingStartDate == nil {
			t.Error("no date of billing")
		}
		// Without the session it is in error again.
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkFeatureConfigs, session, nil); err != nil {
			t.Fatal(err)
		}
		m.steps()
		c, s = object[*NetworkServiceConfig](m, NetworkServiceConfigs, id), object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, session)
		if c.State != StateError || len(c.Status) != 1 || s.State != StateDecommissioned || len(c.NetworkFeatureConfigs) != 0 {
			t.Errorf("without the session: %s %v, session %s", c.State, c.Status, s.State)
		}
		if a := object[*IPAddress](m, IPs, c.IPs[0]); len(a.NetworkFeatureConfigs)+len(a.NetworkFeatures) != 0 {
			t.Errorf("the address has %v", a)
		}
	})
}

// The end of a configuration ends its sessions and frees what only it had.
func TestEndOfAConfiguration(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice").with(props{"vlan_config": props{"vlan_type": "dot1q", "vlan": 23}, "capacity": 500}))
		m.steps()
		c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id)
		session := m.create("alice", NetworkFeatureConfigs, m.session("alice", id, c.IPs[0]))
		m.steps()
		if a := object[*Connection](m, Connections, "alice-1").CapacityAllocated; a != 500 {
			t.Errorf("%d Mbit/s are allocated", a)
		}
		_, err := m.store.Destroy(t.Context(), "alice", MACs, m.macs["alice"], nil)
		wantProblem(t, err, "unable-to-fulfill")
		_, err = m.store.Destroy(t.Context(), "bob", NetworkServiceConfigs, id, nil)
		wantProblem(t, err, "not-found")
		_, err = m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, id, props{"decommission_at": "tomorrow"}.raw(t))
		wantProblem(t, err, "validation-error decommission_at")
		_, err = m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, id, props{"decommission_at": "2020-01-01"}.raw(t))
		wantProblem(t, err, "cancellation-policy-error")
		for range 2 {
			if _, err := m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, id, nil); err != nil {
				t.Fatal(err)
			}
		}
		_, err = m.store.Update(t.Context(), "alice", NetworkServiceConfigs, id, props{"listed": false}.raw(t), true)
		wantProblem(t, err, "unable-to-fulfill")
		_, err = m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, session, props{"password": "x"}.raw(t), true)
		wantProblem(t, err, "unable-to-fulfill")
		_, err = m.store.Create(t.Context(), "alice", NetworkFeatureConfigs, m.session("alice", id, c.IPs[1]).raw(t))
		wantProblem(t, err, "validation-error network_service_config")
		shown := m.read("alice", NetworkServiceConfigs, id)
		if shown["state"] != "decommission_requested" || shown["decommission_at"] == nil || shown["charged_until"] == nil {
			t.Errorf("while it ends: %v", shown)
		}
		if s := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, session); s.State != StateDecommissionRequested {
			t.Errorf("session in state %s", s.State)
		}
		m.steps()
		shown = m.read("alice", NetworkServiceConfigs, id)
		if shown["state"] != "decommissioned" || len(shown["ips"].([]any)) != 0 {
			t.Errorf("after its end: %v", shown)
		}
		if s := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, session); s.State != StateDecommissioned {
			t.Errorf("session in state %s", s.State)
		}
		if a := object[*Connection](m, Connections, "alice-1").CapacityAllocated; a != 0 {
			t.Errorf("%d Mbit/s are allocated", a)
		}
		if items, err := m.store.List(t.Context(), "alice", IPs, Query{"network_service_config": {id}}); err != nil || len(items) != 0 {
			t.Errorf("addresses %v, %v", items, err)
		}
		var left int64
		m.exchange(func(tx *Tx) error { return tx.db.Model(&Allocation{}).Where("holder = ?", id).Count(&left).Error })
		if left != 0 {
			t.Errorf("%d values are not free", left)
		}
		// All of it can be had again.
		next := m.create("alice", NetworkServiceConfigs, m.lan("alice").with(props{"vlan_config": props{"vlan_type": "dot1q", "vlan": 23}}))
		m.steps()
		again := object[*NetworkServiceConfig](m, NetworkServiceConfigs, next)
		if a := object[*IPAddress](m, IPs, again.IPs[0]); a.Address != "192.0.2.2" {
			t.Errorf("address %s", a.Address)
		}
	})
}

// The end waits for its day.
func TestEndOnADay(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.order("alice", TypeMP2MP, "open"))
		m.steps()
		at := m.clock.Now().AddDate(0, 0, 3).Format("2006-01-02")
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, id, props{"decommission_at": at}.raw(t)); err != nil {
			t.Fatal(err)
		}
		m.steps()
		for wanted, problem := range map[string]string{
			at: "", m.clock.Now().AddDate(0, 0, 9).Format("2006-01-02"): "unable-to-fulfill", "nonsense": "validation-error decommission_at",
		} {
			_, err := m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, id, props{"decommission_at": wanted}.raw(t))
			wantProblem(t, err, problem)
		}
		if s := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).State; s != StateDecommissionRequested {
			t.Errorf("state %s before the day", s)
		}
		m.clock.Advance(4 * 24 * 3600 * 1e9)
		m.steps()
		if s := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).State; s != StateDecommissioned {
			t.Errorf("state %s after the day", s)
		}
	})
}

// A session that ends does not wait for its configuration, which ends later; one
// that does not, ends with it.
func TestSessionsEndBeforeTheirConfiguration(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		m.steps()
		c := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id)
		var sessions []string
		for _, ip := range c.IPs {
			sessions = append(sessions, m.create("alice", NetworkFeatureConfigs, m.session("alice", id, ip)))
		}
		m.steps()
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkFeatureConfigs, sessions[0], nil); err != nil {
			t.Fatal(err)
		}
		at := m.clock.Now().AddDate(0, 0, 3).Format("2006-01-02")
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, id, props{"decommission_at": at}.raw(t)); err != nil {
			t.Fatal(err)
		}
		states := func() (list []State) {
			for _, id := range sessions {
				list = append(list, object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, id).State)
			}
			return list
		}
		m.steps()
		if got := states(); !slices.Equal(got, []State{StateDecommissioned, StateDecommissionRequested}) {
			t.Errorf("before the day: %s", got)
		}
		m.clock.Advance(4 * 24 * 3600 * 1e9)
		m.steps()
		if got := states(); !slices.Equal(got, []State{StateDecommissioned, StateDecommissioned}) {
			t.Errorf("after the day: %s", got)
		}
	})
}
