package ix

import "slices"

// checkJoining refuses a configuration of a service that its account may not
// join. Everybody may join an exchange LAN; the two sides a private circuit, each
// once; the owner a cloud circuit; and a closed group its owner and those whom
// its rules let in.
func (tx *Tx) checkJoining(c *NetworkServiceConfig, service *NetworkService) error {
	if service.Type != c.Type {
		return InvalidProperty("type", "the network service is of the type %s", service.Type)
	}
	if service.State.Leaving() {
		return InvalidProperty("network_service", "is in the state %s", service.State)
	}
	members := []string{c.ConsumingAccount, c.ManagingAccount}
	owner := slices.Contains(members, service.ConsumingAccount) || slices.Contains(members, service.ManagingAccount)
	switch service.Type {
	case TypeP2P:
		return tx.checkSides(c, service)
	case TypeCloud:
		if !owner {
			return Denied("The network service is used by another account.")
		}
	case TypeP2MP, TypeMP2MP:
		return tx.checkRules(c, service, owner)
	}
	return nil
}

// checkSides lets each side of a private circuit have one configuration, and
// keeps those that there are at theirs. An account that is both sides has two.
func (tx *Tx) checkSides(c *NetworkServiceConfig, service *NetworkService) error {
	configs, err := tx.configsOf(service.ID)
	if err != nil {
		return err
	}
	if a, b := service.sides([]*NetworkServiceConfig{c}); a == nil && b == nil {
		return Denied("The network service is for two other accounts.")
	}
	if i := slices.IndexFunc(configs, func(n *NetworkServiceConfig) bool { return n.ID == c.ID }); i >= 0 {
		configs[i] = c
	} else {
		configs = append(configs, c)
	}
	if a, b := service.sides(configs); len(configs) > 2 || len(configs) == 2 && (a == nil || b == nil) {
		return UnableToFulfill("This side of the network service is configured already.")
	}
	return nil
}

// checkRules applies the joining rules of a closed group.
func (tx *Tx) checkRules(c *NetworkServiceConfig, service *NetworkService, owner bool) error {
	if owner {
		return nil
	}
	rules, err := find[*MemberJoiningRule](tx, MemberJoiningRules, "network_service = ?", service.ID)
	if err != nil {
		return err
	}
	var allowed *MemberJoiningRule
	for _, rule := range rules {
		if rule.ConsumingAccount != c.ConsumingAccount && rule.ConsumingAccount != c.ManagingAccount {
			continue
		}
		if rule.Type == RuleDeny {
			return Denied("A rule of the network service denies joining it.")
		}
		allowed = rule
	}
	switch {
	case allowed == nil && !service.Public:
		return Denied("No rule of the network service allows joining it.")
	case allowed == nil:
		return nil
	}
	return withinCapacity(c.Capacity, allowed.CapacityMin, allowed.CapacityMax, "the joining rule")
}

// withinCapacity refuses a capacity outside of limits; nil is none.
func withinCapacity(capacity, least, most *int, of string) error {
	switch {
	case capacity == nil:
	case least != nil && *capacity < *least:
		return InvalidProperty("capacity", "is less than the %d Mbit/s of %s", *least, of)
	case most != nil && *capacity > *most:
		return InvalidProperty("capacity", "is more than the %d Mbit/s of %s", *most, of)
	}
	return nil
}

// configsOf returns the configurations of a service that have not gone, the
// oldest first.
func (tx *Tx) configsOf(service string) ([]*NetworkServiceConfig, error) {
	return find[*NetworkServiceConfig](tx, NetworkServiceConfigs, "network_service = ? AND state NOT IN ?", service, gone)
}

// gone are the states of what uses nothing any more.
var gone = []State{StateDecommissioned, StateArchived, StateCancelled}
