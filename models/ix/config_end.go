package ix

import "encoding/json"

// destroyConfig begins the end of a configuration, and of its sessions with it.
func destroyConfig(tx *Tx, o Object, body map[string]json.RawMessage) error {
	c := o.(*NetworkServiceConfig)
	leaving := c.State.Leaving()
	if err := tx.requestDecommission(NetworkServiceConfigs, c, body); err != nil || leaving {
		return err
	}
	return tx.leaveWith(c)
}

// decommissionConfig begins the end of a configuration because its service ends,
// at the dates of the service. One that leaves earlier keeps its dates.
func (tx *Tx) decommissionConfig(c *NetworkServiceConfig, decommissionAt, chargedUntil string) error {
	if c.State.Leaving() && (c.State != StateDecommissionRequested || c.DecommissionAt == nil || *c.DecommissionAt <= decommissionAt) {
		return nil
	}
	if err := tx.leave(NetworkServiceConfigs, c, decommissionAt, chargedUntil); err != nil {
		return err
	}
	return tx.leaveWith(c)
}

// leaveWith has the sessions of a configuration end with it, and its service
// look at what is left. Those that end by themselves do so, which is sooner.
func (tx *Tx) leaveWith(c *NetworkServiceConfig) error {
	sessions, err := tx.sessionsOf(c.ID)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.State.Leaving() {
			continue
		}
		s.State, s.Status = StateDecommissionRequested, []Status{}
		if err := tx.Save(NetworkFeatureConfigs, s); err != nil {
			return err
		}
		// They end with the configuration, and take no step of their own.
		if err := tx.Due(NetworkFeatureConfigs, s, nil); err != nil {
			return err
		}
	}
	return tx.Wake(NetworkServices, c.NetworkService)
}

// endConfig takes a configuration away on its day: its sessions end, its
// addresses and VLAN ids are free, and the invitation that it came by is used up.
func (tx *Tx) endConfig(c *NetworkServiceConfig) error {
	if at := tx.decommissionTime(c); at > tx.Time {
		return tx.Due(NetworkServiceConfigs, c, &at)
	}
	sessions, err := tx.sessionsOf(c.ID)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		s.State, s.Status = StateDecommissioned, []Status{}
		if err := tx.unseal(s); err != nil {
			return err
		}
		if err := tx.Save(NetworkFeatureConfigs, s); err != nil {
			return err
		}
	}
	for _, id := range c.IPs {
		a, err := get[*IPAddress](tx, IPs, id)
		if err != nil {
			return err
		}
		if err := tx.Remove(IPs, a); err != nil {
			return err
		}
	}
	if err := tx.Free(c.ID); err != nil {
		return err
	}
	if err := tx.dropInvitation(c); err != nil {
		return err
	}
	c.IPs, c.NetworkFeatureConfigs = []string{}, []string{}
	if err := tx.settle(c, StateDecommissioned); err != nil {
		return err
	}
	if err := tx.reallocate(c.Connection); err != nil {
		return err
	}
	if err := tx.letGo(c.Connection); err != nil {
		return err
	}
	if err := tx.wakeWaiting(c); err != nil {
		return err
	}
	return tx.Wake(NetworkServices, c.NetworkService)
}

// wakeWaiting lets the oldest configuration that waits for an address of a LAN
// have the one that is free now.
func (tx *Tx) wakeWaiting(c *NetworkServiceConfig) error {
	if c.Type != TypeExchangeLAN {
		return nil
	}
	waiting, err := find[*NetworkServiceConfig](tx, NetworkServiceConfigs, "network_service = ? AND state = ?", c.NetworkService, StateOperator)
	if err != nil || len(waiting) == 0 {
		return err
	}
	return tx.Wake(NetworkServiceConfigs, waiting[0].ID)
}

// dropInvitation removes the rules that let an account join a group, once the
// account has no configuration there any more.
func (tx *Tx) dropInvitation(c *NetworkServiceConfig) error {
	if c.Type != TypeP2MP && c.Type != TypeMP2MP {
		return nil
	}
	others, err := tx.configsOf(c.NetworkService)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID != c.ID && other.ConsumingAccount == c.ConsumingAccount {
			return nil
		}
	}
	rules, err := find[*MemberJoiningRule](tx, MemberJoiningRules,
		"network_service = ? AND consuming_account = ? AND type = ?", c.NetworkService, c.ConsumingAccount, RuleAllow)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		if err := tx.Remove(MemberJoiningRules, rule); err != nil {
			return err
		}
	}
	return nil
}
