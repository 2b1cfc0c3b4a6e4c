package ix

import (
	"fmt"
	"net/netip"
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
	pool := addressPool(lan.ID)
	taken, err := tx.holders(pool)
	if err != nil {
		return "", err
	}
	plan, err := tx.addressPlan(lan, c)
	if err != nil {
		return "", err
	}
	has := map[int]netip.Addr{}
	for _, id := range c.IPs {
		a, err := get[*IPAddress](tx, IPs, id)
		if err != nil {
			return "", err
		}
		if has[a.Version], err = netip.ParseAddr(a.Address); err != nil {
			return "", fmt.Errorf("address %s: %w", a.ID, err)
		}
	}
	subnets := map[int]netip.Prefix{}
	for _, subnet := range []*string{lan.SubnetV4, lan.SubnetV6} {
		if subnet == nil || *subnet == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(*subnet)
		if err != nil {
			return "", fmt.Errorf("subnet of the network service %s: %w", lan.ID, err)
		}
		subnets[version(prefix.Addr())] = prefix.Masked()
	}
	plan.choose(subnets, taken, has)
	for _, family := range []int{4, 6} {
		prefix, wanted := subnets[family]
		if _, already := has[family]; already || !wanted {
			continue
		}
		a := &IPAddress{
			Version: family, PrefixLength: prefix.Bits(), NetworkService: lan.ID, NetworkServiceConfig: c.ID,
			Ownable:         Ownable{ManagingAccount: c.ManagingAccount, ConsumingAccount: c.ConsumingAccount},
			NetworkFeatures: []string{}, NetworkFeatureConfigs: []string{},
		}
		address, found, err := tx.takeAddress(pool, prefix, plan, c.ID)
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

// takeAddress takes an address of a subnet as a plan has it. The first two of a
// subnet, which are the network and by custom the exchange's own router, and the
// last one, to which IPv4 broadcasts, are never given unless the plan names them.
func (tx *Tx) takeAddress(pool string, subnet netip.Prefix, plan *addressPlan, holder string) (netip.Addr, bool, error) {
	for a := range plan.addresses(subnet) {
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
