package ix

import "testing"

func TestJoiningRulesAreRefused(t *testing.T) {
	atBureau(t, func(b *bureau) {
		group := b.made(b.a, NetworkServices, b.orders()[TypeMP2MP].plus(sheet{"public": true}))["id"]
		circuit := b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"]
		ended := b.made(b.a, NetworkServices, b.orders()[TypeP2MP])["id"]
		b.destroyed(b.a, NetworkServices, ended, nil)
		good := sheet{"type": RuleAllow, "managing_account": b.a, "consuming_account": b.b, "network_service": group}
		for name, c := range map[string]struct {
			account string
			more    sheet
			want    string
		}{
			"no type":             {b.a, sheet{"type": nil}, "400 validation-error type"},
			"unknown type":        {b.a, sheet{"type": "ask"}, "400 validation-error type"},
			"no service":          {b.a, sheet{"network_service": nil}, "400 validation-error network_service"},
			"unknown service":     {b.a, sheet{"network_service": "none"}, "400 validation-error network_service"},
			"private circuit":     {b.a, sheet{"network_service": circuit}, "400 validation-error network_service"},
			"exchange LAN":        {b.a, sheet{"network_service": demoLAN}, "400 validation-error network_service"},
			"service that leaves": {b.a, sheet{"network_service": ended}, "400 unable-to-fulfill"},
			"service of another":  {b.b, sheet{"managing_account": b.b}, "403 permission-denied"},
			"for another":         {b.a, sheet{"managing_account": b.b}, "400 validation-error managing_account"},
			"nobody":              {b.a, sheet{"consuming_account": nil}, "400 validation-error consuming_account"},
			"unknown account":     {b.a, sheet{"consuming_account": "none"}, "400 validation-error consuming_account"},
			"no capacity":         {b.a, sheet{"capacity_min": 0, "capacity_max": -1}, "400 validation-error capacity_max capacity_min"},
			"least above most":    {b.a, sheet{"capacity_min": 2, "capacity_max": 1}, "400 validation-error capacity_max"},
		} {
			_, err := b.store.Create(b.Context(), c.account, MemberJoiningRules, good.plus(c.more).body())
			b.want(name, refusal(err), c.want)
		}
		rule := b.made(b.a, MemberJoiningRules, good.plus(sheet{"capacity_min": 10, "capacity_max": 10}))
		b.want("properties", len(rule), 8)
		_, err := b.store.Create(b.Context(), b.a, MemberJoiningRules, good.body())
		b.want("another for the same", refusal(err), "400 validation-error consuming_account")
		_, err = b.store.Update(b.Context(), b.a, MemberJoiningRules, rule["id"].(string), sheet{"capacity_max": 9}.body(), true)
		b.want("least above most, later", refusal(err), "400 validation-error capacity_max")
		_, err = b.store.Update(b.Context(), b.b, MemberJoiningRules, rule["id"].(string), sheet{"capacity_max": 90}.body(), true)
		b.want("changed by who is invited", refusal(err), "403 permission-denied")
		after := b.patched(b.a, MemberJoiningRules, rule["id"], sheet{"capacity_max": nil, "network_service": circuit})
		b.want("what is fixed", after["network_service"], group)
		deny := b.made(b.a, MemberJoiningRules, good.plus(sheet{"type": RuleDeny, "capacity_min": 5}))
		b.want("properties of deny", len(deny), 6)
		b.want("found", b.ids(b.a, MemberJoiningRules, Query{"network_service": {group.(string)}}), []any{rule["id"], deny["id"]})
		b.want("in the service", b.read(b.a, NetworkServices, group)["member_joining_rules"], []any{rule["id"], deny["id"]})
		b.destroyed(b.a, MemberJoiningRules, deny["id"], nil)
		b.want("in the service later", b.read(b.a, NetworkServices, group)["member_joining_rules"], []any{rule["id"]})
	})
}

// Who sees a service of another, and what of it.
func TestVisibilityOfServices(t *testing.T) {
	atBureau(t, func(b *bureau) {
		low := b.made(b.b, Accounts, accountBody())["id"].(string)
		sees := func(name string, id any, want string) {
			b.Helper()
			item, err := b.store.Read(b.Context(), b.b, NetworkServices, id.(string))
			got := refusal(err)
			if err == nil {
				got = "seen"
			}
			b.want(name, got, want)
			in := len(b.ids(b.b, NetworkServices, Query{"id": {id.(string)}})) == 1
			b.want(name+" in the list", in, want == "seen")
			if err != nil {
				return
			}
			p := b.document(item, nil)
			for _, secret := range []string{"state", "status", "billing_account", "purchase_order", "contract_ref", "external_ref", "capacity", "member_joining_rules"} {
				if _, has := p[secret]; has {
					b.Errorf("%s shows %s", name, secret)
				}
			}
			_, err = b.store.Update(b.Context(), b.b, NetworkServices, id.(string), sheet{"public": true}.body(), true)
			b.want(name+" changed", refusal(err), "403 permission-denied")
			_, err = b.store.Destroy(b.Context(), b.b, NetworkServices, id.(string), nil)
			b.want(name+" deleted", refusal(err), "403 permission-denied")
		}
		sees("private circuit", b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"], "seen")
		sees("private circuit with oneself", b.made(b.a, NetworkServices, b.orders()[TypeP2P].plus(sheet{"joining_member_account": b.a}))["id"], "404 not-found")
		sees("private circuit with one's customer", b.made(b.a, NetworkServices, b.orders()[TypeP2P].plus(sheet{"joining_member_account": low}))["id"], "seen")
		sees("cloud circuit", b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"], "404 not-found")
		for _, kind := range []string{TypeMP2MP, TypeP2MP} {
			rule := func(service any, kind, account string) any {
				return b.made(b.a, MemberJoiningRules, sheet{"type": kind, "managing_account": b.a, "consuming_account": account, "network_service": service})["id"]
			}
			closed := b.made(b.a, NetworkServices, b.orders()[kind])["id"]
			sees(kind, closed, "404 not-found")
			allow := rule(closed, RuleAllow, b.b)
			sees(kind+" with a rule", closed, "seen")
			b.destroyed(b.a, MemberJoiningRules, allow, nil)
			sees(kind+" without it again", closed, "404 not-found")
			rule(closed, RuleAllow, low)
			sees(kind+" for one's customer", closed, "seen")
			rule(closed, RuleDeny, low)
			sees(kind+" for nobody", closed, "404 not-found")

			open := b.made(b.a, NetworkServices, b.orders()[kind].plus(sheet{"public": true}))["id"]
			sees(kind+" public", open, "seen")
			rule(open, RuleDeny, low)
			sees(kind+" public but for one's customer", open, "seen")
			config := b.config(b.b, kind, open, nil)
			rule(open, RuleDeny, b.b)
			sees(kind+" denied to a member", open, "seen")
			b.destroyed(b.b, NetworkServiceConfigs, config["id"], nil)
			b.steps(3)
			sees(kind+" denied", open, "404 not-found")
		}
		if p := b.read(b.b, NetworkServices, demoLAN); p["state"] != "production" {
			b.Errorf("exchange LAN: %v", p)
		}
		_, err := b.store.Destroy(b.Context(), b.b, NetworkServices, demoLAN, nil)
		b.want("exchange LAN deleted", refusal(err), "403 permission-denied")
		_, err = b.store.Destroy(b.Context(), operatorAccount, NetworkServices, demoLAN, nil)
		b.want("exchange LAN deleted by its operator", refusal(err), "403 permission-denied")
	})
}
