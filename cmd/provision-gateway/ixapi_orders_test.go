package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"provision-gateway/models/ix"
)

// orders is what two members order.
type orders struct {
	members []*member
	mu      sync.Mutex
	// acknowledged are the collections of what was answered with 201, by id.
	acknowledged map[string]ix.Collection
	// unanswered counts orders of which nobody knows what became of them.
	unanswered atomic.Int64
}

// lans is how many configurations of the exchange LAN are ordered, circuits how
// many private circuits, clouds and groups.
const lans, circuits = 30, 4

// place orders until one order is answered, and returns its id. What became of
// an order without an answer is not known: the next one is another order.
func (o *orders) place(m *member, c ix.Collection, body map[string]any) string {
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		status, answer, err := m.try(http.MethodPost, "/"+string(c), m.owned(body))
		if err != nil {
			if err != errDown {
				o.unanswered.Add(1)
			}
			continue
		}
		if status == http.StatusBadRequest && o.isThere(m, body) {
			return ""
		}
		var made struct{ ID string }
		if status != http.StatusCreated || json.Unmarshal(answer, &made) != nil {
			m.t.Errorf("POST %s: %d %s\n%s", c, status, answer, m.logs())
			return ""
		}
		o.mu.Lock()
		o.acknowledged[made.ID] = c
		o.mu.Unlock()
		return made.ID
	}
	m.t.Errorf("POST %s is never answered", c)
	return ""
}

// isThere reports whether an order without an answer was made after all, which
// keeps the same side of a circuit, or the same session, from being ordered
// again.
func (o *orders) isThere(m *member, body map[string]any) bool {
	if config := body["network_service_config"]; config != nil {
		return slices.ContainsFunc(listOf[ix.NetworkFeatureConfig](m, "/network-feature-configs"), func(s ix.NetworkFeatureConfig) bool {
			return s.NetworkServiceConfig == config
		})
	}
	return slices.ContainsFunc(listOf[ix.NetworkServiceConfig](m, "/network-service-configs"), func(c ix.NetworkServiceConfig) bool {
		return c.Type != ix.TypeExchangeLAN && c.NetworkService == body["network_service"] && c.ConsumingAccount == m.account.ID
	})
}

// configure orders a configuration of a service, on a VLAN that the exchange
// picks.
func (o *orders) configure(m *member, objectType, service string, more map[string]any) string {
	body := map[string]any{
		"type": objectType, "network_service": service, "billing_account": m.account.ID, "connection": m.account.Connection,
		"role_assignments": m.roles, "vlan_config": map[string]any{"vlan_type": "dot1q"}, "capacity": 100,
	}
	maps.Copy(body, more)
	return o.place(m, ix.NetworkServiceConfigs, body)
}

// orderLAN joins the exchange LAN, and with session orders the route server that
// it requires as soon as it may.
func (o *orders) orderLAN(m *member, session bool) {
	id := o.configure(m, ix.TypeExchangeLAN, "ns:demo", map[string]any{
		"product_offering": "po:demo-lan", "macs": []string{m.mac}, "asns": []uint32{64496}, "listed": true,
	})
	if id == "" || !session {
		return
	}
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		status, answer := m.again(http.MethodGet, "/network-service-configs/"+id, nil)
		var c ix.NetworkServiceConfig
		if status != http.StatusOK || json.Unmarshal(answer, &c) != nil {
			m.t.Errorf("acknowledged and gone: %d %s", status, answer)
			return
		}
		if c.State == ix.StateError {
			o.place(m, ix.NetworkFeatureConfigs, map[string]any{
				"type": "route_server", "billing_account": m.account.ID, "role_assignments": m.roles, "network_feature": "nf:demo-rs1",
				"network_service_config": id, "flags": []any{map[string]any{"name": "RPKI-HARD-FILTER", "enabled": true}}, "asn": 64496,
				"as_set_v4": "AS-DEMO@RIPE", "session_mode": "public", "bgp_session_type": "passive", "ip": c.IPs[0],
			})
			return
		}
		if time.Now().After(deadline) {
			m.t.Errorf("a configuration stays in the state %s\n%s", c.State, m.logs())
			return
		}
	}
}

func (o *orders) service(m *member, objectType, offering string, more map[string]any) string {
	body := map[string]any{"type": objectType, "product_offering": offering, "billing_account": m.account.ID, "display_name": "Circuit"}
	maps.Copy(body, more)
	return o.place(m, ix.NetworkServices, body)
}

// orderPrivate orders a private circuit and both of its sides.
func (o *orders) orderPrivate() {
	a, b := o.members[0], o.members[1]
	id := o.service(a, ix.TypeP2P, "po:demo-p2p", map[string]any{"joining_member_account": b.account.ID, "capacity": 100})
	if id != "" {
		o.configure(a, ix.TypeP2P, id, nil)
		o.configure(b, ix.TypeP2P, id, nil)
	}
}

func (o *orders) orderCloud(m *member, n int) {
	id := o.service(m, ix.TypeCloud, "po:demo-cloud-exchange-first", map[string]any{"cloud_key": fmt.Sprintf("%012d", n)})
	if id != "" {
		o.configure(m, ix.TypeCloud, id, map[string]any{"handover": 1})
	}
}

func (o *orders) orderGroup(m *member) {
	id := o.service(m, ix.TypeMP2MP, "po:demo-mp2mp", map[string]any{"public": true})
	if id != "" {
		o.configure(m, ix.TypeMP2MP, id, map[string]any{"product_offering": "po:demo-mp2mp-config", "macs": []string{}})
	}
}
