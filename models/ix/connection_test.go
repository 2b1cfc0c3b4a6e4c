package ix

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// connection reads a connection as it is stored.
func (d *demonstration) connection(id string) *Connection {
	d.t.Helper()
	var c *Connection
	d.write(func(tx *Tx) (err error) {
		c, err = get[*Connection](tx, Connections, id)
		return err
	})
	return c
}

// order is the body of an order of a connection by A, with changes.
func (d *demonstration) order(changes map[string]any) map[string]json.RawMessage {
	d.t.Helper()
	properties := map[string]any{
		"managing_account": d.a.ID, "consuming_account": d.a.ID, "billing_account": d.a.ID, "mode": "lag_lacp", "port_quantity": 2,
		"product_offering": "po:demo-port-10g", "role_assignments": d.connection(d.a.Connection).RoleAssignments,
	}
	for name, value := range changes {
		properties[name] = value
	}
	return body(properties)
}

// ordered is a connection that A orders.
func (d *demonstration) ordered(changes map[string]any) *Connection {
	d.t.Helper()
	item, err := d.Create(d.t.Context(), d.a.ID, Connections, d.order(changes))
	if err != nil {
		d.t.Fatal(err)
	}
	return d.connection(item.ID)
}

// steps lets provisioning go on for some intervals.
func (d *demonstration) steps(n int) {
	d.t.Helper()
	for range n {
		d.clock.Advance(time.Second)
		if _, err := d.Step(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
}

func TestOrderAConnection(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		c := d.ordered(map[string]any{"external_ref": "mine", "purchase_order": "PO 1", "connecting_party": "Cable Layers", "subscriber_side_demarcs": []string{"pp1"}})
		if c.State != StateRequested || len(c.PortReservations) != 2 || len(c.Ports) != 0 || *c.LACPTimeout != "slow" || c.Name == "" ||
			c.MetroAreaNetwork != demoNetwork || *c.Pop != demoPop || c.Speed != nil || c.CurrentBillingStartDate != nil {
			t.Errorf("ordered %+v", c)
		}
		item, err := d.Read(t.Context(), d.a.ID, Connections, c.ID)
		if err != nil || strings.Contains(string(item.Document), "Cable Layers") {
			t.Errorf("the connection is shown as %s, %v", item.Document, err)
		}
		var states []State
		for range 4 {
			d.steps(1)
			states = append(states, d.connection(c.ID).State)
		}
		if states[0] != StateRequested && states[0] != StateAllocated || states[3] != StateProduction || !slices.Contains(states, StateAllocated) {
			t.Errorf("states %v", states)
		}
		c = d.connection(c.ID)
		if len(c.Ports) != 2 || *c.Speed != 20_000 || *c.CapacityAllocationLimit != 20_000 || *c.CurrentBillingStartDate != "2026-01-10" {
			t.Errorf("in production %+v", c)
		}
		d.write(func(tx *Tx) error {
			ports, err := find[*Port](tx, Ports, "connection = ?", c.ID)
			if err != nil {
				return err
			}
			for _, p := range ports {
				if p.State != StateProduction || p.OperationalState != "up" || p.Device != "dev:demo-sw1" || *p.Speed != 10_000 || p.ManagingAccount != d.a.ID || *p.ExternalRef != "mine" {
					t.Errorf("port %+v", p)
				}
			}
			if len(ports) != 2 || ports[0].Name == ports[1].Name {
				t.Errorf("ports %v", ports)
			}
			r, err := find[*PortReservation](tx, PortReservations, "connection = ?", c.ID)
			if err != nil {
				return err
			}
			if len(r) != 2 || r[0].State != StateProduction || *r[0].SubscriberSideDemarc != "pp1" || r[1].SubscriberSideDemarc != nil ||
				*r[0].ConnectingParty != "Cable Layers" || r[0].ExchangeSideDemarc == nil || r[0].PurchaseOrder != "PO 1" {
				t.Errorf("reservations %+v", r)
			}
			return nil
		})
	})
}

func TestRefusedOrders(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		mine := d.connection(d.a.Connection).RoleAssignments
		d.write(func(tx *Tx) error {
			b, err := get[*Account](tx, Accounts, d.b.ID)
			if err != nil {
				return err
			}
			// A manages an account that cannot pay.
			poor := *b
			poor.ID, poor.BillingInformation, poor.ManagingAccount = "acc:poor", nil, &d.a.ID
			return tx.Insert(Accounts, &poor)
		})
		for _, test := range []struct {
			name, text string
			changes    map[string]any
		}{
			{"no mode", "mode: is required", map[string]any{"mode": nil}},
			{"unknown mode", "mode: is none of", map[string]any{"mode": "bonded"}},
			{"no offering", "product_offering: is required", map[string]any{"product_offering": ""}},
			{"offering of something else", "product_offering: is an offering of a network_service", map[string]any{"product_offering": "po:demo-p2p"}},
			{"unknown offering", "product_offering: there is no object", map[string]any{"product_offering": "none"}},
			{"no ports", "port_quantity: is required", map[string]any{"port_quantity": 0}},
			{"fewer than no ports", "port_quantity: a connection has at least one port", map[string]any{"port_quantity": -1}},
			{"too many ports", "port_quantity: a connection has 8 ports at most", map[string]any{"port_quantity": 9}},
			{"several ports alone", "port_quantity: a connection has one port only", map[string]any{"mode": "standalone"}},
			{"unknown timeout", "lacp_timeout: is none of slow, fast", map[string]any{"lacp_timeout": "medium"}},
			{"timeout of no LACP", "lacp_timeout: is only for the mode lag_lacp", map[string]any{"mode": "lag_static", "lacp_timeout": "fast"}},
			{"no demarc", "subscriber_side_demarcs: is required", map[string]any{"product_offering": "po:demo-port-100g"}},
			{"empty demarc", "subscriber_side_demarcs: is required", map[string]any{"product_offering": "po:demo-port-100g", "subscriber_side_demarcs": []string{""}}},
			{"too many demarcs", "subscriber_side_demarcs: are more than 2 ports", map[string]any{"subscriber_side_demarcs": []string{"1", "2", "3"}}},
			{"no roles", "role_assignments: a contact in the role noc is required", map[string]any{"role_assignments": []string{}}},
			{"one role", "role_assignments: a contact in the role implementation is required", map[string]any{"role_assignments": mine[:1]}},
			{"another's account", "billing_account", map[string]any{"billing_account": d.b.ID}},
			{"an account without billing_information", "billing_account: the account has no billing_information", map[string]any{"billing_account": "acc:poor"}},
			{"long purchase order", "purchase_order: is longer than 80", map[string]any{"purchase_order": strings.Repeat("x", 81)}},
		} {
			t.Run(test.name, func(t *testing.T) {
				_, err := d.Create(t.Context(), d.a.ID, Connections, d.order(test.changes))
				refused(t, err, http.StatusBadRequest, "validation-error", test.text)
			})
		}
		d.write(func(tx *Tx) error {
			device, err := get[*Device](tx, Devices, "dev:demo-sw1")
			if err != nil {
				return err
			}
			device.Capabilities[0].Availability = 1
			return tx.Save(Devices, device)
		})
		_, err := d.Create(t.Context(), d.a.ID, Connections, d.order(nil))
		refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "No device has 2 free ports")
		if got := d.names(Connections, "id", nil); got != d.a.Connection {
			t.Errorf("refused orders left %s", got)
		}
	})
}

func TestChangeAConnection(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		two := d.ordered(nil).ID
		patch := func(account, id string, properties map[string]any) error {
			_, err := d.Update(t.Context(), account, Connections, id, body(properties), true)
			return err
		}
		if err := patch(d.a.ID, two, map[string]any{"lacp_timeout": "fast", "external_ref": "new", "name": "ignored", "port_quantity": 7}); err != nil {
			t.Fatal(err)
		}
		if c := d.connection(two); *c.LACPTimeout != "fast" || *c.ExternalRef != "new" || c.Name == "ignored" || c.PortQuantity != 2 {
			t.Errorf("changed to %+v", c)
		}
		if err := patch(d.a.ID, two, map[string]any{"mode": "lag_static"}); err != nil {
			t.Fatal(err)
		}
		if c := d.connection(two); c.LACPTimeout != nil || c.Mode != ModeStatic {
			t.Errorf("changed to %+v", c)
		}
		if err := patch(d.a.ID, two, map[string]any{"mode": "lag_lacp"}); err != nil || *d.connection(two).LACPTimeout != "slow" {
			t.Errorf("changed back: %v", err)
		}
		for _, test := range []struct {
			text       string
			properties map[string]any
		}{
			{"lacp_timeout: is only for", map[string]any{"mode": "lag_static", "lacp_timeout": "fast"}},
			{"mode: does not fit: a connection has one port only", map[string]any{"mode": "standalone"}},
			{"mode: cannot be empty", map[string]any{"mode": ""}},
			{"product_offering: is of other ports", map[string]any{"product_offering": "po:demo-port-100g"}},
			{"product_offering: is an offering of a network_service", map[string]any{"product_offering": "po:demo-p2p"}},
			{"role_assignments: a contact in the role noc", map[string]any{"role_assignments": []string{}}},
			{"consuming_account", map[string]any{"consuming_account": d.b.ID}},
		} {
			refused(t, patch(d.a.ID, two, test.properties), http.StatusBadRequest, "validation-error", test.text)
		}
		refused(t, patch(d.b.ID, two, map[string]any{"mode": "lag_static"}), http.StatusNotFound, "not-found", "")
		_, err := d.Destroy(t.Context(), d.b.ID, Connections, two, nil)
		refused(t, err, http.StatusNotFound, "not-found", "")
	})
}

func TestEndOfAConnection(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		free := func() (n int) {
			d.write(func(tx *Tx) error {
				device, err := get[*Device](tx, Devices, "dev:demo-sw1")
				n = device.Capabilities[0].Availability
				return err
			})
			return n
		}
		before := free()
		config := &NetworkServiceConfig{Typed: Typed{TypeExchangeLAN}, Stateful: Stateful{State: StateProduction}, NetworkService: demoLAN, Connection: d.a.Connection}
		d.write(func(tx *Tx) error { return tx.Insert(NetworkServiceConfigs, config) })
		destroy := func(changes map[string]any) error {
			_, err := d.Destroy(t.Context(), d.a.ID, Connections, d.a.Connection, body(changes))
			return err
		}
		refused(t, destroy(nil), http.StatusConflict, "constraint-violation", "It is used by "+config.ID)
		// A configuration that is leaving lets the connection go, but not before it.
		d.write(func(tx *Tx) error { return tx.leave(NetworkServiceConfigs, config, "2026-01-14", "2026-01-31") })
		refused(t, destroy(map[string]any{"decommission_at": "2026-01-13"}), http.StatusBadRequest, "cancellation-policy-error", "2026-01-14")
		policy, err := d.CancellationPolicy(t.Context(), d.a.ID, Connections, d.a.Connection, nil)
		if err != nil || policy != (CancellationPolicy{"2026-01-14", "2026-01-14"}) {
			t.Errorf("policy %+v, %v", policy, err)
		}
		if err := destroy(nil); err != nil {
			t.Fatal(err)
		}
		_, err = d.Update(t.Context(), d.a.ID, Connections, d.a.Connection, body(map[string]any{"external_ref": "late"}), true)
		refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "is being decommissioned")
		idle := func(when string) {
			t.Helper()
			d.steps(3)
			if took, err := d.Step(t.Context()); took != 0 || err != nil {
				t.Errorf("%s: %d objects go on, %v", when, took, err)
			}
		}
		for _, when := range []string{"four days before its end", "two days before its end"} {
			idle(when)
			if c := d.connection(d.a.Connection); c.State != StateDecommissionRequested || len(c.Ports) != 1 || free() != before {
				t.Errorf("%s: %+v", when, c)
			}
			d.clock.Advance(42 * time.Hour)
		}
		// The configuration does not come to its end.
		var due int64
		d.write(func(tx *Tx) error {
			var row Row
			if err := tx.db.Where("id = ?", config.ID).Take(&row).Error; err != nil {
				return err
			}
			due = *row.DueAt
			return tx.Due(NetworkServiceConfigs, config, nil)
		})
		idle("with a configuration")
		if c := d.connection(d.a.Connection); c.State != StateDecommissionRequested || len(c.Ports) != 1 || free() != before {
			t.Errorf("with a configuration: %+v", c)
		}
		d.write(func(tx *Tx) error { return tx.Due(NetworkServiceConfigs, config, &due) })
		idle("at its end")
		if c := d.connection(d.a.Connection); c.State != StateDecommissioned || c.Speed != nil || free() != before+1 {
			t.Errorf("at its end: %+v", c)
		}
		if got := d.names(Ports, "state", nil); got != "decommissioned" {
			t.Errorf("its port is %s", got)
		}
	})
}

// A port that goes later goes with its connection, and one that goes sooner does
// that.
func TestPortsEndWithTheirConnection(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		c := d.ordered(map[string]any{"port_quantity": 3})
		d.steps(4)
		on := func(collection Collection, id, day string) {
			if _, err := d.Destroy(t.Context(), d.a.ID, collection, id, body(map[string]any{"decommission_at": day})); err != nil {
				t.Fatal(err)
			}
		}
		on(PortReservations, c.PortReservations[0], "2026-01-12")
		on(PortReservations, c.PortReservations[1], "2026-03-01")
		on(Connections, c.ID, "2026-02-01")
		for i, want := range []string{"2026-01-12", "2026-02-01", "2026-02-01"} {
			if got := d.names(PortReservations, "decommission_at", Query{"id": {c.PortReservations[i]}}); got != want {
				t.Errorf("port %d ends on %s, not %s", i, got, want)
			}
		}
		for _, want := range []string{"decommission_requested 3", "decommission_requested 2", "decommissioned 0"} {
			after := d.connection(c.ID)
			if got := fmt.Sprint(after.State, " ", len(after.Ports)); got != want {
				t.Errorf("%s, not %s", got, want)
			}
			d.clock.Advance(12 * 24 * time.Hour)
			d.steps(3)
		}
	})
}

func TestListsOfConnections(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		roles := d.connection(d.a.Connection).RoleAssignments
		contact := ""
		d.write(func(tx *Tx) error {
			r, err := get[*RoleAssignment](tx, RoleAssignments, roles[0])
			contact = r.Contact
			return err
		})
		second := d.ordered(map[string]any{"mode": "lag_static", "external_ref": "second", "role_assignments": roles[:2]})
		one, two := d.a.Connection, second.ID
		both := one + " " + two
		d.write(func(tx *Tx) error {
			for id, account := range map[string]string{"ns:p2p": d.a.ID, "ns:other": d.b.ID} {
				if err := tx.Insert(NetworkServices, &NetworkService{
					Typed: Typed{TypeP2P}, Header: Header{id}, Ownable: Ownable{ManagingAccount: account, ConsumingAccount: account},
					NSCProductOfferings: []string{"po:demo-lan", "none"},
				}); err != nil {
					return err
				}
			}
			return nil
		})
		d.lists(Connections, "id", []listCase{
			{"", both}, {"state=production", one}, {"state=requested,production", both}, {"state__is_not=production", two},
			{"managing_account=" + d.a.ID, both}, {"managing_account=" + d.b.ID, ""}, {"consuming_account=" + d.a.ID, both},
			{"external_ref=second", two}, {"mode=lag_static", two}, {"mode=lag_static,lag_lacp", both}, {"mode__is_not=lag_static", one},
			{"name=" + second.Name, two}, {"metro_area=met:demo", both}, {"metro_area=none", ""}, {"metro_area_network=man:demo", both},
			{"pop=pop:demo", both}, {"pop=none", ""}, {"facility=fac:demo", both}, {"facility=none", ""},
			{"role_assignments=" + roles[3], one}, {"role_assignments=" + roles[0], both}, {"contacts=" + contact, both}, {"contacts=none", ""},
			{"supported_network_service=" + demoLAN, both}, {"supported_network_service=ns:p2p", both}, {"supported_network_service=none", ""},
			{"supported_network_service=ns:other", ""},
		})
		for name, value := range map[string]string{"state": "new", "mode": "bonded", "mode__is_not": "bonded", "state__is_not": "new"} {
			_, err := d.List(t.Context(), d.a.ID, Connections, Query{name: {value}})
			refused(t, err, http.StatusBadRequest, "validation-error", name)
		}
		items, err := d.List(t.Context(), d.b.ID, Connections, Query{"id": {one, two, d.b.Connection}})
		if err != nil || len(items) != 1 || items[0].ID != d.b.Connection {
			t.Errorf("B sees %v, %v", items, err)
		}
	})
}

func TestCapacityOfAConnection(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		c := d.connection(d.a.Connection)
		d.write(func(tx *Tx) error {
			for _, config := range []struct {
				id       string
				capacity *int
				offering *string
				state    State
			}{
				{"nsc:1", new(1000), nil, StateProduction}, {"nsc:2", nil, new("po:demo-p2mp-config"), StateError},
				{"nsc:3", nil, nil, StateProduction}, {"nsc:4", new(70), nil, StateDecommissioned}, {"nsc:5", new(500), nil, StateDecommissionRequested},
			} {
				if err := tx.Insert(NetworkServiceConfigs, &NetworkServiceConfig{
					Header: Header{config.id}, Typed: Typed{TypeP2MP}, Stateful: Stateful{State: config.state}, Connection: c.ID,
					Capacity: config.capacity, ProductOffering: config.offering,
				}); err != nil {
					return err
				}
			}
			// One of before there were limits has that of its speed.
			if *c.CapacityAllocationLimit != 10_000 {
				t.Errorf("the limit is %d", *c.CapacityAllocationLimit)
			}
			c.CapacityAllocationLimit = nil
			if err := tx.Save(Connections, c); err != nil {
				return err
			}
			if err := tx.reallocate(c.ID); err != nil {
				return err
			}
			if err := tx.requireCapacity(c.ID, "", 8500); err != nil {
				t.Errorf("all that is left is refused: %v", err)
			}
			if err := tx.requireCapacity(c.ID, "nsc:1", 9500); err != nil {
				t.Errorf("a change within the limit is refused: %v", err)
			}
			refused(t, tx.requireCapacity(c.ID, "", 8501), http.StatusBadRequest, "validation-error", "capacity: the connection has 8500 Mbit/s left")
			return nil
		})
		if got := d.connection(c.ID).CapacityAllocated; got != 1_500 {
			t.Errorf("%d Mbit/s are allocated", got)
		}
	})
}

// The ports of a connection limit what is ordered on it, and what was ordered
// may stay and shrink when there are fewer.
func TestCapacityOfThePorts(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		mac, err := d.Create(t.Context(), d.a.ID, MACs, body(map[string]any{
			"managing_account": d.a.ID, "consuming_account": d.a.ID, "address": "42:23:bc:8e:b8:b0",
		}))
		if err != nil {
			t.Fatal(err)
		}
		roles := d.connection(d.a.Connection).RoleAssignments
		order := func(capacity any) (Item, error) {
			return d.Create(t.Context(), d.a.ID, NetworkServiceConfigs, body(map[string]any{
				"type": TypeExchangeLAN, "managing_account": d.a.ID, "consuming_account": d.a.ID, "billing_account": d.a.ID,
				"network_service": demoLAN, "product_offering": "po:demo-lan", "connection": d.a.Connection, "macs": []string{mac.ID},
				"role_assignments": roles, "capacity": capacity, "vlan_config": map[string]any{"vlan_type": "dot1q"},
			}))
		}
		_, err = order(400_000)
		refused(t, err, http.StatusBadRequest, "validation-error", "capacity: the connection has 10000 Mbit/s left")
		config, err := order(6_000)
		if err != nil {
			t.Fatal(err)
		}
		_, err = order(4_001)
		refused(t, err, http.StatusBadRequest, "validation-error", "capacity: the connection has 4000 Mbit/s left")
		if _, err := order(nil); err != nil {
			t.Errorf("an order without a capacity: %v", err)
		}
		d.write(func(tx *Tx) error {
			c, err := get[*Connection](tx, Connections, d.a.Connection)
			if err != nil {
				return err
			}
			c.CapacityAllocationLimit = new(5_000)
			return tx.Save(Connections, c)
		})
		for _, capacity := range []int{6_001, 6_000, 5_500} {
			_, err := d.Update(t.Context(), d.a.ID, NetworkServiceConfigs, config.ID, body(map[string]any{"capacity": capacity, "listed": true}), true)
			if capacity > 6_000 {
				refused(t, err, http.StatusBadRequest, "validation-error", "capacity: the connection has 5000 Mbit/s left")
			} else if err != nil {
				t.Errorf("%d: %v", capacity, err)
			}
		}
	})
}
