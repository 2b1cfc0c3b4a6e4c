package ix

import (
	"testing"
	"time"
)

// A private circuit goes on once both sides are there.
func TestPrivateCircuit(t *testing.T) {
	atBureau(t, func(b *bureau) {
		for name, sides := range map[string][2]string{"two members": {b.a, b.b}, "B-side first": {b.b, b.a}} {
			s := b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"]
			b.steps(3)
			b.want(name+" alone", b.state(b.a, NetworkServices, s), "requested a_side_nsc_required b_side_nsc_required")
			first := b.config(sides[0], TypeP2P, s, nil)["id"]
			missing := map[string]string{b.a: "b_side_nsc_required", b.b: "a_side_nsc_required"}[sides[0]]
			b.want(name+" with one side", b.state(b.a, NetworkServices, s), "requested "+missing)
			b.steps(5)
			b.want(name+" later", b.state(b.a, NetworkServices, s), "requested "+missing)
			b.want(name+" first configuration", b.read(sides[0], NetworkServiceConfigs, first)["state"] != "production", true)
			second := b.config(sides[1], TypeP2P, s, nil)["id"]
			b.want(name+" complete", b.state(b.a, NetworkServices, s), "requested")
			for _, state := range []string{"allocated", "testing", "production"} {
				b.steps(1)
				b.want(name, b.state(b.a, NetworkServices, s), state)
			}
			b.want(name+" is paid from", b.read(b.a, NetworkServices, s)["current_billing_start_date"], b.clock.Now().Format(time.DateOnly))
			b.steps(5)
			b.want(name+" first configuration at last", b.state(sides[0], NetworkServiceConfigs, first), "production")
			b.want(name+" second configuration at last", b.state(sides[1], NetworkServiceConfigs, second), "production")
			b.destroyed(sides[1], NetworkServiceConfigs, second, nil)
			missing = map[string]string{b.b: "b_side_nsc_required", b.a: "a_side_nsc_required"}[sides[1]]
			b.want(name+" without the second", b.state(b.a, NetworkServices, s), "production "+missing)
		}
		own := b.made(b.a, NetworkServices, b.orders()[TypeP2P].plus(sheet{"joining_member_account": b.a}))["id"]
		b.config(b.a, TypeP2P, own, nil)
		b.want("of one member, with a side", b.state(b.a, NetworkServices, own), "requested b_side_nsc_required")
		b.config(b.a, TypeP2P, own, nil)
		b.want("of one member", b.state(b.a, NetworkServices, own), "requested")
	})
}

// A closed user group needs a rule unless it is public, and its owner in it.
func TestClosedUserGroup(t *testing.T) {
	atBureau(t, func(b *bureau) {
		for _, kind := range []string{TypeMP2MP, TypeP2MP} {
			s := b.made(b.a, NetworkServices, b.orders()[kind])["id"]
			at := b.read(b.a, NetworkServices, s)["status"].([]any)[1].(map[string]any)["timestamp"]
			b.steps(2)
			b.want("both missing", b.state(b.a, NetworkServices, s), "requested member_joining_rule_required nsc_required")
			rule := b.made(b.a, MemberJoiningRules, sheet{"type": RuleAllow, "managing_account": b.a, "consuming_account": b.b, "network_service": s})["id"]
			b.want("a rule", b.state(b.a, NetworkServices, s), "requested nsc_required")
			b.want("since when", b.read(b.a, NetworkServices, s)["status"].([]any)[0].(map[string]any)["timestamp"], at)
			b.destroyed(b.a, MemberJoiningRules, rule, nil)
			b.want("no rule again", b.state(b.a, NetworkServices, s), "requested member_joining_rule_required nsc_required")
			b.patched(b.a, NetworkServices, s, sheet{"public": true})
			b.want("public", b.state(b.a, NetworkServices, s), "requested nsc_required")
			b.config(b.b, kind, s, nil)
			b.want("with a guest", b.state(b.a, NetworkServices, s), "requested nsc_required")
			b.config(b.a, kind, s, nil)
			b.want("with the owner", b.state(b.a, NetworkServices, s), "requested")
			b.steps(4)
			b.want("at last", b.state(b.a, NetworkServices, s), "production")
		}
	})
}

// A cloud circuit waits for nobody. The exchange orders it at the provider where
// that is its part.
func TestCloudCircuit(t *testing.T) {
	atBureau(t, func(b *bureau) {
		first := b.made(b.a, NetworkServices, b.orders()[TypeCloud])
		second := b.made(b.a, NetworkServices, b.orders()[TypeCloud].plus(sheet{
			"product_offering": "po:demo-cloud-provider-first", "cloud_key": "dc79e015-f15c-4681-9c7b-6d16b2973997",
		}))
		b.want("diversities", []any{first["diversity"], second["diversity"]}, "[1 2]")
		b.want("references", []any{first["provider_ref"], second["provider_ref"]}, []any{nil, nil})
		b.steps(3)
		b.want("exchange first", b.read(b.a, NetworkServices, first["id"])["provider_ref"], "circuit-"+first["id"].(string))
		b.want("provider first", b.read(b.a, NetworkServices, second["id"])["provider_ref"], nil)
		b.want("state", b.state(b.a, NetworkServices, second["id"]), "production")
	})
}

// A service ends on its day, with all that depends on it.
func TestDeletionOfServices(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.made(b.a, NetworkServices, b.orders()[TypeMP2MP])["id"].(string)
		rule := b.made(b.a, MemberJoiningRules, sheet{"type": RuleAllow, "managing_account": b.a, "consuming_account": b.b, "network_service": s})["id"].(string)
		own, guest := b.config(b.a, TypeMP2MP, s, nil)["id"], b.config(b.b, TypeMP2MP, s, nil)["id"]
		b.steps(5)
		today := b.clock.Now()
		date := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
		for name, c := range map[string]struct {
			at   any
			want string
		}{
			"yesterday":    {date(-1), "400 cancellation-policy-error"},
			"no date":      {"soon", "400 validation-error decommission_at"},
			"a number":     {20270101, "400 validation-error decommission_at"},
			"day and time": {date(3) + "T00:00:00Z", "400 validation-error decommission_at"},
		} {
			_, err := b.store.Destroy(b.Context(), b.a, NetworkServices, s, sheet{"decommission_at": c.at}.body())
			b.want(name, refusal(err), c.want)
		}
		b.want("after refusals", b.state(b.a, NetworkServices, s), "production")
		b.want("rule after refusals", b.read(b.a, MemberJoiningRules, rule)["id"], rule)
		gone := b.destroyed(b.a, NetworkServices, s, sheet{"decommission_at": date(2)})
		b.want("dates", []any{gone["state"], gone["decommission_at"], gone["charged_until"]}, []any{"decommission_requested", date(2), date(2)})
		b.want("rules", gone["member_joining_rules"], "[]")
		_, err := b.store.Read(b.Context(), b.a, MemberJoiningRules, rule)
		b.want("rule", refusal(err), "404 not-found")
		for account, id := range map[string]any{b.a: own, b.b: guest} {
			p := b.read(account, NetworkServiceConfigs, id)
			b.want("configuration", []any{p["state"], p["decommission_at"]}, []any{"decommission_requested", date(2)})
		}
		b.destroyed(b.a, NetworkServices, s, nil)
		b.destroyed(b.a, NetworkServices, s, sheet{"decommission_at": date(2)})
		_, err = b.store.Destroy(b.Context(), b.a, NetworkServices, s, sheet{"decommission_at": date(3)}.body())
		b.want("again at another date", refusal(err), "400 unable-to-fulfill")
		_, err = b.store.Update(b.Context(), b.a, NetworkServices, s, sheet{"display_name": "x"}.body(), true)
		b.want("changed", refusal(err), "400 unable-to-fulfill")
		_, err = b.store.CreateChangeRequest(b.Context(), b.a, s, sheet{"product_offering": "po:demo-mp2mp"}.body())
		b.want("change request", refusal(err), "400 unable-to-fulfill")
		b.steps(3)
		b.want("before the day", b.state(b.a, NetworkServices, s), "decommission_requested")
		b.clock.Advance(48 * time.Hour)
		b.steps(2)
		b.want("on the day", b.state(b.a, NetworkServices, s), "decommissioned")
		b.want("own configuration", b.state(b.a, NetworkServiceConfigs, own), "decommissioned")
		b.want("configuration of the guest", b.state(b.b, NetworkServiceConfigs, guest), "decommissioned")
		_, err = b.store.Read(b.Context(), b.b, NetworkServices, s)
		b.want("seen by the guest", refusal(err), "404 not-found")
	})
}
