package ix

// checkCapacity checks the capacity against the offering and what is left of the
// connection.
func (tx *Tx) checkCapacity(old, c *NetworkServiceConfig, p *ProductOffering) error {
	const name = "capacity"
	if c.Capacity == nil {
		return nil
	}
	// What it has already stays, even when the connection has lost ports.
	more := old == nil || old.Connection != c.Connection || old.Capacity == nil || *c.Capacity > *old.Capacity
	if more {
		if err := tx.requireCapacity(c.Connection, c.ID, *c.Capacity); err != nil {
			return err
		}
	}
	if *c.Capacity < 1 {
		return InvalidProperty(name, "must be at least 1 Mbit/s")
	}
	if p == nil || old != nil && same(old.Capacity, c.Capacity) && old.offering() == c.offering() {
		return nil
	}
	if err := withinCapacity(c.Capacity, p.BandwidthMin, p.BandwidthMax, "the product offering"); err != nil {
		return err
	}
	if old == nil || old.Capacity == nil {
		return nil
	}
	switch {
	case *c.Capacity > *old.Capacity && !p.UpgradeAllowed:
		return InvalidProperty(name, "the product offering does not allow an upgrade")
	case *c.Capacity < *old.Capacity && !p.DowngradeAllowed:
		return InvalidProperty(name, "the product offering does not allow a downgrade")
	}
	return nil
}

// checkHandover checks the path of a cloud circuit, whose service the
// transaction has locked.
func (tx *Tx) checkHandover(old, c *NetworkServiceConfig, service *NetworkService, p *ProductOffering) error {
	// The path cannot be changed, only the offering.
	if c.Type != TypeCloud || old != nil && old.offering() == c.offering() {
		return nil
	}
	if c.Handover < 1 || c.Handover > service.Diversity {
		return InvalidProperty("handover", "must be from 1 to the diversity, %d", service.Diversity)
	}
	if c.CloudVlan != nil {
		switch {
		case p != nil && p.ProviderVLANs == "single":
			return InvalidProperty("cloud_vlan", "must be null: the product offering has the provider_vlans single")
		case *c.CloudVlan < firstVlan || *c.CloudVlan > lastVlan:
			return InvalidProperty("cloud_vlan", "must be from %d to %d", firstVlan, lastVlan)
		}
	}
	others, err := tx.configsOf(service.ID)
	if err != nil {
		return err
	}
	for _, other := range others {
		same := other.CloudVlan == c.CloudVlan || other.CloudVlan != nil && c.CloudVlan != nil && *other.CloudVlan == *c.CloudVlan
		if other.ID != c.ID && other.Handover == c.Handover && same {
			return Invalid(
				Property{"handover", "is configured already with this cloud_vlan"},
				Property{"cloud_vlan", "is configured already on this handover"},
			)
		}
	}
	return nil
}
