package ix

// NetworkServiceConfigs is the collection of what members order of network
// services.
const NetworkServiceConfigs Collection = "network-service-configs"

// The types of network services and of their configurations.
const (
	TypeExchangeLAN = "exchange_lan"
	TypeP2P         = "p2p_vc"
	TypeP2MP        = "p2mp_vc"
	TypeMP2MP       = "mp2mp_vc"
	TypeCloud       = "cloud_vc"
)

// NetworkServiceConfig is an account's use of a network service on one of its
// connections. One struct serves all types; properties that a type does not have
// are left out of its document.
type NetworkServiceConfig struct {
	Header
	Typed
	Stateful
	Cancelable
	Billed
	Ownable
	Invoiceable
	Contactable
	NetworkService  string  `json:"network_service" ix:"create,required,ref=network-services"`
	ProductOffering *string `json:"product_offering" ix:"create,update,provisioned,sensitive,ref=product-offerings"`
	Connection      string  `json:"connection" ix:"create,update,provisioned,required,sensitive,ref=connections"`
	// VlanConfig says how the service is told from others on the connection.
	VlanConfig            *VlanConfig `json:"vlan_config" ix:"create,update,provisioned,required,sensitive"`
	NetworkFeatureConfigs []string    `json:"network_feature_configs" ix:"sensitive"`
	// Capacity is in Mbit/s; nil leaves it to the offering and the connection.
	Capacity *int `json:"capacity" ix:"create,update,provisioned,sensitive"`

	// Of exchange_lan and mp2mp_vc. The exchange gives IPs.
	ASNs []uint32 `json:"asns" ix:"create,update,provisioned,types=exchange_lan|mp2mp_vc"`
	MACs []string `json:"macs" ix:"create,update,provisioned,sensitive,ref=macs,types=exchange_lan|mp2mp_vc"`
	IPs  []string `json:"ips" ix:"sensitive,types=exchange_lan|mp2mp_vc"`

	// Of exchange_lan. Listed shows the member in the exchange's public list.
	Listed            bool    `json:"listed" ix:"create,update,types=exchange_lan"`
	ConsumerSideReady *bool   `json:"consumer_side_ready" ix:"create,update,sensitive,types=exchange_lan"`
	AvailabilityZone  *string `json:"availability_zone" ix:"sensitive,types=exchange_lan"`
	SharedStatistics  bool    `json:"shared_statistics" ix:"create,update,sensitive,types=exchange_lan"`

	// Role is of p2mp_vc: root or leaf.
	Role string `json:"role" ix:"create,update,provisioned,enum=root|leaf,types=p2mp_vc"`

	// Of cloud_vc. Handover counts the paths to the provider from 1; CloudVlan is
	// the VLAN on the provider's side, nil for all of them.
	Handover  int  `json:"handover" ix:"create,types=cloud_vc"`
	CloudVlan *int `json:"cloud_vlan" ix:"create,types=cloud_vc"`
}

// MarshalJSON writes the properties that a configuration of its type has.
func (c *NetworkServiceConfig) MarshalJSON() ([]byte, error) { return marshal(c) }

func newConfig(objectType string) Object {
	c := &NetworkServiceConfig{
		Typed: Typed{objectType}, Contactable: Contactable{[]string{}}, NetworkFeatureConfigs: []string{},
		ASNs: []uint32{}, MACs: []string{}, IPs: []string{},
	}
	switch objectType {
	case TypeExchangeLAN, TypeP2P, TypeMP2MP, TypeCloud:
	case TypeP2MP:
		c.Role = "leaf"
	default:
		return nil
	}
	return c
}

// party is who manages, uses and pays for a configuration.
func (c *NetworkServiceConfig) party() [3]string {
	return [3]string{c.ManagingAccount, c.ConsumingAccount, c.BillingAccount}
}

func (c *NetworkServiceConfig) columns(r *Row) {
	r.NetworkService, r.NetworkServiceConfig, r.Connection = c.NetworkService, c.ID, c.Connection
}

// configKinds are the collections of configurations of network services, and of
// their features.
func configKinds() []*kind {
	return []*kind{networkServiceConfigs(), networkFeatures(), networkFeatureConfigs(), macs(), ips()}
}

func networkServiceConfigs() *kind {
	return &kind{
		name: NetworkServiceConfigs, types: serviceTypes, make: newConfig,
		filters: all(stateFilters(), accountFilters(), vlanFilters(), typeFilter(serviceTypes...), equals(
			"network_service", "connection", "product_offering",
		), contactFilters(), map[string]filter{"capacity": number("capacity")}),
		create: createConfig, update: updateConfig, destroy: destroyConfig, advance: advanceConfig,
	}
}
