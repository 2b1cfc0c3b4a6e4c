package ix

// NetworkFeatureConfigs is the collection of sessions with route servers.
const NetworkFeatureConfigs Collection = "network-feature-configs"

// NetworkFeatureConfig is a session of a configuration's address with a route
// server.
type NetworkFeatureConfig struct {
	Header
	Typed
	Stateful
	Billed
	Ownable
	BillingAccount string  `json:"billing_account" ix:"create,required,sensitive,account"`
	PurchaseOrder  string  `json:"purchase_order" ix:"create,sensitive,max=80"`
	ContractRef    *string `json:"contract_ref" ix:"create,sensitive,max=128"`
	Contactable
	NetworkFeature       string `json:"network_feature" ix:"create,required,ref=network-features"`
	NetworkServiceConfig string `json:"network_service_config" ix:"create,required,ref=network-service-configs"`
	// ASN is the member's.
	ASN uint32 `json:"asn" ix:"create,update,provisioned,required"`
	// Password is the key of TCP MD5 (RFC 2385), empty for none. Its value is the
	// secret with the id PasswordSecret.
	Password       string `json:"password" ix:"create,update,provisioned,sensitive,max=128"`
	PasswordSecret uint64 `json:"password_secret,omitempty" ix:"internal"`
	// ASSetV4 and ASSetV6 are written AS-SET@IRR.
	ASSetV4 *string `json:"as_set_v4" ix:"create,update,provisioned,max=100"`
	ASSetV6 *string `json:"as_set_v6" ix:"create,update,provisioned,max=100"`
	// MaxPrefixV4 and MaxPrefixV6 are how many prefixes the route server takes;
	// nil leaves it to the exchange.
	MaxPrefixV4 *uint32 `json:"max_prefix_v4" ix:"create,update,provisioned,sensitive"`
	MaxPrefixV6 *uint32 `json:"max_prefix_v6" ix:"create,update,provisioned,sensitive"`
	// InsertIXPASN has the route server put its own AS number into paths.
	InsertIXPASN   bool   `json:"insert_ixp_asn" ix:"create,update,provisioned"`
	SessionMode    string `json:"session_mode" ix:"create,update,provisioned,required,enum=public|collector"`
	BGPSessionType string `json:"bgp_session_type" ix:"create,update,provisioned,required,enum=active|passive"`
	// IP is an address of the configuration.
	IP    string       `json:"ip" ix:"create,update,provisioned,required,sensitive,ref=ips"`
	Flags []FlagChoice `json:"flags" ix:"create,update,provisioned"`
}

// FlagChoice turns an option of a feature on or off.
type FlagChoice struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

func newFeatureConfig(objectType string) Object {
	if objectType != TypeRouteServer {
		return nil
	}
	return &NetworkFeatureConfig{Typed: Typed{objectType}, Contactable: Contactable{[]string{}}, InsertIXPASN: true, Flags: []FlagChoice{}}
}

// MarshalJSON writes what is stored of a session: all but its password.
func (c *NetworkFeatureConfig) MarshalJSON() ([]byte, error) {
	stored := *c
	stored.Password = ""
	return marshal(&stored)
}

func (c *NetworkFeatureConfig) sealed() (text *string, secret *uint64) {
	return &c.Password, &c.PasswordSecret
}

// party is who manages, uses and pays for a session.
func (c *NetworkFeatureConfig) party() [3]string {
	return [3]string{c.ManagingAccount, c.ConsumingAccount, c.BillingAccount}
}

func (c *NetworkFeatureConfig) columns(r *Row) {
	r.NetworkServiceConfig, r.BillingAccount = c.NetworkServiceConfig, c.BillingAccount
}

func networkFeatureConfigs() *kind {
	return &kind{
		name: NetworkFeatureConfigs, types: []string{TypeRouteServer}, make: newFeatureConfig, sealed: true,
		filters: all(stateFilters(), accountFilters(),
			contactFilters(), typeFilter(TypeRouteServer), equals("network_service_config", "network_feature"),
			map[string]filter{"service_config": is("network_service_config")}),
		create: createSession, update: updateSession, destroy: destroySession, advance: advanceSession,
	}
}
