package ix

import "testing"

// A private circuit that loses a side on its way to production waits again, and
// so does the side that is left.
func TestPrivateCircuitLosesASide(t *testing.T) {
	atBureau(t, func(b *bureau) {
		for i, state := range []string{"requested", "allocated", "testing"} {
			s := b.made(b.a, NetworkServices, b.orders()[TypeP2P])["id"]
			left, right := b.config(b.a, TypeP2P, s, nil)["id"], b.config(b.b, TypeP2P, s, nil)["id"]
			b.steps(i)
			b.want("with both", b.state(b.a, NetworkServices, s), state)
			b.destroyed(b.b, NetworkServiceConfigs, right, nil)
			b.steps(8)
			b.want(state+" without the B-side", b.state(b.a, NetworkServices, s), "requested b_side_nsc_required")
			b.want(state+": paid from", b.read(b.a, NetworkServices, s)["current_billing_start_date"], nil)
			b.want(state+": the A-side", b.state(b.a, NetworkServiceConfigs, left), "allocated")
			b.want(state+": the A-side is paid from", b.read(b.a, NetworkServiceConfigs, left)["current_billing_start_date"], nil)
			right = b.config(b.b, TypeP2P, s, nil)["id"]
			b.steps(8)
			b.want(state+" with another B-side", b.state(b.a, NetworkServices, s), "production")
			b.want(state+": the A-side at last", b.state(b.a, NetworkServiceConfigs, left), "production")
			b.want(state+": the B-side at last", b.state(b.b, NetworkServiceConfigs, right), "production")
		}
	})
}

// A closed user group that loses its only rule on its way waits again.
func TestClosedUserGroupLosesItsRule(t *testing.T) {
	atBureau(t, func(b *bureau) {
		s := b.made(b.a, NetworkServices, b.orders()[TypeMP2MP])["id"]
		rule := b.made(b.a, MemberJoiningRules, sheet{"type": RuleAllow, "managing_account": b.a, "consuming_account": b.b, "network_service": s})["id"]
		b.config(b.a, TypeMP2MP, s, nil)
		b.steps(1)
		b.want("with a rule", b.state(b.a, NetworkServices, s), "allocated")
		b.destroyed(b.a, MemberJoiningRules, rule, nil)
		b.steps(4)
		b.want("without it", b.state(b.a, NetworkServices, s), "requested member_joining_rule_required")
	})
}
