package ix

import (
	"iter"
	"net/netip"
	"slices"

	"provision-gateway/models"
)

// addressPlan is which addresses of a LAN a configuration may get, and which it
// should: those that PeeringDB knows of its network, so that who looks for the
// network's sessions by address finds them here too.
type addressPlan struct {
	// reserved are never given: the route servers', and those that PeeringDB knows
	// of other networks.
	reserved map[netip.Addr]bool
	// own are what PeeringDB knows of the network of the configuration, in the
	// order of PeeringDB's ids.
	own []knownPort
	// spare are those of other networks of the same account.
	spare []knownPort
	// taken are those that somebody has, by their text.
	taken map[string]string
	// first are tried before all others, in this order.
	first []netip.Addr
}

// knownPort is a port of PeeringDB with its addresses by family, 4 and 6.
type knownPort map[int]netip.Addr

// addressPlan makes the plan for a configuration of a LAN.
func (tx *Tx) addressPlan(lan *NetworkService, c *NetworkServiceConfig) (*addressPlan, error) {
	plan := &addressPlan{reserved: map[netip.Addr]bool{}}
	features, err := tx.featuresOf(lan.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range features {
		for _, a := range portOf(f.IPv4, f.IPv6) {
			plan.reserved[a] = true
		}
	}
	if lan.PeeringDBIXID == nil {
		return plan, nil
	}
	wanted, owned, err := tx.networksOf(c)
	if err != nil {
		return nil, err
	}
	var known []models.Port
	// Not every row of a port says the AS number of its network.
	err = tx.db.Select("ports.*, COALESCE(ports.asn, networks.asn) AS asn").Joins("LEFT JOIN networks ON networks.id = ports.network_id").
		Where("ports.exchange_id = ? AND ports.gone_at IS NULL", *lan.PeeringDBIXID).Order("ports.id").Find(&known).Error
	if err != nil {
		return nil, err
	}
	for _, row := range known {
		port := portOf(row.IPv4, row.IPv6)
		switch {
		case row.ASN != nil && slices.Contains(wanted, *row.ASN):
			plan.own = append(plan.own, port)
		case row.ASN != nil && slices.Contains(owned, *row.ASN):
			plan.spare = append(plan.spare, port)
		default:
			for _, a := range port {
				plan.reserved[a] = true
			}
		}
	}
	return plan, nil
}

func portOf(v4, v6 *string) knownPort {
	port := knownPort{}
	for _, text := range []*string{v4, v6} {
		if text == nil {
			continue
		}
		if a, err := netip.ParseAddr(*text); err == nil {
			port[version(a)] = a
		}
	}
	return port
}

// networksOf are the AS numbers whose addresses a configuration should get, and
// those whose addresses it may get. What a member says of itself does not give it
// the addresses of somebody else: an AS number of the configuration counts when
// it is one of its account, and without such a one all of the account do. An
// account that the exchange registered none for may be of any, but of those of
// accounts that do not manage it.
func (tx *Tx) networksOf(c *NetworkServiceConfig) (wanted, owned []uint32, err error) {
	owner, err := peek[*Account](tx, Accounts, c.ConsumingAccount)
	if err != nil {
		return nil, nil, err
	}
	if len(owner.ASNs) > 0 {
		wanted = slices.DeleteFunc(slices.Clone(c.ASNs), func(asn uint32) bool { return !slices.Contains(owner.ASNs, asn) })
		if len(wanted) == 0 {
			wanted = owner.ASNs
		}
		return wanted, owner.ASNs, nil
	}
	if len(c.ASNs) == 0 {
		return nil, nil, nil
	}
	others, err := tx.registeredElsewhere(owner)
	if err != nil {
		return nil, nil, err
	}
	wanted = slices.DeleteFunc(slices.Clone(c.ASNs), func(asn uint32) bool { return slices.Contains(others, asn) })
	return wanted, wanted, nil
}

// registeredElsewhere are the AS numbers of the accounts that are neither an
// account nor manage it.
func (tx *Tx) registeredElsewhere(owner *Account) (asns []uint32, err error) {
	accounts := map[string]*Account{}
	var rows []Row
	if err := tx.db.Where("collection = ?", Accounts).Find(&rows).Error; err != nil {
		return nil, err
	}
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return nil, err
		}
		accounts[rows[i].ID] = o.(*Account)
	}
	for a := owner; a != nil; {
		delete(accounts, a.ID)
		if a.ManagingAccount == nil {
			break
		}
		a = accounts[*a.ManagingAccount]
	}
	for _, a := range accounts {
		asns = append(asns, a.ASNs...)
	}
	return asns, nil
}

// choose finds the port of the network that a configuration becomes: the first
// of those with the most families free, of which one may be had already. An
// address of another family is taken of a port that has no other.
func (p *addressPlan) choose(subnets map[int]netip.Prefix, taken map[string]string, has map[int]netip.Addr) {
	p.taken = taken
	best, most := knownPort{}, 0
	for _, port := range p.own {
		n := 0
		for family, a := range port {
			if had, already := has[family]; already {
				if had == a {
					// Whoever has half of a port gets the other half before anything else.
					n += 2
				}
			} else if p.free(subnets[family], a) {
				n++
			}
		}
		if n > most {
			best, most = port, n
		}
	}
	for _, family := range []int{4, 6} {
		if a, known := best[family]; known {
			p.first = append(p.first, a)
			continue
		}
		for _, port := range p.own {
			if a, known := port[family]; known && len(port) == 1 {
				p.first = append(p.first, a)
			}
		}
	}
}

// free reports whether an address is one of a host of a subnet that nobody has.
func (p *addressPlan) free(subnet netip.Prefix, a netip.Addr) bool {
	return subnet.IsValid() && subnet.Contains(a) && a != subnet.Addr() && a != lastOf(subnet) && !p.reserved[a] && p.taken[a.String()] == ""
}

// addresses are those of a subnet that may be given, in the order in which they
// should be: the chosen ones, then the lowest that PeeringDB knows of nobody, and
// at the end, when the subnet is full, others of the network.
func (p *addressPlan) addresses(subnet netip.Prefix) iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for _, a := range p.first {
			if p.free(subnet, a) && !yield(a) {
				return
			}
		}
		kept, late := map[netip.Addr]bool{}, slices.Concat(p.own, p.spare)
		for _, port := range late {
			for _, a := range port {
				kept[a] = true
			}
		}
		last := lastOf(subnet)
		for a := subnet.Addr().Next().Next(); a.IsValid() && a.Less(last); a = a.Next() {
			if !kept[a] && p.free(subnet, a) && !yield(a) {
				return
			}
		}
		for _, port := range late {
			if a, known := port[version(subnet.Addr())]; known && p.free(subnet, a) && !yield(a) {
				return
			}
		}
	}
}
