package ix

// createConnection orders a connection with its ports.
func createConnection(tx *Tx, o Object) error {
	c := o.(*Connection)
	offering, err := tx.ordered(c.ProductOffering, TypeConnection, TypeConnection)
	if err != nil {
		return err
	}
	if c.LACPTimeout != nil && c.Mode != ModeLACP {
		return InvalidProperty("lacp_timeout", "is only for the mode %s", ModeLACP)
	}
	if c.LACPTimeout == nil && c.Mode == ModeLACP {
		slow := "slow"
		c.LACPTimeout = &slow
	}
	if reason := c.tooManyPorts(offering); reason != "" {
		return InvalidProperty("port_quantity", "a connection %s", reason)
	}
	if err := checkDemarcs(offering, "subscriber_side_demarcs", c.SubscriberSideDemarcs, c.PortQuantity); err != nil {
		return err
	}
	if err := tx.usable(&c.Ownable, c.BillingAccount); err != nil {
		return err
	}
	if err := tx.requireRoles(c.RoleAssignments, offering.RequiredContactRoles); err != nil {
		return err
	}
	place, err := tx.requirePlaces(offering, nil, c.PortQuantity)
	if err != nil {
		return err
	}
	c.State, c.ID = StateRequested, tx.store.newID()
	c.Name = "connection-" + c.ID[:min(8, len(c.ID))]
	c.MetroArea, c.MetroAreaNetwork, c.Pop = offering.HandoverMetroArea, offering.HandoverMetroAreaNetwork, &place.Pop
	if err := tx.Insert(Connections, c); err != nil {
		return err
	}
	for i := range c.PortQuantity {
		p := &PortReservation{PurchaseOrder: c.PurchaseOrder, ContractRef: c.ContractRef, ConnectingParty: c.ConnectingParty, Place: place}
		if i < len(c.SubscriberSideDemarcs) {
			p.SubscriberSideDemarc = &c.SubscriberSideDemarcs[i]
		}
		if err := tx.reserve(c, p); err != nil {
			return err
		}
	}
	return tx.GoOn(Connections, c)
}

// updateConnection changes a connection. Another offering must have the same
// ports.
func updateConnection(tx *Tx, old, o Object) error {
	before, c := old.(*Connection), o.(*Connection)
	if c.State.Leaving() {
		return UnableToFulfill("The connection is being decommissioned.")
	}
	if c.Mode != ModeLACP {
		if c.LACPTimeout != nil && (before.LACPTimeout == nil || *before.LACPTimeout != *c.LACPTimeout) {
			return InvalidProperty("lacp_timeout", "is only for the mode %s", ModeLACP)
		}
		c.LACPTimeout = nil
	} else if c.LACPTimeout == nil {
		slow := "slow"
		c.LACPTimeout = &slow
	}
	offering, err := get[*ProductOffering](tx, ProductOfferings, c.ProductOffering)
	if err != nil {
		return err
	}
	if c.ProductOffering != before.ProductOffering {
		if offering, err = tx.changedOffering(before.ProductOffering, c.ProductOffering); err != nil {
			return err
		}
	}
	if reason := c.tooManyPorts(offering); reason != "" {
		return InvalidProperty("mode", "does not fit: a connection %s", reason)
	}
	if err := tx.usable(&c.Ownable, c.BillingAccount); err != nil {
		return err
	}
	if err := tx.requireRoles(c.RoleAssignments, offering.RequiredContactRoles); err != nil {
		return err
	}
	if err := tx.Save(Connections, c); err != nil {
		return err
	}
	return tx.follow(c)
}

// changedOffering returns the new offering of a connection.
func (tx *Tx) changedOffering(from, to string) (*ProductOffering, error) {
	offering, err := tx.ordered(to, TypeConnection, TypeConnection)
	if err != nil {
		return nil, err
	}
	before, err := get[*ProductOffering](tx, ProductOfferings, from)
	if err != nil {
		return nil, err
	}
	if before.HandoverMetroAreaNetwork != offering.HandoverMetroAreaNetwork ||
		!same(before.HandoverPop, offering.HandoverPop) ||
		!same(before.PhysicalPortSpeed, offering.PhysicalPortSpeed) {
		return nil, InvalidProperty("product_offering", "is of other ports than those that the connection has")
	}
	return offering, nil
}

// follow gives the ports and reservations of a connection the accounts,
// contacts and offering of it.
func (tx *Tx) follow(c *Connection) error {
	ports, err := find[*Port](tx, Ports, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	for _, p := range ports {
		p.Ownable, p.Invoiceable, p.RoleAssignments = c.Ownable, c.Invoiceable, c.RoleAssignments
		if err := tx.Save(Ports, p); err != nil {
			return err
		}
	}
	reservations, err := find[*PortReservation](tx, PortReservations, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	for _, p := range reservations {
		p.ManagingAccount, p.ConsumingAccount, p.ProductOffering = c.ManagingAccount, c.ConsumingAccount, c.ProductOffering
		if err := tx.Save(PortReservations, p); err != nil {
			return err
		}
	}
	return nil
}
