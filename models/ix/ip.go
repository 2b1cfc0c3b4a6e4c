package ix

// IPs is the collection of addresses.
const IPs Collection = "ips"

// IPAddress is an address that the exchange gave to a configuration, or that a
// member registered.
type IPAddress struct {
	Header
	Ownable
	// Version is 4 or 6.
	Version int `json:"version" ix:"create,required"`
	// Address is in canonical form, without a length.
	Address      string  `json:"address" ix:"create,required"`
	PrefixLength int     `json:"prefix_length" ix:"create,required"`
	FQDN         *string `json:"fqdn" ix:"create,update,max=100"`
	// ValidNotBefore and ValidNotAfter are RFC 3339.
	ValidNotBefore *string `json:"valid_not_before" ix:"create,update"`
	ValidNotAfter  *string `json:"valid_not_after" ix:"create,update"`
	// What it belongs to, empty where a member registered it.
	NetworkService        string   `json:"network_service" ix:"internal"`
	NetworkServiceConfig  string   `json:"network_service_config" ix:"internal"`
	NetworkFeatures       []string `json:"network_features" ix:"internal"`
	NetworkFeatureConfigs []string `json:"network_feature_configs" ix:"internal"`
}

func (a *IPAddress) columns(r *Row) {
	r.NetworkService, r.NetworkServiceConfig = a.NetworkService, a.NetworkServiceConfig
}

func ips() *kind {
	return &kind{
		name: IPs, make: func(string) Object { return &IPAddress{NetworkFeatures: []string{}, NetworkFeatureConfigs: []string{}} },
		filters: all(accountFilters(), equals(
			"network_service", "network_service_config", "fqdn",
		), validity(), map[string]filter{
			"network_feature": is("network_features"), "network_feature_config": is("network_feature_configs"),
			"version": is("version").checked(oneOf("4", "6")), "prefix_length": number("prefix_length"), "address": address("address"),
		}),
		create: createIP, update: updateIP,
	}
}
