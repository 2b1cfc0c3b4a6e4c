package ix

import (
	"slices"
)

// seenService says who sees a service of others. Peering LANs are for all. A
// private circuit is for its B-side. A closed user group is for those who may
// join it, or have joined.
func seenService(c *Caller, row *Row, o Object, look func(Collection, string) ([]Row, error)) (Access, error) {
	s := o.(*NetworkService)
	switch s.Type {
	case TypeExchangeLAN:
		return Full, nil
	case TypeP2P:
		if c.ActsFor(s.JoiningMemberAccount) {
			return Reduced, nil
		}
	case TypeP2MP, TypeMP2MP:
		rules, err := look(MemberJoiningRules, row.ID)
		if err != nil {
			return Hidden, err
		}
		if slices.ContainsFunc(c.scope, func(account string) bool { return invited(s.Public, account, rules) }) {
			return Reduced, nil
		}
		configs, err := look(NetworkServiceConfigs, row.ID)
		if err != nil {
			return Hidden, err
		}
		if slices.ContainsFunc(configs, func(n Row) bool { return c.ActsFor(n.ConsumingAccount) && !n.State.Gone() }) {
			return Reduced, nil
		}
	}
	return Hidden, nil
}

// invited reports whether the rules of a closed user group let an account join.
// A rule that denies it counts more than one that allows it.
func invited(public bool, account string, rules []Row) bool {
	allowed := public
	for _, rule := range rules {
		if rule.ConsumingAccount != account {
			continue
		}
		if rule.Type == RuleDeny {
			return false
		}
		allowed = true
	}
	return allowed
}

// owns reports whether a configuration is one of the service's owner.
func (s *NetworkService) owns(n *NetworkServiceConfig) bool {
	own := []string{s.ConsumingAccount, s.ManagingAccount}
	return slices.Contains(own, n.ConsumingAccount) || slices.Contains(own, n.ManagingAccount)
}

// sides finds the configurations of the A-side and the B-side of a private
// circuit: by who uses them, and where neither side does, by who manages them. An
// account that is both sides has the older one as its A-side.
func (s *NetworkService) sides(configs []*NetworkServiceConfig) (a, b *NetworkServiceConfig) {
	var others []*NetworkServiceConfig
	for _, n := range configs {
		switch {
		case a == nil && n.ConsumingAccount == s.ConsumingAccount:
			a = n
		case b == nil && n.ConsumingAccount == s.JoiningMemberAccount:
			b = n
		case n.ConsumingAccount != s.ConsumingAccount && n.ConsumingAccount != s.JoiningMemberAccount:
			others = append(others, n)
		}
	}
	for _, n := range others {
		switch {
		case a == nil && s.owns(n):
			a = n
		case b == nil && n.ManagingAccount == s.JoiningMemberAccount:
			b = n
		}
	}
	return a, b
}

// liveConfigs are the configurations of a service that are not on their way out,
// the oldest first.
func (tx *Tx) liveConfigs(service string) ([]*NetworkServiceConfig, error) {
	all, err := find[*NetworkServiceConfig](tx, NetworkServiceConfigs, "network_service = ?", service)
	return slices.DeleteFunc(all, func(n *NetworkServiceConfig) bool { return n.State.Leaving() }), err
}
