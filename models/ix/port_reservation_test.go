package ix

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAddAndRemoveAPort(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		item, err := d.Create(t.Context(), d.a.ID, PortReservations, body(map[string]any{
			"connection": d.a.Connection, "external_ref": "second", "connecting_party": "Cable Layers", "purchase_order": "PO 2", "port": "no",
		}))
		if err != nil {
			t.Fatal(err)
		}
		for _, hidden := range []string{"managing_account", "consuming_account", "product_offering"} {
			if strings.Contains(string(item.Document), hidden) {
				t.Errorf("a reservation shows %s", hidden)
			}
		}
		var p PortReservation
		if err := json.Unmarshal(item.Document, &p); err != nil || p.State != StateRequested || p.Port != nil || *p.ConnectingParty != "Cable Layers" {
			t.Errorf("reserved %s, %v", item.Document, err)
		}
		if c := d.connection(d.a.Connection); c.PortQuantity != 2 || len(c.PortReservations) != 2 || len(c.Ports) != 1 {
			t.Errorf("the connection is %+v", c)
		}
		d.steps(2)
		if c := d.connection(d.a.Connection); len(c.Ports) != 2 || *c.Speed != 20_000 || c.State != StateProduction {
			t.Errorf("with two ports: %+v", c)
		}
		if _, err := d.Update(t.Context(), d.a.ID, PortReservations, item.ID, body(map[string]any{"external_ref": "changed", "connection": "none"}), true); err != nil {
			t.Fatal(err)
		}
		first := d.connection(d.a.Connection).PortReservations[0]
		d.lists(PortReservations, "id", []listCase{
			{"", first + " " + item.ID}, {"state=production", first + " " + item.ID}, {"state__is_not=production", ""},
			{"connection=" + d.a.Connection, first + " " + item.ID}, {"connection=none", ""},
			{"port=" + d.connection(d.a.Connection).Ports[1], item.ID}, {"external_ref=changed", item.ID},
		})
		for _, call := range []func() error{
			func() error { _, err := d.Read(t.Context(), d.b.ID, PortReservations, item.ID); return err },
			func() error { _, err := d.Destroy(t.Context(), d.b.ID, PortReservations, item.ID, nil); return err },
			func() error {
				_, err := d.Update(t.Context(), d.b.ID, PortReservations, item.ID, nil, true)
				return err
			},
			func() error {
				_, err := d.CancellationPolicy(t.Context(), d.b.ID, PortReservations, item.ID, nil)
				return err
			},
		} {
			refused(t, call(), http.StatusNotFound, "not-found", "")
		}
		policy, err := d.CancellationPolicy(t.Context(), d.a.ID, PortReservations, item.ID, nil)
		if err != nil || policy != (CancellationPolicy{"2026-01-10", "2026-01-10"}) {
			t.Errorf("policy %+v, %v", policy, err)
		}
		if _, err := d.Destroy(t.Context(), d.a.ID, PortReservations, item.ID, nil); err != nil {
			t.Fatal(err)
		}
		_, err = d.Update(t.Context(), d.a.ID, PortReservations, item.ID, body(map[string]any{"external_ref": "late"}), true)
		refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "is being decommissioned")
		_, err = d.Destroy(t.Context(), d.a.ID, PortReservations, first, nil)
		refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "the last port of its connection")
		d.steps(1)
		if c := d.connection(d.a.Connection); c.PortQuantity != 1 || len(c.Ports) != 1 || len(c.PortReservations) != 1 || *c.Speed != 10_000 {
			t.Errorf("with one port again: %+v", c)
		}
		if got := d.names(PortReservations, "state", Query{"id": {item.ID}}); got != "decommissioned" {
			t.Errorf("its reservation is %s", got)
		}
	})
}

func TestRefusedReservations(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		alone := d.ordered(map[string]any{"mode": "standalone", "port_quantity": 1, "product_offering": "po:demo-port-100g", "subscriber_side_demarcs": []string{"pp1"}}).ID
		group := d.ordered(map[string]any{"port_quantity": 1, "product_offering": "po:demo-port-100g", "subscriber_side_demarcs": []string{"pp1"}}).ID
		full := d.ordered(map[string]any{"port_quantity": 8}).ID
		leaving := d.ordered(nil).ID
		if _, err := d.Destroy(t.Context(), d.a.ID, Connections, leaving, nil); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			connection, problem, text string
		}{
			{"", "validation-error", "connection: is required"},
			{"none", "validation-error", "connection: there is no object"},
			{d.b.Connection, "validation-error", "connection: there is no object"},
			{alone, "unable-to-fulfill", "has one port only"},
			{full, "unable-to-fulfill", "has 8 ports at most"},
			{group, "validation-error", "subscriber_side_demarc: is required"},
			{leaving, "unable-to-fulfill", "is being decommissioned"},
		} {
			_, err := d.Create(t.Context(), d.a.ID, PortReservations, body(map[string]any{"connection": test.connection}))
			refused(t, err, http.StatusBadRequest, test.problem, test.text)
		}
		// What was never provisioned goes the same way.
		d.steps(2)
		if c := d.connection(leaving); c.State != StateDecommissioned || len(c.Ports) != 0 {
			t.Errorf("given up at once: %+v", c)
		}
	})
}

// ports sets how many ports of 10 Gbit/s are free, and returns how many were.
func (d *demonstration) ports(n int) (before int) {
	d.t.Helper()
	d.write(func(tx *Tx) error {
		device, err := get[*Device](tx, Devices, "dev:demo-sw1")
		if err != nil {
			return err
		}
		before, device.Capabilities[0].Availability = device.Capabilities[0].Availability, n
		return tx.Save(Devices, device)
	})
	return before
}

// A port is taken when it is ordered, so that no more are ordered than there are.
func TestPortsAreTakenByTheOrder(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		d.ports(19)
		eight := map[string]any{"port_quantity": 8}
		first := d.ordered(eight)
		second := d.ordered(eight)
		_, err := d.Create(t.Context(), d.a.ID, Connections, d.order(eight))
		refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "No device has 8 free ports")
		d.ordered(map[string]any{"port_quantity": 3})
		_, err = d.Create(t.Context(), d.a.ID, PortReservations, body(map[string]any{"connection": d.a.Connection}))
		refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "No device has 1 free ports")
		// What is given up before there is a port is free again.
		if _, err := d.Destroy(t.Context(), d.a.ID, Connections, first.ID, nil); err != nil {
			t.Fatal(err)
		}
		d.steps(4)
		if free := d.ports(8); free != 8 {
			t.Errorf("%d ports are free", free)
		}
		d.ordered(eight)
		if c := d.connection(second.ID); c.State != StateProduction || len(c.Ports) != 8 {
			t.Errorf("the second: %+v", c)
		}
		item, err := d.Read(t.Context(), d.a.ID, PortReservations, second.PortReservations[0])
		if err != nil || strings.Contains(string(item.Document), "place") {
			t.Errorf("a reservation is shown as %s, %v", item.Document, err)
		}
	})
}

// Reservations without a place, of before places were kept, say what they wait
// for, take no steps meanwhile, and get the ports that others give back.
func TestReservationsWaitForAPort(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		old := d.ordered(nil)
		d.steps(4)
		c := d.ordered(map[string]any{"port_quantity": 3})
		d.write(func(tx *Tx) error {
			for _, id := range c.PortReservations {
				p, err := get[*PortReservation](tx, PortReservations, id)
				if err != nil {
					return err
				}
				p.Place = nil
				if err := tx.Save(PortReservations, p); err != nil {
					return err
				}
			}
			return nil
		})
		d.ports(1)
		d.steps(3)
		if took, err := d.Step(t.Context()); took != 0 || err != nil {
			t.Errorf("%d objects go on, %v", took, err)
		}
		if c = d.connection(c.ID); c.State != StateRequested || len(c.Ports) != 1 {
			t.Errorf("with one of three ports: %+v", c)
		}
		d.write(func(tx *Tx) error {
			p, err := get[*PortReservation](tx, PortReservations, c.PortReservations[2])
			if err == nil && (p.State != StateOperator || len(p.Status) != 1 || p.Status[0].Tag != "ports_exhausted") {
				t.Errorf("the third waits as %+v", p)
			}
			return err
		})
		if _, err := d.Destroy(t.Context(), d.a.ID, Connections, old.ID, nil); err != nil {
			t.Fatal(err)
		}
		d.steps(7)
		if c = d.connection(c.ID); c.State != StateProduction || len(c.Ports) != 3 {
			t.Errorf("with all ports: %+v", c)
		}
		if got := d.names(PortReservations, "status", Query{"connection": {c.ID}}); strings.Contains(got, "ports_exhausted") {
			t.Errorf("the reservations say %s", got)
		}
	})
}

// A connection does not wait for a port that is given up.
func TestPortGivenUpWhileItWaits(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		c := d.ordered(nil)
		d.write(func(tx *Tx) error {
			p, err := get[*PortReservation](tx, PortReservations, c.PortReservations[1])
			if err != nil {
				return err
			}
			p.Place = nil
			return tx.Save(PortReservations, p)
		})
		d.ports(0)
		d.steps(4)
		if _, err := d.Destroy(t.Context(), d.a.ID, PortReservations, c.PortReservations[1], body(map[string]any{"decommission_at": "2026-01-20"})); err != nil {
			t.Fatal(err)
		}
		d.steps(3)
		if c = d.connection(c.ID); c.State != StateProduction || len(c.Ports) != 1 {
			t.Errorf("with one of two ports: %+v", c)
		}
	})
}

func TestListsOfPorts(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		c := d.ordered(map[string]any{"product_offering": "po:demo-port-100g", "port_quantity": 1, "subscriber_side_demarcs": []string{"pp1"}, "external_ref": "big"})
		d.steps(1)
		one, two := d.connection(d.a.Connection).Ports[0], d.connection(c.ID).Ports[0]
		both := one + " " + two
		d.lists(Ports, "id", []listCase{
			{"", both}, {"state=allocated", two}, {"state__is_not=allocated", one}, {"external_ref=big", two}, {"media_type=10GBASE-LR", one},
			{"pop=pop:demo", both}, {"pop=none", ""}, {"name=sw1.exb1:1", one}, {"device=dev:demo-sw1", both}, {"device=none", ""},
			{"speed=100000", two}, {"speed=1,10000", one}, {"connection=" + c.ID, two},
		})
		_, err := d.List(t.Context(), d.a.ID, Ports, Query{"speed": {"10G"}})
		refused(t, err, http.StatusBadRequest, "validation-error", "speed: expected an integer")
		_, err = d.Read(t.Context(), d.b.ID, Ports, one)
		refused(t, err, http.StatusNotFound, "not-found", "")
		if items, err := d.List(t.Context(), d.b.ID, Ports, Query{"id": {one, two}}); err != nil || len(items) != 0 {
			t.Errorf("B sees %v, %v", items, err)
		}
		// The day after, what was ordered is there.
		d.clock.Advance(24 * time.Hour)
		d.steps(2)
		if got := d.names(Ports, "state", nil); got != "production production" {
			t.Errorf("the ports are %s", got)
		}
	})
}
