package ix

// NetworkFeatures is the collection of what belongs to a network service: its
// route servers.
const NetworkFeatures Collection = "network-features"

// TypeRouteServer is the only type of features, and of their configurations.
const TypeRouteServer = "route_server"

// NetworkFeature is a route server. It belongs to the exchange.
type NetworkFeature struct {
	Header
	Typed
	Name string `json:"name"`
	// Required features must be configured before a configuration of the service
	// can go into production.
	Required                bool          `json:"required"`
	NetworkService          string        `json:"network_service"`
	NFCRequiredContactRoles []string      `json:"nfc_required_contact_roles"`
	Flags                   []FeatureFlag `json:"flags"`
	ASN                     uint32        `json:"asn"`
	FQDN                    string        `json:"fqdn"`
	LookingGlassURL         *string       `json:"looking_glass_url,omitempty"`
	// AddressFamilies are af_inet and af_inet6.
	AddressFamilies []string `json:"address_families"`
	// SessionMode is public or collector.
	SessionMode string `json:"session_mode"`
	// AvailableBGPSessionTypes are active and passive, as seen from the route
	// server.
	AvailableBGPSessionTypes []string `json:"available_bgp_session_types"`
	IPv4                     *string  `json:"ip_v4,omitempty"`
	IPv6                     *string  `json:"ip_v6,omitempty"`
}

// FeatureFlag is an option of a feature. One that is mandatory is always on.
type FeatureFlag struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Mandatory   bool   `json:"mandatory"`
}

// The address families of a feature.
const (
	FamilyIPv4 = "af_inet"
	FamilyIPv6 = "af_inet6"
)

func newFeature(objectType string) Object {
	if objectType != TypeRouteServer {
		return nil
	}
	return &NetworkFeature{
		Typed: Typed{objectType}, NFCRequiredContactRoles: []string{}, Flags: []FeatureFlag{}, AddressFamilies: []string{},
		AvailableBGPSessionTypes: []string{},
	}
}

func (f *NetworkFeature) columns(r *Row) { r.NetworkService = f.NetworkService }

func networkFeatures() *kind {
	return &kind{
		name: NetworkFeatures, types: []string{TypeRouteServer}, make: newFeature, public: true,
		filters: all(typeFilter(TypeRouteServer), equals("network_service", "name"), map[string]filter{"required": boolean("required")}),
	}
}

// AddFeature adds a feature to a network service. The exchange does this itself.
func (tx *Tx) AddFeature(f *NetworkFeature) error {
	f.Type = TypeRouteServer
	return tx.Insert(NetworkFeatures, f)
}
