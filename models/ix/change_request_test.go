package ix

import (
	"testing"
)

// circuit is a cloud circuit of 100 Mbit/s in production, with offerings that
// differ from its own in one respect each.
func (b *bureau) circuit() string {
	b.Helper()
	id := b.made(b.a, NetworkServices, b.orders()[TypeCloud].plus(sheet{"capacity": 100}))["id"].(string)
	b.steps(3)
	b.write(func(tx *Tx) error {
		for name, change := range map[string]func(p *ProductOffering){
			"po:same": func(*ProductOffering) {}, "po:small": func(p *ProductOffering) { p.BandwidthMax = new(50); p.BandwidthMin = nil },
			"po:elsewhere": func(p *ProductOffering) { p.ServiceMetroAreaNetwork = "man:other" },
			"po:region":    func(p *ProductOffering) { p.ServiceProviderRegion = new("other") },
			"po:stuck":     func(p *ProductOffering) { p.UpgradeAllowed, p.DowngradeAllowed = false, false },
			"po:late":      func(p *ProductOffering) { p.OrderableNotAfter = new("2020-01-01T00:00:00Z") },
		} {
			p, err := get[*ProductOffering](tx, ProductOfferings, "po:demo-cloud-exchange-first")
			if err != nil {
				return err
			}
			p.ID = name
			change(p)
			if err := tx.ensure(ProductOfferings, p); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

func (b *bureau) changes(account, service string, p sheet) string {
	_, err := b.store.CreateChangeRequest(b.Context(), account, service, p.body())
	return refusal(err)
}

func TestChangeRequestsAreRefused(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.circuit()
		seen := b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"].(string)
		for name, c := range map[string]struct {
			account, service string
			body             sheet
			want             string
		}{
			"no offering":              {b.a, s, sheet{"capacity": 60}, "400 validation-error product_offering"},
			"nothing":                  {b.a, s, nil, "400 validation-error product_offering"},
			"a number":                 {b.a, s, sheet{"product_offering": 1, "capacity": "x"}, "400 validation-error capacity product_offering"},
			"unknown offering":         {b.a, s, sheet{"product_offering": "none"}, "400 validation-error product_offering"},
			"offering of another type": {b.a, s, sheet{"product_offering": "po:demo-p2p"}, "400 validation-error product_offering"},
			"offering elsewhere":       {b.a, s, sheet{"product_offering": "po:elsewhere"}, "400 validation-error product_offering"},
			"offering of a region":     {b.a, s, sheet{"product_offering": "po:region"}, "400 validation-error product_offering"},
			"offering of the past":     {b.a, s, sheet{"product_offering": "po:late"}, "400 validation-error product_offering"},
			"too much capacity":        {b.a, s, sheet{"product_offering": "po:small", "capacity": 51}, "400 validation-error capacity"},
			"too little capacity":      {b.a, s, sheet{"product_offering": "po:same", "capacity": 49}, "400 validation-error capacity"},
			"not in production":        {b.a, seen, sheet{"product_offering": "po:demo-p2p"}, "400 unable-to-fulfill"},
			"of another":               {b.b, s, sheet{"product_offering": "po:same"}, "404 not-found"},
			"of another that is seen":  {b.b, seen, sheet{"product_offering": "po:demo-p2p"}, "403 permission-denied"},
			"of the exchange":          {b.a, demoLAN, sheet{"product_offering": "po:demo-lan"}, "403 permission-denied"},
		} {
			b.want(name, b.changes(c.account, c.service, c.body), c.want)
		}
		b.want("state", b.state(b.a, NetworkServices, s), "production")
		_, err := b.store.ReadChangeRequest(b.Context(), b.a, s)
		b.want("read where there is none", refusal(err), "404 not-found")
		_, err = b.store.DeleteChangeRequest(b.Context(), b.a, s)
		b.want("delete where there is none", refusal(err), "404 not-found")
	})
}

// An offering may forbid more and less bandwidth.
func TestUpgradeAndDowngrade(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.circuit()
		b.patched(b.a, NetworkServices, s, sheet{"product_offering": "po:stuck"})
		b.steps(1)
		for name, c := range map[string]struct {
			change sheet
			want   string
		}{
			"more":                {sheet{"capacity": 101}, "400 validation-error capacity"},
			"all":                 {sheet{"capacity": nil}, "400 validation-error capacity"},
			"less":                {sheet{"capacity": 99}, "400 validation-error capacity"},
			"less by an offering": {sheet{"product_offering": "po:small", "capacity": nil}, "400 validation-error product_offering"},
			"more by an offering": {sheet{"product_offering": "po:same", "capacity": nil}, "400 validation-error product_offering"},
			"the same":            {sheet{"product_offering": "po:stuck", "capacity": 100}, "<nil>"},
		} {
			_, err := b.store.Update(b.Context(), b.a, NetworkServices, s, c.change.body(), true)
			b.want(name, refusal(err), c.want)
		}
		b.want("requested", b.changes(b.a, s, sheet{"product_offering": "po:stuck", "capacity": 200}), "400 validation-error capacity")
	})
}

// There is one change request at a time; it is applied in a step, or taken back.
func TestLifeOfAChangeRequest(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.circuit()
		ask := sheet{"product_offering": "po:same", "capacity": 200}
		b.want("request", b.changes(b.a, s, ask), "<nil>")
		b.want("state", b.state(b.a, NetworkServices, s), "production_change_pending")
		b.want("another", b.changes(b.a, s, ask), "400 unable-to-fulfill")
		_, err := b.store.Update(b.Context(), b.a, NetworkServices, s, sheet{"capacity": 60}.body(), true)
		b.want("changed meanwhile", refusal(err), "400 unable-to-fulfill")
		r, err := b.store.ReadChangeRequest(b.Context(), b.a, s)
		if err != nil || r.ProductOffering != "po:same" || r.Capacity == nil || *r.Capacity != 200 {
			b.Errorf("read: %+v, %v", r, err)
		}
		for name, f := range map[string]func() error{
			"read":   func() error { _, err := b.store.ReadChangeRequest(b.Context(), b.b, s); return err },
			"delete": func() error { _, err := b.store.DeleteChangeRequest(b.Context(), b.b, s); return err },
		} {
			b.want(name+" by another", refusal(f()), "404 not-found")
		}
		if r, err := b.store.DeleteChangeRequest(b.Context(), b.a, s); err != nil || r.ProductOffering != "po:same" {
			b.Errorf("delete: %+v, %v", r, err)
		}
		b.steps(2)
		p := b.read(b.a, NetworkServices, s)
		b.want("taken back", []any{p["state"], p["capacity"]}, "[production 100]")
		b.want("request again", b.changes(b.a, s, ask), "<nil>")
		b.steps(1)
		p = b.read(b.a, NetworkServices, s)
		b.want("applied", []any{p["state"], p["capacity"], p["product_offering"]}, "[production 200 po:same]")
		_, err = b.store.ReadChangeRequest(b.Context(), b.a, s)
		b.want("read afterwards", refusal(err), "404 not-found")
		b.want("a third", b.changes(b.a, s, ask), "<nil>")
		b.destroyed(b.a, NetworkServices, s, nil)
		_, err = b.store.ReadChangeRequest(b.Context(), b.a, s)
		b.want("of a service that leaves", refusal(err), "404 not-found")
		_, err = b.store.List(b.Context(), b.a, changeRequests, nil)
		b.want("as a collection", refusal(err), "404 not-found")

		circuit := b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"].(string)
		_, err = b.store.ReadChangeRequest(b.Context(), b.b, circuit)
		b.want("by the other side", refusal(err), "403 permission-denied")
	})
}
