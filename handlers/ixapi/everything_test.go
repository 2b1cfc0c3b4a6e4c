package ixapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/models/ix"
)

// everything makes an object of each collection that has a creation, and of each
// type, for a party; other is who sees some of them. number tells addresses
// apart.
func (d *demo) everything(t *testing.T, p, other *party, number int) {
	t.Helper()
	shown := func() { p.orders[len(p.orders)-1].shown = true }
	address := map[string]any{"country": "XA", "locality": "Anytown", "postal_code": "1", "street_address": "Main Street 1"}
	customer := p.order(t, ix.Accounts, map[string]any{"name": p.secret, "address": address}).id
	p.order(t, ix.Accounts, map[string]any{"name": "Everybody's", "legal_name": p.secret, "address": address, "discoverable": true,
		"billing_information": map[string]any{"name": p.secret, "address": address}})
	shown()
	contact := p.order(t, ix.Contacts, map[string]any{"name": p.secret, "telephone": "+31205550100", "email": "noc@example.net"}).id
	noc := p.order(t, ix.RoleAssignments, map[string]any{"role": "role:noc", "contact": contact}).id
	roles := []string{noc, p.roles["role:implementation"]}
	connection := p.order(t, ix.Connections, map[string]any{
		"mode": "lag_lacp", "product_offering": "po:demo-port-10g", "port_quantity": 1, "role_assignments": roles,
	}).id
	p.order(t, ix.PortReservations, map[string]any{"connection": connection})
	d.provision(t)
	mac := p.order(t, ix.MACs, map[string]any{"address": fmt.Sprintf("42:23:bc:8e:b8:%02x", number)}).id
	p.order(t, ix.IPs, map[string]any{"version": 4, "address": fmt.Sprintf("198.51.100.%d", number), "prefix_length": 24, "fqdn": "gw.example.net"})

	service := func(objectType string, more map[string]any) string {
		body := map[string]any{"type": objectType, "product_offering": "po:demo-" + strings.TrimSuffix(objectType, "_vc"), "capacity": 1000}
		maps.Copy(body, more)
		return p.order(t, ix.NetworkServices, body).id
	}
	circuit := service("p2p_vc", map[string]any{"joining_member_account": customer})
	ending := service("p2p_vc", map[string]any{"joining_member_account": other.Account})
	shown()
	tree := service("p2mp_vc", nil)
	shown()
	group := service("mp2mp_vc", map[string]any{"display_name": p.secret})
	service("mp2mp_vc", map[string]any{"display_name": "For all", "public": true})
	shown()
	cloud := service("cloud_vc", map[string]any{"product_offering": "po:demo-cloud-exchange-first", "cloud_key": "123456789876"})
	p.order(t, ix.MemberJoiningRules, map[string]any{"type": "allow", "network_service": group, "consuming_account": customer})
	p.order(t, ix.MemberJoiningRules, map[string]any{"type": "allow", "network_service": tree, "consuming_account": other.Account})
	shown()
	d.provision(t)

	config := func(objectType, service string, more map[string]any) string {
		body := map[string]any{
			"type": objectType, "network_service": service, "connection": connection, "role_assignments": roles, "capacity": 100,
			"vlan_config": map[string]any{"vlan_type": "dot1q"},
		}
		maps.Copy(body, more)
		return p.order(t, ix.NetworkServiceConfigs, body).id
	}
	lan := config("exchange_lan", "ns:demo", map[string]any{"product_offering": "po:demo-lan", "macs": []string{mac}, "asns": []uint32{64496}})
	config("p2p_vc", circuit, nil)
	config("p2mp_vc", tree, nil)
	config("mp2mp_vc", group, map[string]any{"macs": []string{mac}})
	config("cloud_vc", cloud, map[string]any{"handover": 1, "cloud_vlan": nil})
	d.provision(t)
	var addresses []ix.IPAddress
	p.Send("GET", "/ips?network_service_config="+lan, "").Decode(&addresses)
	p.order(t, ix.NetworkFeatureConfigs, map[string]any{
		"type": "route_server", "network_feature": "nf:demo-rs1", "network_service_config": lan, "role_assignments": roles, "asn": 64496,
		"password": p.secret, "as_set_v4": "AS-EXAMPLE@RIPE", "session_mode": "public", "bgp_session_type": "passive", "ip": addresses[0].ID,
	})
	d.provision(t)
	if a := p.Send("POST", "/network-services/"+cloud+"/change-request", change); a.Status != http.StatusAccepted {
		t.Fatalf("change request: %d %s", a.Status, a.Body)
	}
	// The other side is not told of the end of a contract.
	if a := p.Send("DELETE", "/network-services/"+ending, `{"decommission_at":"2030-01-01"}`); a.Status != http.StatusAccepted || !strings.Contains(a.Body, `"charged_until"`) {
		t.Fatalf("end: %d %s", a.Status, a.Body)
	}
}

const change = `{"product_offering":"po:demo-cloud-exchange-first","capacity":500}`
