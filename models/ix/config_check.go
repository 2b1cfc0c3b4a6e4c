package ix

import (
	"errors"
	"slices"
	"time"
)

// checkConfig checks what an order, or with old a change of one, says. What was
// accepted once and is not changed is held neither against what the service has
// become since nor against accounts that an order could not name any more. The
// transaction has the row of the connection locked then.
func (tx *Tx) checkConfig(old, c *NetworkServiceConfig, service *NetworkService) error {
	c.normalize()
	connection, err := get[*Connection](tx, Connections, c.Connection)
	if err != nil {
		return err
	}
	offering, err := tx.offeringOf(c, service)
	if err != nil {
		return err
	}
	var properties []Property
	var accounts error
	if old == nil || old.party() != c.party() {
		accounts = tx.usable(&c.Ownable, c.BillingAccount)
	}
	for _, problem := range []error{
		accounts,
		tx.checkOffering(old, c, service, offering),
		tx.checkConnection(old, c, connection, offering),
		checkVlan(c, connection),
		tx.requireRoles(c.RoleAssignments, service.NSCRequiredContactRoles),
		tx.checkCapacity(old, c, offering),
		checkPeering(c),
		tx.checkHandover(old, c, service, offering),
	} {
		var p *Problem
		if problem != nil && (!errors.As(problem, &p) || p.Properties == nil) {
			return problem
		}
		if problem != nil {
			properties = append(properties, p.Properties...)
		}
	}
	return Invalid(properties...)
}

// normalize makes lists of what was sent as null, and drops doubles.
func (c *NetworkServiceConfig) normalize() {
	c.RoleAssignments, c.MACs, c.ASNs = distinct(c.RoleAssignments), distinct(c.MACs), distinct(c.ASNs)
	if c.Type == TypeP2MP && c.Role == "" {
		c.Role = "leaf"
	}
	c.VlanConfig.normalize()
}

// distinct is a list without doubles, never nil.
func distinct[T comparable](list []T) []T {
	out := []T{}
	for _, one := range list {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// offeringOf is the offering of a configuration, or else of its service; nil
// when neither has one.
func (tx *Tx) offeringOf(c *NetworkServiceConfig, service *NetworkService) (*ProductOffering, error) {
	id := c.offering()
	if id == "" {
		id = service.ProductOffering
	}
	if id == "" {
		return nil, nil
	}
	return peek[*ProductOffering](tx, ProductOfferings, id)
}

// offering is the offering with the terms of the configuration.
func (c *NetworkServiceConfig) offering() string {
	if c.ProductOffering == nil {
		return ""
	}
	return *c.ProductOffering
}

func (tx *Tx) checkOffering(old, c *NetworkServiceConfig, service *NetworkService, p *ProductOffering) error {
	const name = "product_offering"
	if c.offering() == "" {
		if c.Type == TypeExchangeLAN {
			return InvalidProperty(name, "is required")
		}
		return nil
	}
	now := time.Unix(tx.Time, 0)
	switch {
	case old != nil && old.offering() == p.ID:
	case p.Type != c.Type:
		return InvalidProperty(name, "is of the type %s", p.Type)
	case c.Type == TypeExchangeLAN && p.ExchangeLANNetworkService != service.ID:
		return InvalidProperty(name, "is for another network service")
	case c.Type != TypeExchangeLAN && p.ID != service.ProductOffering && !slices.Contains(service.NSCProductOfferings, p.ID):
		return InvalidProperty(name, "is not among the nsc_product_offerings of the network service")
	case p.OrderableNotBefore != nil && now.Before(moment(*p.OrderableNotBefore)):
		return InvalidProperty(name, "cannot be ordered before %s", *p.OrderableNotBefore)
	case p.OrderableNotAfter != nil && now.After(moment(*p.OrderableNotAfter)):
		return InvalidProperty(name, "cannot be ordered after %s", *p.OrderableNotAfter)
	}
	return nil
}

func (tx *Tx) checkConnection(old, c *NetworkServiceConfig, connection *Connection, p *ProductOffering) error {
	const name = "connection"
	switch {
	case !tx.Caller.ActsFor(connection.ManagingAccount) && !tx.Caller.ActsFor(connection.ConsumingAccount):
		return InvalidProperty(name, "is not a connection of yours")
	case connection.State != StateProduction && connection.State != StateProductionChangePending:
		return InvalidProperty(name, "is in the state %s and not in production", connection.State)
	case old != nil && old.Connection == c.Connection && old.offering() == c.offering():
	case p != nil && p.HandoverMetroAreaNetwork != connection.MetroAreaNetwork:
		return InvalidProperty(name, "is not in the handover_metro_area_network %s of the product offering", p.HandoverMetroAreaNetwork)
	}
	return nil
}

func checkVlan(c *NetworkServiceConfig, connection *Connection) error {
	if reason := c.VlanConfig.problem(connection.VLANTypes, connection.OuterVLANEthertypes); reason != "" {
		return InvalidProperty("vlan_config", "%s", reason)
	}
	return nil
}

// checkPeering checks who is connected to a LAN.
func checkPeering(c *NetworkServiceConfig) error {
	var properties []Property
	if slices.Contains(c.ASNs, 0) {
		properties = append(properties, Property{"asns", "0 is not an AS number of a network"})
	}
	if c.Type == TypeExchangeLAN && len(c.MACs) == 0 {
		properties = append(properties, Property{"macs", "at least one is required"})
	}
	return Invalid(properties...)
}
