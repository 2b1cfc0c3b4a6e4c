package ix

import "slices"

// ProductOfferings is the collection of what can be ordered.
const ProductOfferings Collection = "product-offerings"

// ProductOffering is something that can be ordered, and on what terms. One type
// serves all; each shows the properties of its own type only.
type ProductOffering struct {
	Header
	// Type is connection, port_reservation, exchange_lan, p2p_vc, p2mp_vc,
	// mp2mp_vc or cloud_vc.
	Typed
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	// ResourceType is connection, port_reservation, network_service or
	// network_service_config.
	ResourceType string `json:"resource_type"`
	// The handover is where the customer connects, the service where the other
	// end is.
	HandoverMetroArea        string `json:"handover_metro_area"`
	HandoverMetroAreaNetwork string `json:"handover_metro_area_network"`
	ServiceMetroArea         string `json:"service_metro_area"`
	ServiceMetroAreaNetwork  string `json:"service_metro_area_network"`
	// PhysicalPortSpeed is in Mbit/s; nil is any.
	PhysicalPortSpeed *int   `json:"physical_port_speed"`
	ServiceProvider   string `json:"service_provider"`
	DowngradeAllowed  bool   `json:"downgrade_allowed"`
	UpgradeAllowed    bool   `json:"upgrade_allowed"`
	// ProviderVLANs is single or multi.
	ProviderVLANs string `json:"provider_vlans"`
	// BandwidthMin and BandwidthMax are in Mbit/s; nil is no limit.
	BandwidthMin *int `json:"bandwidth_min"`
	BandwidthMax *int `json:"bandwidth_max"`

	ExchangeLogo        *string `json:"exchange_logo,omitempty"`
	ServiceProviderLogo *string `json:"service_provider_logo,omitempty"`
	ProductLogo         *string `json:"product_logo,omitempty"`
	// OrderableNotBefore and OrderableNotAfter are RFC 3339.
	OrderableNotBefore *string `json:"orderable_not_before,omitempty"`
	OrderableNotAfter  *string `json:"orderable_not_after,omitempty"`
	// ContractTerms and NoticePeriod are prose.
	ContractTerms *string `json:"contract_terms,omitempty"`
	NoticePeriod  *string `json:"notice_period,omitempty"`
	// The terms as ISO 8601 durations of whole days, weeks, months and years.
	ContractInitialPeriod       *string `json:"contract_initial_period,omitempty"`
	ContractInitialNoticePeriod *string `json:"contract_initial_notice_period,omitempty"`
	ContractRenewalPeriod       *string `json:"contract_renewal_period,omitempty"`
	ContractRenewalNoticePeriod *string `json:"contract_renewal_notice_period,omitempty"`

	// Of exchange_lan.
	ExchangeLANNetworkService string `json:"exchange_lan_network_service" ix:"types=exchange_lan"`

	// Of cloud_vc. ServiceProviderWorkflow is exchange_first or provider_first,
	// DeliveryMethod dedicated or shared, Diversity how many handovers there must
	// be, 1 or more.
	ServiceProviderRegion   *string `json:"service_provider_region" ix:"types=cloud_vc"`
	ServiceProviderPop      *string `json:"service_provider_pop" ix:"types=cloud_vc"`
	ServiceProviderWorkflow string  `json:"service_provider_workflow" ix:"types=cloud_vc"`
	DeliveryMethod          string  `json:"delivery_method" ix:"types=cloud_vc"`
	Diversity               int     `json:"diversity" ix:"types=cloud_vc"`

	// Of connection. CrossConnectInitiator is exchange or subscriber.
	CrossConnectInitiator string   `json:"cross_connect_initiator" ix:"types=connection"`
	HandoverPop           *string  `json:"handover_pop" ix:"types=connection"`
	MaximumPortQuantity   *int     `json:"maximum_port_quantity" ix:"types=connection"`
	RequiredContactRoles  []string `json:"required_contact_roles" ix:"types=connection"`

	// CloudKeyPattern is a regular expression of the keys of the cloud provider,
	// such as account numbers of twelve digits; nil accepts all. It is not shown.
	CloudKeyPattern *string `json:"cloud_key_pattern,omitempty" ix:"internal,types=cloud_vc"`
}

// TypeConnection and TypePortReservation are types of offerings, beside those of
// network services.
const (
	TypeConnection      = "connection"
	TypePortReservation = "port_reservation"
)

var offeringTypes = []string{TypeConnection, TypePortReservation, TypeExchangeLAN, TypeP2P, TypeP2MP, TypeMP2MP, TypeCloud}

// MarshalJSON writes the properties that an offering of its type has.
func (p *ProductOffering) MarshalJSON() ([]byte, error) { return marshal(p) }

func productOfferings() *kind {
	return &kind{
		name: ProductOfferings, public: true, types: offeringTypes,
		make: func(objectType string) Object {
			if !slices.Contains(offeringTypes, objectType) {
				return nil
			}
			return &ProductOffering{Typed: Typed{objectType}, RequiredContactRoles: []string{}}
		},
		filters: offeringFilters(), project: project,
	}
}
