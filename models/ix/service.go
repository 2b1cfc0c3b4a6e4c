package ix

import "slices"

// NetworkServices is the collection of network services.
const NetworkServices Collection = "network-services"

// serviceTypes are all types of network services.
var serviceTypes = []string{TypeExchangeLAN, TypeP2P, TypeP2MP, TypeMP2MP, TypeCloud}

// NetworkService is what members connect to: a peering LAN of the exchange, or
// a circuit that a member has ordered. One struct serves all types; an object
// has the properties of its own type only.
type NetworkService struct {
	Header
	Typed
	Stateful
	Cancelable `ix:"types=p2p_vc|p2mp_vc|mp2mp_vc|cloud_vc"`
	Billed     `ix:"types=p2p_vc|p2mp_vc|mp2mp_vc|cloud_vc"`
	Ownable
	Invoiceable `ix:"types=p2p_vc|p2mp_vc|mp2mp_vc|cloud_vc"`
	// ProductOffering is what was ordered. Of an exchange LAN it is deprecated.
	ProductOffering string `json:"product_offering" ix:"create,update,provisioned,required,ref=product-offerings"`
	// NSCProductOfferings are the offerings for configurations of the service. When
	// there are none, configurations are made without an offering.
	NSCProductOfferings []string `json:"nsc_product_offerings"`
	// NSCRequiredContactRoles are the roles that a configuration of the service
	// needs an assignment for, each at least one.
	NSCRequiredContactRoles []string `json:"nsc_required_contact_roles"`
	AvailabilityZones       []string `json:"availability_zones" ix:"types=p2p_vc|p2mp_vc|mp2mp_vc|cloud_vc"`
	// Capacity is in Mbit/s; nil is all that the offering allows.
	Capacity *int `json:"capacity" ix:"create,update,provisioned,sensitive,types=p2p_vc|p2mp_vc|mp2mp_vc|cloud_vc"`

	// Name is the older name of DisplayName where a type has both; they are kept
	// the same.
	Name        string `json:"name" ix:"create,update,max=80,types=exchange_lan|p2mp_vc|mp2mp_vc"`
	DisplayName string `json:"display_name" ix:"create,update,max=80,types=p2p_vc|p2mp_vc|mp2mp_vc|cloud_vc"`

	// NetworkFeatures are the route servers of the service.
	NetworkFeatures []string `json:"network_features" ix:"types=exchange_lan|p2mp_vc|mp2mp_vc"`

	// Of exchange_lan. The subnets are in the form of CIDR.
	MetroAreaNetwork string  `json:"metro_area_network" ix:"types=exchange_lan"`
	PeeringDBIXID    *int    `json:"peeringdb_ixid" ix:"types=exchange_lan"`
	IXFDBIXID        *int    `json:"ixfdb_ixid" ix:"types=exchange_lan"`
	SubnetV4         *string `json:"subnet_v4" ix:"types=exchange_lan|mp2mp_vc"`
	SubnetV6         *string `json:"subnet_v6" ix:"types=exchange_lan|mp2mp_vc"`

	// JoiningMemberAccount is the B-side of a p2p_vc. It need not be the caller's.
	JoiningMemberAccount string `json:"joining_member_account" ix:"create,required,types=p2p_vc"`

	// Of p2mp_vc and mp2mp_vc. A public one is joined by everybody but those whom a
	// rule denies it, another one by those whom a rule allows it.
	Public             bool     `json:"public" ix:"create,update,types=p2mp_vc|mp2mp_vc"`
	MemberJoiningRules []string `json:"member_joining_rules" ix:"sensitive,types=p2mp_vc|mp2mp_vc"`
	MACACLProtection   bool     `json:"mac_acl_protection" ix:"create,update,provisioned,types=mp2mp_vc"`

	// Of cloud_vc. CloudKey is what the cloud provider knows the customer, or the
	// order, by. Diversity is how many handovers there are. ProviderRef is the
	// provider's name of the circuit once the exchange has ordered it there.
	CloudKey    string  `json:"cloud_key" ix:"create,required,sensitive,max=512,types=cloud_vc"`
	Diversity   int     `json:"diversity" ix:"types=cloud_vc"`
	ProviderRef *string `json:"provider_ref" ix:"sensitive,types=cloud_vc"`
}

// MarshalJSON writes the properties that a service of its type has.
func (s *NetworkService) MarshalJSON() ([]byte, error) { return marshal(s) }

func newService(objectType string) Object {
	if !slices.Contains(serviceTypes, objectType) {
		return nil
	}
	return &NetworkService{
		Typed: Typed{objectType}, NSCProductOfferings: []string{}, NSCRequiredContactRoles: []string{}, AvailabilityZones: []string{},
		NetworkFeatures: []string{}, MemberJoiningRules: []string{},
	}
}

// serviceKinds are the collections of network services and what belongs to them.
func serviceKinds() []*kind { return []*kind{networkServices(), memberJoiningRules()} }

func networkServices() *kind {
	return &kind{
		name: NetworkServices, types: serviceTypes, make: newService,
		filters: all(stateFilters(), accountFilters(), typeFilter(serviceTypes...), map[string]filter{
			"product_offering": either(is("product_offering"), is("nsc_product_offerings")),
			"pop":              serviceAtPop(),
		}),
		seen: seenService, admit: admitService, create: createService, update: updateService, destroy: destroyService,
		review: reviewService, advance: advanceService,
	}
}

// offering is what was ordered, for the terms of its contract.
func (s *NetworkService) offering() string { return s.ProductOffering }

// either makes a filter for objects that meet one of two.
func either(a, b filter) filter {
	return filter{match: func(o Object, values []string) bool { return a.match(o, values) || b.match(o, values) }}
}

// serviceAtPop finds the services that can be had at a point of presence: peering
// LANs of its metro area network, and what is offered there.
func serviceAtPop() filter {
	return filter{among: func(r *related, o Object, values []string) (bool, error) {
		pops, err := r.all(Pops)
		if err != nil {
			return false, err
		}
		offerings, err := r.all(ProductOfferings)
		if err != nil {
			return false, err
		}
		s := o.(*NetworkService)
		networks := []string{s.MetroAreaNetwork}
		if p, ok := offerings[s.ProductOffering].(*ProductOffering); ok {
			networks = append(networks, p.HandoverMetroAreaNetwork, p.ServiceMetroAreaNetwork)
		}
		return slices.ContainsFunc(values, func(id string) bool {
			pop, ok := pops[id].(*PointOfPresence)
			return ok && slices.Contains(networks, pop.MetroAreaNetwork)
		}), nil
	}}
}
