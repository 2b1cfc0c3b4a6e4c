package peeringdb

// Base holds the fields that every object of the API has.
type Base struct {
	ID *int64 `json:"id"`
	// Created and Updated are moments such as 2010-07-29T00:00:00Z.
	Created *string `json:"created"`
	Updated *string `json:"updated"`
	// Status is ok, deleted or pending. Lists without `since` hold only ok.
	Status *string `json:"status"`
}

// The values of Base.Status that stand for a row of the directory.
const (
	StatusOK      = "ok"
	StatusDeleted = "deleted"
)

// Key returns the id, and 0 when there is none that could be stored.
func (b *Base) Key() uint64 { return key(b.ID) }

// Net is a network.
type Net struct {
	Base
	ASN             *int64   `json:"asn"`
	Name            *string  `json:"name"`
	Aka             *string  `json:"aka"`
	Website         *string  `json:"website"`
	LookingGlass    *string  `json:"looking_glass"`
	RouteServer     *string  `json:"route_server"`
	IRRASSet        *string  `json:"irr_as_set"`
	InfoType        *string  `json:"info_type"`
	InfoTypes       []string `json:"info_types"`
	InfoPrefixes4   *int64   `json:"info_prefixes4"`
	InfoTraffic     *string  `json:"info_traffic"`
	InfoRatio       *string  `json:"info_ratio"`
	InfoScope       *string  `json:"info_scope"`
	InfoUnicast     *bool    `json:"info_unicast"`
	InfoMulticast   *bool    `json:"info_multicast"`
	InfoIPv6        *bool    `json:"info_ipv6"`
	Notes           *string  `json:"notes"`
	PolicyURL       *string  `json:"policy_url"`
	PolicyGeneral   *string  `json:"policy_general"`
	PolicyLocations *string  `json:"policy_locations"`
	PolicyRatio     *bool    `json:"policy_ratio"`
	PolicyContracts *string  `json:"policy_contracts"`
}

// IX is an exchange.
type IX struct {
	Base
	Name            *string `json:"name"`
	NameLong        *string `json:"name_long"`
	City            *string `json:"city"`
	Country         *string `json:"country"`
	RegionContinent *string `json:"region_continent"`
	Media           *string `json:"media"`
	ProtoUnicast    *bool   `json:"proto_unicast"`
	ProtoMulticast  *bool   `json:"proto_multicast"`
	ProtoIPv6       *bool   `json:"proto_ipv6"`
	Website         *string `json:"website"`
	URLStats        *string `json:"url_stats"`
	TechEmail       *string `json:"tech_email"`
	TechPhone       *string `json:"tech_phone"`
	PolicyEmail     *string `json:"policy_email"`
	PolicyPhone     *string `json:"policy_phone"`
}

// NetIXLan is a port: the presence of a network on the peering LAN of an
// exchange.
type NetIXLan struct {
	Base
	NetID *int64 `json:"net_id"`
	IXID  *int64 `json:"ix_id"`
	// IXLanID is the LAN. It is the same number as IXID today, and was another
	// one for many exchanges before 2020.
	IXLanID     *int64  `json:"ixlan_id"`
	Speed       *int64  `json:"speed"`
	ASN         *int64  `json:"asn"`
	IPAddr4     *string `json:"ipaddr4"`
	IPAddr6     *string `json:"ipaddr6"`
	IsRSPeer    *bool   `json:"is_rs_peer"`
	Operational *bool   `json:"operational"`
}

// IXPfx is an address prefix of a peering LAN.
type IXPfx struct {
	Base
	IXLanID  *int64  `json:"ixlan_id"`
	Protocol *string `json:"protocol"`
	Prefix   *string `json:"prefix"`
}

// POC is a point of contact of a network.
type POC struct {
	Base
	NetID   *int64  `json:"net_id"`
	Role    *string `json:"role"`
	Visible *string `json:"visible"`
	Name    *string `json:"name"`
	Phone   *string `json:"phone"`
	Email   *string `json:"email"`
}
