package ix

import (
	"fmt"
	"net/netip"
	"slices"

	"provision-gateway/models"
)

func addressPool(service string) string { return "addresses " + service }

// giveAddresses gives a configuration of an exchange LAN one address of each of
// the LAN's subnets, or says why there is none. A configuration that has some
// already gets only what it lacks.
func (tx *Tx) giveAddresses(c *NetworkServiceConfig) (full string, err error) {
	if c.Type != TypeExchangeLAN {
		return "", nil
	}
	// The row of the LAN makes all who take addresses of it wait for each other.
	lan, err := get[*NetworkService](tx, NetworkServices, c.NetworkService)
	if err != nil {
		return "", err
	}
	reserved, err := tx.reservedAddresses(lan, c.ConsumingAccount)
	if err != nil {
		return "", err
	}
	has := map[int]bool{}
	for _, id := range c.IPs {
		a, err := get[*IPAddress](tx, IPs, id)
		if err != nil {
			return "", err
		}
		has[a.Version] = true
	}
	for _, subnet := range []*string{lan.SubnetV4, lan.SubnetV6} {
		if subnet == nil || *subnet == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(*subnet)
		if err != nil {
			return "", fmt.Errorf("subnet of the network service %s: %w", lan.ID, err)
		}
		a := &IPAddress{
			Version: version(prefix.Addr()), PrefixLength: prefix.Bits(), NetworkService: lan.ID, NetworkServiceConfig: c.ID,
			Ownable:         Ownable{ManagingAccount: c.ManagingAccount, ConsumingAccount: c.ConsumingAccount},
			NetworkFeatures: []string{}, NetworkFeatureConfigs: []string{},
		}
		if has[a.Version] {
			continue
		}
		address, found, err := tx.takeAddress(addressPool(lan.ID), prefix.Masked(), reserved, c.ID)
		if err != nil {
			return "", err
		}
		if !found {
			return fmt.Sprintf("No address of %s is free.", prefix), nil
		}
		a.Address = address.String()
		if err := tx.Insert(IPs, a); err != nil {
			return "", err
		}
		c.IPs = append(c.IPs, a.ID)
	}
	return "", nil
}

// takeAddress takes the lowest free address of a subnet. Its first two, which
// are the network and by custom the exchange's own router, and the last one, to
// which IPv4 broadcasts, are never given.
func (tx *Tx) takeAddress(pool string, subnet netip.Prefix, reserved map[netip.Addr]bool, holder string) (netip.Addr, bool, error) {
	taken, err := tx.holders(pool)
	if err != nil {
		return netip.Addr{}, false, err
	}
	last := lastOf(subnet)
	for a := subnet.Addr().Next().Next(); a.IsValid() && a.Less(last); a = a.Next() {
		if reserved[a] || taken[a.String()] != "" {
			continue
		}
		given, err := tx.Allocate(pool, a.String(), holder)
		if given || err != nil {
			return a, given, err
		}
	}
	return netip.Addr{}, false, nil
}

// lastOf is the last address of a subnet.
func lastOf(subnet netip.Prefix) netip.Addr {
	octets := subnet.Addr().AsSlice()
	for bit := subnet.Bits(); bit < 8*len(octets); bit++ {
		octets[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(octets)
	return last
}

func version(a netip.Addr) int {
	if a.Is4() {
		return 4
	}
	return 6
}

// reservedAddresses are those of a LAN that an account cannot get: the route
// servers', and those that PeeringDB knows of networks other than the account's.
func (tx *Tx) reservedAddresses(lan *NetworkService, account string) (map[netip.Addr]bool, error) {
	reserved := map[netip.Addr]bool{}
	reserve := func(texts ...*string) {
		for _, text := range texts {
			if text == nil {
				continue
			}
			if a, err := netip.ParseAddr(*text); err == nil {
				reserved[a] = true
			}
		}
	}
	features, err := tx.featuresOf(lan.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range features {
		reserve(f.IPv4, f.IPv6)
	}
	if lan.PeeringDBIXID == nil {
		return reserved, nil
	}
	owner, err := peek[*Account](tx, Accounts, account)
	if err != nil {
		return nil, err
	}
	var known []models.Port
	if err := tx.db.Where("exchange_id = ? AND gone_at IS NULL", *lan.PeeringDBIXID).Find(&known).Error; err != nil {
		return nil, err
	}
	for _, port := range known {
		if port.ASN == nil || !slices.Contains(owner.ASNs, *port.ASN) {
			reserve(port.IPv4, port.IPv6)
		}
	}
	return reserved, nil
}

// featuresOf are the features of a service. They belong to the exchange, and are
// not locked, since many look at them at once.
func (tx *Tx) featuresOf(service string) ([]*NetworkFeature, error) {
	var rows []Row
	err := tx.db.Where("collection = ? AND network_service = ?", NetworkFeatures, service).Order("position, id").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	var features []*NetworkFeature
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return nil, err
		}
		features = append(features, o.(*NetworkFeature))
	}
	return features, nil
}
