package ix

func createConfig(tx *Tx, o Object) error {
	c := o.(*NetworkServiceConfig)
	service, err := tx.serviceOf(c)
	if err != nil {
		return err
	}
	if err := tx.checkJoining(c, service); err != nil {
		return err
	}
	c.ID, c.State = tx.store.newID(), StateRequested
	if err := tx.checkConfig(nil, c, service); err != nil {
		return err
	}
	if err := tx.allocateVlan(c); err != nil {
		return err
	}
	if err := tx.Insert(NetworkServiceConfigs, c); err != nil {
		return err
	}
	if err := tx.reallocate(c.Connection); err != nil {
		return err
	}
	if err := tx.GoOn(NetworkServiceConfigs, c); err != nil {
		return err
	}
	return tx.Wake(NetworkServices, service.ID)
}

// serviceOf returns the service of a configuration. One that members ordered is
// locked, since its configurations must fit together; an exchange LAN is not,
// since many join it at once.
func (tx *Tx) serviceOf(c *NetworkServiceConfig) (*NetworkService, error) {
	if c.Type != TypeExchangeLAN {
		return get[*NetworkService](tx, NetworkServices, c.NetworkService)
	}
	return peek[*NetworkService](tx, NetworkServices, c.NetworkService)
}

func updateConfig(tx *Tx, before, o Object) error {
	old, c := before.(*NetworkServiceConfig), o.(*NetworkServiceConfig)
	if old.State.Leaving() {
		return UnableToFulfill("The configuration is in the state %s.", old.State)
	}
	// The offering of an exchange LAN is fixed; elsewhere it stays unless another
	// one is named.
	if c.Type == TypeExchangeLAN || c.ProductOffering == nil {
		c.ProductOffering = old.ProductOffering
	}
	service, err := tx.serviceOf(c)
	if err != nil {
		return err
	}
	// Who joins is checked like an order of theirs. A rule that has gone since
	// takes nothing away from who has joined.
	if c.ConsumingAccount != old.ConsumingAccount || c.ManagingAccount != old.ManagingAccount {
		if err := tx.checkJoining(c, service); err != nil {
			return err
		}
	}
	if err := tx.checkConfig(old, c, service); err != nil {
		return err
	}
	if err := tx.moveVlan(old, c); err != nil {
		return err
	}
	if err := tx.passOnOwners(c); err != nil {
		return err
	}
	if err := tx.saveChanged(NetworkServiceConfigs, old, c); err != nil {
		return err
	}
	for _, connection := range distinct([]string{old.Connection, c.Connection}) {
		if err := tx.reallocate(connection); err != nil {
			return err
		}
	}
	return tx.Wake(NetworkServices, service.ID)
}

// moveVlan takes the VLAN ids of a changed configuration and gives back those
// that it does not need any more. Where the exchange is to pick, it keeps what it
// picked before.
func (tx *Tx) moveVlan(old, c *NetworkServiceConfig) error {
	was, now := old.VlanConfig, c.VlanConfig
	if old.Connection == c.Connection && was.VlanType == now.VlanType {
		if now.VlanType == VlanDot1Q && now.Vlan == nil {
			now.Vlan = was.Vlan
		}
		if now.VlanType == VlanQinQ && now.OuterVlan == nil {
			now.OuterVlan = was.OuterVlan
		}
	}
	if err := tx.allocateVlan(c); err != nil {
		return err
	}
	if old.Connection == c.Connection && was.value() == now.value() {
		return nil
	}
	return tx.release(vlanPool(old.Connection), was.value(), c.ID)
}

// passOnOwners gives the addresses of a configuration the accounts that it has.
func (tx *Tx) passOnOwners(c *NetworkServiceConfig) error {
	for _, id := range c.IPs {
		a, err := get[*IPAddress](tx, IPs, id)
		if err != nil {
			return err
		}
		if a.ManagingAccount == c.ManagingAccount && a.ConsumingAccount == c.ConsumingAccount {
			continue
		}
		a.ManagingAccount, a.ConsumingAccount = c.ManagingAccount, c.ConsumingAccount
		if err := tx.Save(IPs, a); err != nil {
			return err
		}
	}
	return nil
}
