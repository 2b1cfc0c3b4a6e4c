package ix

import (
	"fmt"
)

// serviceOffering is the resource type of offerings of network services, and
// configOffering that of their configurations.
const (
	serviceOffering = "network_service"
	configOffering  = "network_service_config"
)

// admitService leaves peering LANs to the exchange.
func admitService(tx *Tx, o Object) error {
	if typeOf(o) == TypeExchangeLAN && tx.Caller != nil {
		return Denied("A network service of the type %s is made by the exchange only.", TypeExchangeLAN)
	}
	return nil
}

// createService orders a network service.
func createService(tx *Tx, o Object) error {
	s := o.(*NetworkService)
	if s.Type == TypeExchangeLAN {
		s.State = StateProduction
		return tx.Insert(NetworkServices, s)
	}
	offering, err := tx.ordered(s.ProductOffering, serviceOffering, s.Type)
	if err != nil {
		return err
	}
	if err := fits("capacity", s.Capacity, offering); err != nil {
		return err
	}
	if err := tx.usable(&s.Ownable, s.BillingAccount); err != nil {
		return err
	}
	if s.Type == TypeCloud && offering.CloudKeyPattern != nil && !offering.acceptsCloudKey(s.CloudKey) {
		return InvalidProperty("cloud_key", "is not a key of %s", offering.ServiceProvider)
	}
	if s.Type == TypeP2P {
		if err := tx.exists("joining_member_account", s.JoiningMemberAccount); err != nil {
			return err
		}
	}
	if err := tx.offered(s, offering); err != nil {
		return err
	}
	if err := tx.requireOf(s); err != nil {
		return err
	}
	s.sameNames(&NetworkService{})
	s.State, s.ID = StateRequested, tx.store.newID()
	// Nothing can belong to it yet, and who looks for that keeps others from
	// ordering.
	s.Status = tx.lacks(s, nil)
	if err := tx.Insert(NetworkServices, s); err != nil {
		return err
	}
	return tx.GoOn(NetworkServices, s)
}

// updateService changes a service. Another offering or capacity is subject to
// the rules of change requests: not while a change is pending, and of a service
// in production it is provisioned in a step.
func updateService(tx *Tx, old, o Object) error {
	before, s := old.(*NetworkService), o.(*NetworkService)
	if s.State.Leaving() {
		return UnableToFulfill("The network service is being decommissioned.")
	}
	if s.Type == TypeExchangeLAN {
		return tx.Save(NetworkServices, s)
	}
	if s.ProductOffering != before.ProductOffering || !same(s.Capacity, before.Capacity) {
		if s.State == StateProductionChangePending {
			return changePending()
		}
		if err := tx.change(s, before, s.ProductOffering, s.Capacity); err != nil {
			return err
		}
	}
	if s.Ownable != before.Ownable || s.BillingAccount != before.BillingAccount {
		if err := tx.usable(&s.Ownable, s.BillingAccount); err != nil {
			return err
		}
	}
	s.sameNames(before)
	if err := tx.saveChanged(NetworkServices, before, s); err != nil {
		return err
	}
	return tx.Wake(NetworkServices, s.ID)
}

// sameNames keeps the two names of a service the same: the one that was changed
// counts, and an empty one never.
func (s *NetworkService) sameNames(before *NetworkService) {
	if s.Type != TypeP2MP && s.Type != TypeMP2MP {
		return
	}
	switch {
	case s.DisplayName == "":
		s.DisplayName = s.Name
	case s.Name == "", s.DisplayName != before.DisplayName:
		s.Name = s.DisplayName
	default:
		s.DisplayName = s.Name
	}
}

// offered sets what follows from the offering of a service: the offerings of its
// configurations, which are those of the same provider and kind at the same
// place, and what a cloud circuit is made of.
func (tx *Tx) offered(s *NetworkService, of *ProductOffering) error {
	// They belong to the exchange, and are not locked, since many order at once.
	var rows []Row
	err := tx.db.Where("collection = ? AND type = ?", ProductOfferings, s.Type).Order("position, id").Find(&rows).Error
	if err != nil {
		return err
	}
	s.NSCProductOfferings = []string{}
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return err
		}
		if p := o.(*ProductOffering); p.ResourceType == configOffering && p.ServiceProvider == of.ServiceProvider &&
			p.ServiceMetroAreaNetwork == of.ServiceMetroAreaNetwork && same(p.ServiceProviderRegion, of.ServiceProviderRegion) {
			s.NSCProductOfferings = append(s.NSCProductOfferings, p.ID)
		}
	}
	if s.Type == TypeCloud {
		s.Diversity = max(of.Diversity, 1)
	}
	return nil
}

// requiredRoles are the names of the roles that a configuration of a type needs.
// An exchange that does not have one of them does not ask for it.
var requiredRoles = map[string][]string{
	TypeP2P: {"noc"}, TypeCloud: {"noc"}, TypeP2MP: {"noc", "implementation"}, TypeMP2MP: {"noc", "implementation"},
}

// requireOf sets which roles the configurations of a service need.
func (tx *Tx) requireOf(s *NetworkService) error {
	var rows []Row
	if err := tx.db.Where("collection = ?", Roles).Order("position, id").Find(&rows).Error; err != nil {
		return err
	}
	s.NSCRequiredContactRoles = []string{}
	for _, name := range requiredRoles[s.Type] {
		for i := range rows {
			o, err := decode(&rows[i])
			if err != nil {
				return err
			}
			if o.(*Role).Name == name {
				s.NSCRequiredContactRoles = append(s.NSCRequiredContactRoles, rows[i].ID)
				break
			}
		}
	}
	return nil
}

// fits checks a capacity in Mbit/s against the bandwidth of an offering; nil is
// all of it.
func fits(property string, capacity *int, of *ProductOffering) error {
	switch {
	case capacity == nil:
	case *capacity < 1:
		return InvalidProperty(property, "must be 1 or more")
	case of.BandwidthMin != nil && *capacity < *of.BandwidthMin:
		return InvalidProperty(property, "is below the least bandwidth of the offering, %d", *of.BandwidthMin)
	case of.BandwidthMax != nil && *capacity > *of.BandwidthMax:
		return InvalidProperty(property, "is above the greatest bandwidth of the offering, %d", *of.BandwidthMax)
	}
	return nil
}

// same compares what pointers point to.
func same[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// usable checks the accounts of an order: those that manage and use it must be
// in production, and the one that pays needs billing information too.
func (tx *Tx) usable(owners *Ownable, billing string) error {
	var problems []Property
	for _, one := range []struct{ property, id string }{
		{"managing_account", owners.ManagingAccount}, {"consuming_account", owners.ConsumingAccount}, {"billing_account", billing},
	} {
		item, err := tx.store.read(tx.db, nil, Accounts, one.id)
		if err != nil {
			return err
		}
		a, err := decode(&Row{ID: one.id, Collection: Accounts, Document: string(item.Document)})
		if err != nil {
			return err
		}
		switch account := a.(*Account); {
		case account.State != StateProduction && account.State != StateProductionChangePending:
			problems = append(problems, Property{one.property, fmt.Sprintf("the account is in the state %s, not in production", account.State)})
		case one.property == "billing_account" && account.BillingInformation == nil:
			problems = append(problems, Property{one.property, "the account has no billing_information"})
		}
	}
	return Invalid(problems...)
}
