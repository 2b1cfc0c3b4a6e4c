package ix

import (
	"testing"
	"time"
)

// What a change of a service in production makes devices do takes a step, as a
// change request does, and is the only one meanwhile.
func TestChangesOfServicesInProduction(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.circuit()
		since := b.read(b.a, NetworkServices, s)["current_billing_start_date"]
		b.clock.Advance(24 * time.Hour)
		for name, change := range map[string]sheet{
			"capacity": {"capacity": 200}, "all": {"capacity": nil}, "offering": {"product_offering": "po:same"},
			"both": {"product_offering": "po:demo-cloud-exchange-first", "capacity": 60},
		} {
			after := b.patched(b.a, NetworkServices, s, change)
			for property, value := range change {
				b.want(name+": "+property, after[property], value)
			}
			b.want(name+" at once", after["state"], "production_change_pending")
			_, err := b.store.Update(b.Context(), b.a, NetworkServices, s, sheet{"capacity": 75}.body(), true)
			b.want(name+" and another", refusal(err), "400 unable-to-fulfill")
			b.want(name+" and a request", b.changes(b.a, s, sheet{"product_offering": "po:same", "capacity": 75}), "400 unable-to-fulfill")
			_, err = b.store.DeleteChangeRequest(b.Context(), b.a, s)
			b.want(name+" taken back as a request", refusal(err), "404 not-found")
			b.want(name+" and a name", b.patched(b.a, NetworkServices, s, sheet{"display_name": name})["state"], "production_change_pending")
			b.patched(b.a, NetworkServices, s, change)
			b.steps(1)
			after = b.read(b.a, NetworkServices, s)
			for property, value := range change {
				b.want(name+" later: "+property, after[property], value)
			}
			b.want(name+" later", []any{after["state"], after["display_name"], after["current_billing_start_date"]}, []any{"production", name, since})
		}
		for name, change := range map[string]sheet{
			"nothing": {}, "the same": {"capacity": 60}, "names": {"display_name": "x", "external_ref": "y", "purchase_order": "z"}, "the state": {"state": "archived"},
		} {
			b.patched(b.a, NetworkServices, s, sheet{"capacity": 60})
			b.steps(1)
			b.want(name, b.patched(b.a, NetworkServices, s, change)["state"], "production")
		}
		fresh := b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"]
		b.want("before production", b.patched(b.a, NetworkServices, fresh, sheet{"capacity": 100})["state"], "requested")
		b.patched(b.a, NetworkServices, s, sheet{"capacity": 100})
		b.destroyed(b.a, NetworkServices, s, nil)
		b.steps(3)
		b.want("destroyed meanwhile", b.state(b.a, NetworkServices, s), "decommissioned")
	})
}

// The protection of a group is what devices do; who may join it is not.
func TestChangesOfGroupsInProduction(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.made(b.a, NetworkServices, b.orders()[TypeMP2MP].plus(sheet{"public": true}))["id"]
		own := b.config(b.a, TypeMP2MP, s, nil)["id"]
		b.steps(6)
		b.want("protection", b.patched(b.a, NetworkServices, s, sheet{"mac_acl_protection": true})["state"], "production_change_pending")
		b.steps(1)
		b.want("protected", b.state(b.a, NetworkServices, s), "production")
		b.want("who may join", b.patched(b.a, NetworkServices, s, sheet{"public": false})["state"], "production")
		b.want("the owner", b.state(b.a, NetworkServiceConfigs, own), "production")
	})
}
