package ixapi_test

import (
	"net/http"
	"testing"

	"provision-gateway/models/ix"
)

// variant adds an object of the exchange's that is like another one.
func variant[T ix.Object](t *testing.T, n *negative, c ix.Collection, like string, change func(T)) {
	t.Helper()
	err := n.Objects.Write(t.Context(), "", func(tx *ix.Tx) error {
		o, err := tx.Get(c, like)
		if err != nil {
			return err
		}
		change(o.(T))
		return tx.Insert(c, o)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// exchange adds what the demonstration does not offer.
func (n *negative) exchange(t *testing.T) {
	t.Helper()
	year, quarter, small := "P1Y", "P3M", 500
	late, past := "2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
	for id, change := range map[string]func(*ix.ProductOffering){
		"elsewhere": func(p *ix.ProductOffering) { p.HandoverMetroAreaNetwork = "man:elsewhere" },
		"other":     func(p *ix.ProductOffering) { p.ExchangeLANNetworkService = "ns:other" },
		"small":     func(p *ix.ProductOffering) { p.BandwidthMax = &small },
		"late":      func(p *ix.ProductOffering) { p.OrderableNotBefore = &late },
		"past":      func(p *ix.ProductOffering) { p.OrderableNotAfter = &past },
		"fixed":     func(p *ix.ProductOffering) { p.UpgradeAllowed, p.DowngradeAllowed = false, false },
		"noticed":   func(p *ix.ProductOffering) { p.ContractInitialPeriod, p.ContractInitialNoticePeriod = &year, &quarter },
	} {
		for _, kind := range []string{"lan", "p2p", "port-10g"} {
			variant(t, n, ix.ProductOfferings, "po:demo-"+kind, func(p *ix.ProductOffering) { p.ID = "po:" + id + "-" + kind; change(p) })
		}
	}
	variant(t, n, ix.NetworkServices, "ns:demo", func(s *ix.NetworkService) { s.ID, s.SubnetV4, s.SubnetV6 = "ns:other", nil, nil })
	for id, change := range map[string]func(*ix.NetworkFeature){
		"other":     func(f *ix.NetworkFeature) { f.NetworkService = "ns:other" },
		"v4":        func(f *ix.NetworkFeature) { f.AddressFamilies = []string{ix.FamilyIPv4} },
		"v6":        func(f *ix.NetworkFeature) { f.AddressFamilies = []string{ix.FamilyIPv6} },
		"collector": func(f *ix.NetworkFeature) { f.SessionMode = "collector" },
	} {
		variant(t, n, ix.NetworkFeatures, "nf:demo-rs2", func(f *ix.NetworkFeature) { f.ID, f.Required = "nf:"+id, false; change(f) })
	}
	for id, change := range map[string]func(*ix.Connection){
		"narrow":    func(c *ix.Connection) { c.VLANTypes, c.OuterVLANEthertypes = []string{ix.VlanQinQ}, []string{"0x8100"} },
		"elsewhere": func(c *ix.Connection) { c.MetroAreaNetwork = "man:elsewhere" },
		"new":       func(c *ix.Connection) { c.State = ix.StateRequested },
	} {
		variant(t, n, ix.Connections, n.a.connection, func(c *ix.Connection) { c.ID = "con:" + id; change(c) })
	}
	variant(t, n, ix.AvailabilityZones, "zone:demo-1", func(z *ix.AvailabilityZone) { z.ID = "zone:broken" })
	if _, err := n.Raw.Exec("UPDATE ix_objects SET document = '[]' WHERE id = 'zone:broken'"); err != nil {
		t.Fatal(err)
	}
}

// members order what others may not have.
func (n *negative) members(t *testing.T) {
	t.Helper()
	order := func(name string, p *party, base string, more object) {
		t.Helper()
		n.ids[name] = p.order(t, n.bases[base].collection, n.with(base, more)).id
	}
	friend := object{"managing_account": n.b.Account, "name": "Friend", "external_ref": n.b.secret}
	n.ids["discoverable"] = n.a.orders[1].id
	order("friend", n.b, "customer", friend)
	order("bare", n.a, "contact", object{"email": nil, "telephone": nil})
	order("free mac", n.a, "mac", object{"address": "42:23:bc:8e:b8:77"})
	order("friend's circuit", n.a, "circuit", object{"joining_member_account": n.ids["friend"]})
	order("b's circuit", n.a, "circuit", object{"joining_member_account": n.b.Account})
	order("spare circuit", n.a, "circuit", nil)
	order("fixed circuit", n.a, "circuit", object{"product_offering": "po:fixed-p2p"})
	order("noticed circuit", n.a, "circuit", object{"product_offering": "po:noticed-p2p"})
	order("limited group", n.a, "group", nil)
	order("open group", n.a, "group", object{"public": true})
	order("paired", n.a, "cloud", object{"product_offering": "po:demo-cloud-provider-first", "cloud_key": "01234567-89ab-cdef-0123-456789abcdef"})
	customers := object{"managing_account": n.ids["customer"], "consuming_account": n.ids["customer"]}
	order("customer's cloud", n.a, "cloud", customers)
	order("friend's rule", n.a, "rule", object{"consuming_account": n.ids["friend"]})
	order("friend's way", n.a, "rule", object{"network_service": n.ids["open group"], "consuming_account": n.ids["friend"]})
	order("b's ban", n.a, "rule", object{"type": "deny", "network_service": n.ids["open group"], "consuming_account": n.b.Account})
	order("b's limits", n.a, "rule", object{"network_service": n.ids["limited group"], "consuming_account": n.b.Account, "capacity_min": 50, "capacity_max": 200})
	order("noticed connection", n.a, "connection", object{"product_offering": "po:noticed-port-10g", "port_quantity": 2})
	order("full connection", n.a, "connection", object{"port_quantity": 8})
	n.provision(t)
	n.ids["noticed reservation"] = n.reservation(t, n.ids["noticed connection"])
	n.ids["own reservation"] = n.reservation(t, n.a.connection)
	order("path", n.a, "cloud path", object{"network_service": n.ids["paired"], "cloud_vlan": 100})
	n.vary("cloud path", object{"network_service": n.ids["paired"], "handover": 2, "cloud_vlan": 100})
	order("side", n.a, "circuit side", object{"network_service": n.ids["fixed circuit"]})
	n.vary("circuit side", object{"network_service": n.ids["spare circuit"]})
	n.vary("rule", object{"consuming_account": n.b.Account})
	order("tagged lan", n.a, "lan", object{"vlan_config": object{"vlan_type": "dot1q", "vlan": 4000}})
	order("fixed lan", n.a, "lan", object{"product_offering": "po:fixed-lan"})
	order("whole lan", n.a, "lan", object{"connection": n.a.connection, "vlan_config": object{"vlan_type": "port"}})
	order("noticed lan", n.a, "lan", object{"product_offering": "po:noticed-lan"})
	n.b.order(t, ix.Contacts, object{"name": "Their NOC"})
	n.ids["b's connection"], n.ids["b's noc"], n.ids["b's implementation"] = n.b.connection, n.b.roles["role:noc"], n.b.roles["role:implementation"]
	n.ids["b's contact"] = n.b.orders[len(n.b.orders)-1].id
}

// reservation is the last one of a connection.
func (n *negative) reservation(t *testing.T, connection string) string {
	t.Helper()
	var list []ix.PortReservation
	n.a.Send("GET", "/port-reservations?connection="+connection, "").Decode(&list)
	if len(list) == 0 {
		t.Fatal("a connection without ports")
	}
	return list[len(list)-1].ID
}

// leaving orders what is on its way out, and then what is not in production yet.
func (n *negative) leaving(t *testing.T) {
	t.Helper()
	leaving := []string{"circuit", "lan", "connection", "session"}
	n.vary("session", object{"ip": n.address(t, n.ids["lan"], 6)})
	for _, base := range leaving {
		body := n.bases[base].body
		if base == "session" {
			body = n.with(base, object{"network_feature": "nf:demo-rs2"})
		}
		n.ids["leaving "+base] = n.a.order(t, n.bases[base].collection, body).id
	}
	n.provision(t)
	n.ids["session ip"], n.ids["tagged ip"] = n.address(t, n.ids["lan"], 4), n.address(t, n.ids["tagged lan"], 6)
	for _, base := range leaving {
		if a := n.a.Send("DELETE", "/"+string(n.bases[base].collection)+"/"+n.ids["leaving "+base], ""); a.Status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", base, a.Status, a.Body)
		}
	}
	for _, base := range []string{"customer", "circuit", "lan", "connection"} {
		n.ids["new "+base] = n.a.order(t, n.bases[base].collection, n.bases[base].body).id
	}
	if a := n.a.Send("POST", "/network-services/"+n.ids["cloud"]+"/change-request", `{"product_offering":"po:demo-cloud-exchange-first","capacity":600}`); a.Status != http.StatusAccepted {
		t.Fatalf("change request: %d %s", a.Status, a.Body)
	}
}
