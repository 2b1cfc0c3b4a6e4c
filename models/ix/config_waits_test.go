package ix

import "testing"

// halt keeps an object from taking steps until something wakes it.
func (b *bureau) halt(c Collection, id any) {
	b.Helper()
	b.write(func(tx *Tx) error { return tx.Due(c, &NetworkService{Header: Header{id.(string)}}, nil) })
}

// A configuration is in production when its service is, and not before.
func TestConfigurationsWaitForTheirService(t *testing.T) {
	atBureau(t, func(b *bureau) {
		for _, kind := range []string{TypeMP2MP, TypeP2MP} {
			s := b.made(b.a, NetworkServices, b.orders()[kind])["id"]
			own := b.config(b.a, kind, s, nil)["id"]
			b.steps(6)
			b.want(kind+" without a rule", b.state(b.a, NetworkServices, s), "requested member_joining_rule_required")
			b.want(kind+": the owner", b.state(b.a, NetworkServiceConfigs, own), "allocated")
			b.made(b.a, MemberJoiningRules, sheet{"type": RuleAllow, "managing_account": b.a, "consuming_account": b.b, "network_service": s})
			guest := b.config(b.b, kind, s, nil)["id"]
			b.steps(8)
			b.want(kind+" with a rule", b.state(b.a, NetworkServices, s), "production")
			b.want(kind+": the owner at last", b.state(b.a, NetworkServiceConfigs, own), "production")
			b.want(kind+": the guest at last", b.state(b.b, NetworkServiceConfigs, guest), "production")
			late := b.config(b.b, kind, s, nil)["id"]
			b.steps(3)
			b.want(kind+": joined later", b.state(b.b, NetworkServiceConfigs, late), "production")
		}
		cloud := b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"]
		path := b.config(b.a, TypeCloud, cloud, sheet{"handover": 1})["id"]
		for _, c := range []struct {
			service, config string
		}{{"requested", "allocated"}, {"allocated", "testing"}, {"testing", "testing"}, {"production", "production"}} {
			b.want("cloud", b.state(b.a, NetworkServices, cloud), c.service)
			b.halt(NetworkServices, cloud)
			b.steps(4)
			b.want("path of a cloud circuit that is "+c.service, b.state(b.a, NetworkServiceConfigs, path), c.config)
			b.write(func(tx *Tx) error { return tx.GoOn(NetworkServices, &NetworkService{Header: Header{cloud.(string)}}) })
			b.steps(1)
		}
	})
}
