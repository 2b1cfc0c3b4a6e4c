package ixapi

import "encoding/json"

// State is how far an object of the exchange has come.
type State string

// The states that the mapping to sessions tells apart.
const (
	StateRequested               State = "requested"
	StateAllocated               State = "allocated"
	StateTesting                 State = "testing"
	StateScheduled               State = "scheduled"
	StateProduction              State = "production"
	StateProductionChangePending State = "production_change_pending"
	StateError                   State = "error"
	StateOperator                State = "operator"
	StateDecommissionRequested   State = "decommission_requested"
	StateDecommissioned          State = "decommissioned"
	StateArchived                State = "archived"
	StateCancelled               State = "cancelled"
)

// Leaving reports whether an object is on its way out, or gone: nothing can
// bring it back.
func (s State) Leaving() bool { return s == StateDecommissionRequested || s.Gone() }

// Gone reports whether an object has come to its end.
func (s State) Gone() bool {
	return s == StateDecommissioned || s == StateArchived || s == StateCancelled
}

// Status is what an object has to say of its state.
type Status struct {
	Severity int    `json:"severity"`
	Tag      string `json:"tag"`
	Message  string `json:"message"`
}

// UnmarshalJSON reads a status. Its message becomes one line, and is cut.
func (s *Status) UnmarshalJSON(data []byte) error {
	type plain Status
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	s.Message = shown(s.Message)
	return nil
}

// Implementation is what a server says of itself.
type Implementation struct {
	SchemaVersion     string `json:"schema_version"`
	ServiceVersion    string `json:"service_version"`
	SupportedFeatures struct {
		Pagination bool `json:"pagination"`
	} `json:"supported_features"`
}

// Account is a customer of the exchange.
type Account struct {
	ID              string  `json:"id"`
	Name            string  `json:"name"`
	ManagingAccount *string `json:"managing_account"`
	State           State   `json:"state"`
}

// NetworkService is something that members connect to, such as a peering LAN.
type NetworkService struct {
	ID              string   `json:"id"`
	Type            string   `json:"type"`
	State           State    `json:"state"`
	Name            string   `json:"name"`
	PeeringDBIXID   *uint64  `json:"peeringdb_ixid"`
	SubnetV4        *string  `json:"subnet_v4"`
	SubnetV6        *string  `json:"subnet_v6"`
	NetworkFeatures []string `json:"network_features"`
}

// TypeExchangeLAN is the type of the network services that are peering LANs, and
// of their configurations.
const TypeExchangeLAN = "exchange_lan"

// NetworkServiceConfig is a member's use of a network service.
type NetworkServiceConfig struct {
	ID              string   `json:"id"`
	Type            string   `json:"type"`
	State           State    `json:"state"`
	Status          []Status `json:"status"`
	NetworkService  string   `json:"network_service"`
	ASNs            []uint32 `json:"asns"`
	IPs             []string `json:"ips"`
	RoleAssignments []string `json:"role_assignments"`
}

// IP is an address of a member.
type IP struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Address string `json:"address"`
}

// TypeRouteServer is the only type of features, and of their configurations.
const TypeRouteServer = "route_server"

// The address families of a feature.
const (
	FamilyIPv4 = "af_inet"
	FamilyIPv6 = "af_inet6"
)

// NetworkFeature is a route server of a network service.
type NetworkFeature struct {
	ID             string `json:"id"`
	Type           string `json:"type"`
	Name           string `json:"name"`
	FQDN           string `json:"fqdn"`
	NetworkService string `json:"network_service"`
	// Required features have to be configured for a configuration of the service
	// to be in production.
	Required                bool     `json:"required"`
	ASN                     uint32   `json:"asn"`
	IPv4                    *string  `json:"ip_v4"`
	IPv6                    *string  `json:"ip_v6"`
	AddressFamilies         []string `json:"address_families"`
	SessionMode             string   `json:"session_mode"`
	BGPSessionTypes         []string `json:"available_bgp_session_types"`
	NFCRequiredContactRoles []string `json:"nfc_required_contact_roles"`
}

// NetworkFeatureConfig is a member's session with a route server.
type NetworkFeatureConfig struct {
	ID    string `json:"id"`
	State State  `json:"state"`
	// Status explains the state.
	Status               []Status `json:"status"`
	ExternalRef          *string  `json:"external_ref"`
	NetworkFeature       string   `json:"network_feature"`
	NetworkServiceConfig string   `json:"network_service_config"`
	ASN                  uint32   `json:"asn"`
	Password             string   `json:"password"`
	ASSetV4              *string  `json:"as_set_v4"`
	ASSetV6              *string  `json:"as_set_v6"`
	MaxPrefixV4          *uint32  `json:"max_prefix_v4"`
	MaxPrefixV6          *uint32  `json:"max_prefix_v6"`
	SessionMode          string   `json:"session_mode"`
	BGPSessionType       string   `json:"bgp_session_type"`
	IP                   string   `json:"ip"`
}

// NewFeatureConfig is what a configuration of a feature is made of.
type NewFeatureConfig struct {
	Type                 string   `json:"type"`
	ManagingAccount      string   `json:"managing_account"`
	ConsumingAccount     string   `json:"consuming_account"`
	BillingAccount       string   `json:"billing_account"`
	ExternalRef          string   `json:"external_ref"`
	RoleAssignments      []string `json:"role_assignments"`
	NetworkFeature       string   `json:"network_feature"`
	NetworkServiceConfig string   `json:"network_service_config"`
	ASN                  uint32   `json:"asn"`
	// Password is the key of TCP MD5 (RFC 2385), empty for none.
	Password    string  `json:"password"`
	ASSetV4     *string `json:"as_set_v4,omitempty"`
	ASSetV6     *string `json:"as_set_v6,omitempty"`
	MaxPrefixV4 *uint32 `json:"max_prefix_v4"`
	MaxPrefixV6 *uint32 `json:"max_prefix_v6"`
	// InsertIXPASN is always sent, since the schema's default is true.
	InsertIXPASN   bool   `json:"insert_ixp_asn"`
	SessionMode    string `json:"session_mode"`
	BGPSessionType string `json:"bgp_session_type"`
	IP             string `json:"ip"`
}

// Role is what contacts may be for.
type Role struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// RoleAssignment gives a role to a contact.
type RoleAssignment struct {
	ID      string `json:"id"`
	Role    string `json:"role"`
	Contact string `json:"contact"`
}
