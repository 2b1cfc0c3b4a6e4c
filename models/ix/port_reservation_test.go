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

func TestReservationsWaitForAPort(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		free := func(n int) {
			d.write(func(tx *Tx) error {
				device, err := get[*Device](tx, Devices, "dev:demo-sw1")
				if err != nil {
					return err
				}
				device.Capabilities[0].Availability = n
				return tx.Save(Devices, device)
			})
		}
		c := d.ordered(nil)
		free(1)
		d.steps(5)
		if c = d.connection(c.ID); c.State != StateRequested || len(c.Ports) != 1 {
			t.Errorf("with one of two ports: %+v", c)
		}
		free(1)
		d.steps(5)
		if c = d.connection(c.ID); c.State != StateProduction || len(c.Ports) != 2 {
			t.Errorf("with both ports: %+v", c)
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
