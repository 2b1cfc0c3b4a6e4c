package ix

import (
	"encoding/json"
	"slices"
)

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
	ProductOffering *string `json:"product_offering" ix:"create,update,sensitive,ref=product-offerings"`
	Connection      string  `json:"connection" ix:"create,update,required,sensitive,ref=connections"`
	// VlanConfig says how the service is told from others on the connection.
	VlanConfig            *VlanConfig `json:"vlan_config" ix:"create,update,required,sensitive"`
	NetworkFeatureConfigs []string    `json:"network_feature_configs" ix:"sensitive"`
	// Capacity is in Mbit/s; nil leaves it to the offering and the connection.
	Capacity *int `json:"capacity" ix:"create,update,sensitive"`

	// Of exchange_lan and mp2mp_vc. The exchange gives IPs.
	ASNs []uint32 `json:"asns" ix:"create,update"`
	MACs []string `json:"macs" ix:"create,update,sensitive,ref=macs"`
	IPs  []string `json:"ips" ix:"sensitive"`

	// Of exchange_lan. Listed shows the member in the exchange's public list.
	Listed            bool    `json:"listed" ix:"create,update"`
	ConsumerSideReady *bool   `json:"consumer_side_ready" ix:"create,update,sensitive"`
	AvailabilityZone  *string `json:"availability_zone" ix:"sensitive"`
	SharedStatistics  bool    `json:"shared_statistics" ix:"create,update,sensitive"`

	// Role is of p2mp_vc: root or leaf.
	Role string `json:"role" ix:"create,update,enum=root|leaf"`

	// Of cloud_vc. Handover counts the paths to the provider from 1; CloudVlan is
	// the VLAN on the provider's side, nil for all of them.
	Handover  int  `json:"handover" ix:"create"`
	CloudVlan *int `json:"cloud_vlan" ix:"create"`
}

// configProperties are the types that have a property which not all have.
var configProperties = map[string][]string{
	"asns": {TypeExchangeLAN, TypeMP2MP}, "macs": {TypeExchangeLAN, TypeMP2MP}, "ips": {TypeExchangeLAN, TypeMP2MP},
	"listed": {TypeExchangeLAN}, "consumer_side_ready": {TypeExchangeLAN}, "availability_zone": {TypeExchangeLAN},
	"shared_statistics": {TypeExchangeLAN}, "role": {TypeP2MP}, "handover": {TypeCloud}, "cloud_vlan": {TypeCloud},
}

// MarshalJSON writes the properties of the type.
func (c *NetworkServiceConfig) MarshalJSON() ([]byte, error) {
	type plain NetworkServiceConfig
	text, err := json.Marshal((*plain)(c))
	if err != nil {
		return nil, err
	}
	return withoutForeign(text, c.Type, configProperties)
}

// withoutForeign drops the properties of a document that its type does not have.
func withoutForeign(text []byte, objectType string, properties map[string][]string) ([]byte, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	for name, types := range properties {
		if !slices.Contains(types, objectType) {
			delete(document, name)
		}
	}
	return json.Marshal(document)
}

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
		name: NetworkServiceConfigs, types: []string{TypeExchangeLAN, TypeP2P, TypeP2MP, TypeMP2MP, TypeCloud}, make: newConfig,
		filters: all(stateFilters(), accountFilters(), vlanFilters(), equals(
			"type", "capacity", "network_service", "connection", "product_offering",
		), contactFilters()),
		create: createConfig, update: updateConfig, destroy: destroyConfig, advance: advanceConfig,
	}
}
