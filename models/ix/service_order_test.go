package ix

import (
	"strings"
	"testing"
)

// orders are bodies that are accepted, by type.
func (b *bureau) orders() map[string]sheet {
	return map[string]sheet{
		TypeP2P:   owned(b.a, sheet{"type": TypeP2P, "product_offering": "po:demo-p2p", "joining_member_account": b.b}),
		TypeP2MP:  owned(b.a, sheet{"type": TypeP2MP, "product_offering": "po:demo-p2mp"}),
		TypeMP2MP: owned(b.a, sheet{"type": TypeMP2MP, "product_offering": "po:demo-mp2mp"}),
		TypeCloud: owned(b.a, sheet{"type": TypeCloud, "product_offering": "po:demo-cloud-exchange-first", "cloud_key": "123456789876"}),
	}
}

// Every rule of an order has its problem.
func TestOrdersOfServicesAreRefused(t *testing.T) {
	atBureau(t, func(b *bureau) {
		poor := b.made(b.a, Accounts, accountBody())
		fresh := b.made(b.a, Accounts, accountBody())["id"]
		b.write(func(tx *Tx) error {
			a, err := get[*Account](tx, Accounts, poor["id"].(string))
			if err != nil {
				return err
			}
			a.State = StateProduction
			return tx.Save(Accounts, a)
		})
		for name, c := range map[string]struct {
			kind string
			more sheet
			want string
		}{
			"no type":                      {TypeP2P, sheet{"type": nil}, "400 validation-error type"},
			"unknown type":                 {TypeP2P, sheet{"type": "vpn"}, "400 validation-error type"},
			"an exchange LAN":              {TypeP2P, sheet{"type": TypeExchangeLAN}, "403 permission-denied"},
			"no accounts":                  {TypeP2P, sheet{"managing_account": nil, "consuming_account": nil, "billing_account": nil}, "400 validation-error billing_account consuming_account managing_account"},
			"accounts of others":           {TypeP2P, sheet{"managing_account": b.b, "consuming_account": b.b, "billing_account": b.b}, "400 validation-error billing_account consuming_account managing_account"},
			"no offering":                  {TypeP2P, sheet{"product_offering": nil}, "400 validation-error product_offering"},
			"unknown offering":             {TypeP2P, sheet{"product_offering": "po:none"}, "400 validation-error product_offering"},
			"offering of another type":     {TypeP2P, sheet{"product_offering": "po:demo-mp2mp"}, "400 validation-error product_offering"},
			"offering of a configuration":  {TypeMP2MP, sheet{"product_offering": "po:demo-mp2mp-config"}, "400 validation-error product_offering"},
			"no joining member":            {TypeP2P, sheet{"joining_member_account": nil}, "400 validation-error joining_member_account"},
			"unknown joining member":       {TypeP2P, sheet{"joining_member_account": "nobody"}, "400 validation-error joining_member_account"},
			"no capacity":                  {TypeP2P, sheet{"capacity": 0}, "400 validation-error capacity"},
			"negative capacity":            {TypeMP2MP, sheet{"capacity": -1}, "400 validation-error capacity"},
			"too little capacity":          {TypeP2P, sheet{"capacity": 9}, "400 validation-error capacity"},
			"too much capacity":            {TypeP2MP, sheet{"capacity": 100_001}, "400 validation-error capacity"},
			"capacity that is a text":      {TypeP2P, sheet{"capacity": "10"}, "400 validation-error capacity"},
			"no cloud key":                 {TypeCloud, sheet{"cloud_key": nil}, "400 validation-error cloud_key"},
			"a cloud key of another cloud": {TypeCloud, sheet{"cloud_key": "dc79e015"}, "400 validation-error cloud_key"},
			"a long name":                  {TypeMP2MP, sheet{"display_name": strings.Repeat("x", 81)}, "400 validation-error display_name"},
			"a long order":                 {TypeMP2MP, sheet{"purchase_order": strings.Repeat("x", 81)}, "400 validation-error purchase_order"},
			"paid without an address":      {TypeP2P, sheet{"billing_account": poor["id"]}, "400 validation-error billing_account"},
			"for an account too early":     {TypeP2P, sheet{"consuming_account": fresh}, "400 validation-error consuming_account"},
		} {
			_, err := b.store.Create(b.Context(), b.a, NetworkServices, b.orders()[c.kind].plus(c.more).body())
			b.want(name, refusal(err), c.want)
		}
	})
}

// A service has the properties of its type, and what follows from its offering.
func TestServicesByType(t *testing.T) {
	atBureau(t, func(b *bureau) {
		const common = "availability_zones billing_account capacity consuming_account contract_ref display_name external_ref id managing_account nsc_product_offerings nsc_required_contact_roles product_offering purchase_order state status type "
		for kind, c := range map[string]struct{ names, offerings, roles, tags string }{
			TypeP2P:   {"joining_member_account", "[]", "[role:noc]", "requested a_side_nsc_required b_side_nsc_required"},
			TypeP2MP:  {"member_joining_rules name network_features public", "[po:demo-p2mp-config]", "[role:noc role:implementation]", "requested member_joining_rule_required nsc_required"},
			TypeMP2MP: {"mac_acl_protection member_joining_rules name network_features public subnet_v4 subnet_v6", "[po:demo-mp2mp-config]", "[role:noc role:implementation]", "requested member_joining_rule_required nsc_required"},
			TypeCloud: {"cloud_key diversity provider_ref", "[]", "[role:noc]", "requested"},
		} {
			// What other types have is ignored.
			s := b.made(b.a, NetworkServices, b.orders()[kind].plus(sheet{"subnet_v4": "192.0.2.0/24", "id": "mine", "state": "production", "diversity": 9}))
			names := map[string]bool{}
			for _, name := range strings.Fields(common + c.names) {
				names[name] = true
				if _, has := s[name]; !has {
					b.Errorf("%s has no %s", kind, name)
				}
			}
			for name := range s {
				if !names[name] {
					b.Errorf("%s has %s", kind, name)
				}
			}
			b.want(kind+" offerings", s["nsc_product_offerings"], c.offerings)
			b.want(kind+" roles", s["nsc_required_contact_roles"], c.roles)
			b.want(kind+" state", b.state(b.a, NetworkServices, s["id"]), c.tags)
			b.want(kind+" is found", b.ids(b.a, NetworkServices, Query{"type": {kind}}), "["+s["id"].(string)+"]")
			if s["id"] == "mine" || kind == TypeCloud && s["diversity"] != 1.0 {
				b.Errorf("%s took what cannot be set: %v", kind, s)
			}
		}
		lan := b.read(b.b, NetworkServices, demoLAN)
		if lan["product_offering"] != "po:demo-lan" || lan["subnet_v4"] == nil || lan["state"] != "production" || lan["billing_account"] != nil {
			b.Errorf("exchange LAN: %v", lan)
		}
		b.want("services of the LAN's offering", b.ids(b.b, NetworkServices, Query{"product_offering": {"po:demo-lan"}}), "["+demoLAN+"]")
		b.want("services at the place", len(b.ids(b.a, NetworkServices, Query{"pop": {demoPop}})), 6)
		b.want("services at none", len(b.ids(b.a, NetworkServices, Query{"pop": {"pop:none"}})), 0)
	})
}

// The two names of a closed user group are the same, whichever is set.
func TestNamesOfServices(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.made(b.a, NetworkServices, b.orders()[TypeMP2MP].plus(sheet{"name": "old"}))
		for _, c := range []struct {
			change sheet
			put    bool
			want   string
		}{
			{sheet{}, false, "old"}, {sheet{"display_name": "new"}, false, "new"}, {sheet{"name": "other"}, false, "other"},
			{sheet{"display_name": "both", "name": "ignored"}, false, "both"},
			{owned(b.a, sheet{"display_name": "replaced", "product_offering": "po:demo-mp2mp"}), true, "replaced"},
			{owned(b.a, sheet{"name": "again", "product_offering": "po:demo-mp2mp"}), true, "again"},
		} {
			p := b.document(b.store.Update(b.Context(), b.a, NetworkServices, s["id"].(string), c.change.body(), !c.put))
			if p["name"] != c.want || p["display_name"] != c.want {
				b.Errorf("%v: %v and %v", c.change, p["name"], p["display_name"])
			}
		}
	})
}

func TestChangesOfServices(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.made(b.a, NetworkServices, b.orders()[TypeP2P])
		for name, c := range map[string]struct {
			account string
			change  sheet
			want    string
		}{
			"of the other side": {b.b, sheet{"display_name": "x"}, "403 permission-denied"},
			"type":              {b.a, sheet{"type": TypeCloud}, "400 validation-error type"},
			"capacity":          {b.a, sheet{"capacity": 5}, "400 validation-error capacity"},
			"offering":          {b.a, sheet{"product_offering": "po:demo-mp2mp"}, "400 validation-error product_offering"},
			"account":           {b.a, sheet{"consuming_account": b.b}, "400 validation-error consuming_account"},
			"payer taken away":  {b.a, sheet{"billing_account": ""}, "400 validation-error billing_account"},
		} {
			_, err := b.store.Update(b.Context(), c.account, NetworkServices, s["id"].(string), c.change.body(), true)
			b.want(name, refusal(err), c.want)
		}
		_, err := b.store.Update(b.Context(), b.a, NetworkServices, demoLAN, sheet{"name": "mine"}.body(), true)
		b.want("exchange LAN", refusal(err), "403 permission-denied")
		after := b.patched(b.a, NetworkServices, s["id"], sheet{"type": TypeP2P, "capacity": 10, "joining_member_account": b.a, "external_ref": "ref"})
		b.want("what changed", []any{after["capacity"], after["joining_member_account"], after["external_ref"]}, []any{10, b.b, "ref"})
		after = b.document(b.store.Update(b.Context(), b.a, NetworkServices, s["id"].(string), b.orders()[TypeP2P].body(), false))
		b.want("what was replaced", []any{after["capacity"], after["external_ref"]}, []any{nil, nil})
	})
}
