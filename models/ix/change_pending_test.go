package ix

import (
	"slices"
	"testing"
	"time"
)

// inProduction makes a configuration of the LAN with a session, both in
// production.
func (m *market) inProduction() (config, session string) {
	m.t.Helper()
	config = m.create("alice", NetworkServiceConfigs, m.lan("alice").with(props{"vlan_config": props{"vlan_type": "dot1q", "vlan": 23}}))
	m.steps()
	address := object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).IPs[0]
	session = m.create("alice", NetworkFeatureConfigs, m.session("alice", config, address).with(props{"as_set_v6": "AS-MOON@RIPE"}))
	m.steps()
	for c, id := range map[Collection]string{NetworkServiceConfigs: config, NetworkFeatureConfigs: session} {
		if state := m.read("alice", c, id)["state"]; state != "production" {
			m.t.Fatalf("%s: %v", c, state)
		}
	}
	return config, session
}

// changed changes an object and returns the states that it has then and after a
// step.
func (m *market) changed(c Collection, id string, change props) [2]any {
	m.t.Helper()
	if _, err := m.store.Update(m.t.Context(), "alice", c, id, change.raw(m.t), true); err != nil {
		m.t.Fatal(err)
	}
	at := m.read("alice", c, id)["state"]
	m.step()
	return [2]any{at, m.read("alice", c, id)["state"]}
}

var (
	stays   = [2]any{"production", "production"}
	changes = [2]any{"production_change_pending", "production"}
)

// What devices do changes in a step; what only people read, at once.
func TestChangesInProduction(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		config, session := m.inProduction()
		mac := m.create("alice", MACs, own("alice", props{"address": "42:23:bc:8e:b8:b1"}))
		other := m.create("alice", RoleAssignments, props{"role": "role:noc", "contact": m.create("alice", Contacts, own("alice", props{"email": "night@example.net"}))})
		addresses := object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).IPs
		for _, test := range []struct {
			name   string
			c      Collection
			change props
			want   [2]any
		}{
			{"capacity", NetworkServiceConfigs, props{"capacity": 500}, changes},
			{"the same capacity", NetworkServiceConfigs, props{"capacity": 500}, stays},
			{"VLAN", NetworkServiceConfigs, props{"vlan_config": props{"vlan_type": "dot1q", "vlan": 24}}, changes},
			{"the same VLAN", NetworkServiceConfigs, props{"vlan_config": props{"vlan_type": "dot1q", "vlan": 24, "vlan_ethertype": "0x8100"}}, stays},
			{"the VLAN that it has", NetworkServiceConfigs, props{"vlan_config": props{"vlan_type": "dot1q"}}, stays},
			{"connection", NetworkServiceConfigs, props{"connection": "alice-2"}, changes},
			{"AS numbers", NetworkServiceConfigs, props{"asns": []int{64496, 64500}}, changes},
			{"MAC addresses", NetworkServiceConfigs, props{"macs": []string{mac}}, changes},
			{"MAC address twice", NetworkServiceConfigs, props{"macs": []string{mac, mac}}, stays},
			{"reference", NetworkServiceConfigs, props{"external_ref": "ours", "purchase_order": "1", "contract_ref": "2"}, stays},
			{"contacts", NetworkServiceConfigs, props{"role_assignments": []string{other}}, stays},
			{"list of members", NetworkServiceConfigs, props{"listed": false, "shared_statistics": true, "consumer_side_ready": true}, stays},
			{"what is not the caller's", NetworkServiceConfigs, props{"state": "archived", "network_service": "closed", "ips": []string{}}, stays},
			{"nothing", NetworkServiceConfigs, props{}, stays},

			{"limit", NetworkFeatureConfigs, props{"max_prefix_v4": 10}, changes},
			{"the same limit", NetworkFeatureConfigs, props{"max_prefix_v4": 10}, stays},
			{"password", NetworkFeatureConfigs, props{"password": "another-session-test"}, changes},
			{"the same password", NetworkFeatureConfigs, props{"password": "another-session-test"}, stays},
			{"AS number of the session", NetworkFeatureConfigs, props{"asn": 64500}, changes},
			{"AS-SET", NetworkFeatureConfigs, props{"as_set_v4": "AS-SUN@RIPE"}, changes},
			{"flags", NetworkFeatureConfigs, props{"flags": []props{{"name": "BLACKHOLE", "enabled": true}}}, changes},
			{"address", NetworkFeatureConfigs, props{"ip": addresses[1]}, changes},
			{"reference of the session", NetworkFeatureConfigs, props{"external_ref": "ours"}, stays},
			{"billing", NetworkFeatureConfigs, props{"purchase_order": "1"}, stays},
		} {
			id := config
			if test.c == NetworkFeatureConfigs {
				id = session
			}
			since := m.read("alice", test.c, id)["current_billing_start_date"]
			m.clock.Advance(24 * time.Hour)
			if got := m.changed(test.c, id, test.change); got != test.want {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
			}
			if m.read("alice", test.c, id)["current_billing_start_date"] != since {
				t.Errorf("%s: billed from another day", test.name)
			}
		}
	})
}

// Two changes are provisioned in one step, at the time of the first. A session
// can be added meanwhile.
func TestChangesMeanwhile(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		config, _ := m.inProduction()
		m.store.Interval = 10 * time.Second
		var states []any
		for i := range 12 {
			if i == 1 || i == 9 {
				if _, err := m.store.Update(t.Context(), "alice", NetworkServiceConfigs, config, props{"asns": []int{64500 + i}}.raw(t), true); err != nil {
					t.Fatal(err)
				}
			}
			if i == 5 {
				m.create("alice", NetworkFeatureConfigs, m.session("alice", config, object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).IPs[1]).
					with(props{"as_set_v6": "AS-MOON@RIPE"}))
			}
			states = append(states, m.read("alice", NetworkServiceConfigs, config)["state"])
			m.step()
		}
		want := slices.Concat([]any{"production"}, slices.Repeat([]any{"production_change_pending"}, 10), []any{"production"})
		if !slices.Equal(states, want) {
			t.Errorf("states %v", states)
		}
		if got := object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).ASNs; !slices.Equal(got, []uint32{64509}) {
			t.Errorf("AS numbers %v", got)
		}
	})
}

// What is not in production goes on as it would have, and what loses a required
// session while a change is pending is in error.
func TestChangesOutsideProduction(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		fresh := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		if got := m.changed(NetworkServiceConfigs, fresh, props{"capacity": 500}); got != [2]any{"requested", "allocated"} {
			t.Errorf("before production: %v", got)
		}
		config, session := m.inProduction()
		if _, err := m.store.Update(t.Context(), "alice", NetworkServiceConfigs, config, props{"capacity": 500}.raw(t), true); err != nil {
			t.Fatal(err)
		}
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkFeatureConfigs, session, nil); err != nil {
			t.Fatal(err)
		}
		m.steps()
		if got := m.read("alice", NetworkServiceConfigs, config)["state"]; got != "error" {
			t.Errorf("without the required session: %v", got)
		}
		again := m.create("alice", NetworkFeatureConfigs, m.session("alice", config, object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).IPs[0]).
			with(props{"as_set_v6": "AS-MOON@RIPE"}))
		m.steps()
		if _, err := m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, again, props{"max_prefix_v4": 1}.raw(t), true); err != nil {
			t.Fatal(err)
		}
		// What leaves while a change is pending leaves.
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkFeatureConfigs, again, nil); err != nil {
			t.Fatal(err)
		}
		m.steps()
		if got := m.read("alice", NetworkFeatureConfigs, again)["state"]; got != "decommissioned" {
			t.Errorf("destroyed with a change pending: %v", got)
		}
	})
}

// The properties that are provisioned are those that a caller can change at all.
func TestProvisionedProperties(t *testing.T) {
	t.Parallel()
	n := 0
	for _, k := range kinds {
		for _, objectType := range append([]string{""}, k.types...) {
			o := k.make(objectType)
			if o == nil {
				continue
			}
			for _, f := range fields(o) {
				if f.provisioned && (!f.update || statefulOf(o) == nil) {
					t.Errorf("%s of %s cannot be changed", f.name, k.name)
				}
				if f.provisioned {
					n++
				}
			}
		}
	}
	if n == 0 {
		t.Error("nothing is provisioned")
	}
}
