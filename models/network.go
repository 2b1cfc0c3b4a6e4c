package models

// Network is a row of what PeeringDB 1.0 called peerParticipants: a network
// with its own AS number and its peering policy. The columns, their spellings
// and their empty values are those of the legacy API's getPeers filters; a nil
// pointer is SQL NULL.
type Network struct {
	// ID is PeeringDB's net.id, the legacy participant_id.
	ID uint64 `gorm:"primaryKey;autoIncrement:false"`
	// ASN is the AS number; a few old rows have none.
	ASN  *uint32 `gorm:"column:asn"`
	Name string
	// NameFold is Fold(Name), by which names are found and ordered.
	NameFold         []byte
	Aka              *string
	Website          *string
	NotesPublic      *string
	IRRASSet         *string `gorm:"column:irr_as_set"`
	InfoTraffic      string
	InfoRatio        string
	InfoScope        *string
	InfoType         string
	InfoPrefixes     *uint32
	InfoLookingglass *string
	InfoRouteserver  *string
	InfoUnicast      bool
	InfoMulticast    bool
	InfoIPv6         bool    `gorm:"column:info_ipv6"`
	PolicyURL        *string `gorm:"column:policy_url"`
	PolicyGeneral    *string
	PolicyLocations  *string
	PolicyRatio      *string
	PolicyContracts  *string
	// DateCreated and DateLastupdated are Unix seconds.
	DateCreated     *int64
	DateLastupdated *int64
	// GoneAt is the Unix second at which the row was found gone upstream. Such
	// a network is listed nowhere and still resolved by its id.
	GoneAt *int64
	// Local is true for a row that did not come from PeeringDB and that nothing
	// from there may change. The other types of the directory have it too.
	Local bool
}

// Exchange is an Internet exchange, a row of PeeringDB 1.0's mgmtPublics.
type Exchange struct {
	// ID is PeeringDB's ix.id, the legacy public_id.
	ID              uint64 `gorm:"primaryKey;autoIncrement:false"`
	Name            string
	NameLong        *string
	City            *string
	Country         *string
	RegionContinent *string
	Media           *string
	Website         *string
	URLStats        *string `gorm:"column:url_stats"`
	TechEmail       *string
	TechPhone       *string
	PolicyEmail     *string
	PolicyPhone     *string
	ProtoUnicast    bool
	ProtoMulticast  bool
	ProtoIPv6       bool `gorm:"column:proto_ipv6"`
	GoneAt          *int64
	Local           bool
}

// ExchangePrefix is an address prefix of an exchange's peering LAN.
type ExchangePrefix struct {
	// ID is PeeringDB's ixpfx.id.
	ID         uint64 `gorm:"primaryKey;autoIncrement:false"`
	ExchangeID uint64
	// Protocol is IPv4 or IPv6.
	Protocol string
	// Prefix is in CIDR notation.
	Prefix string
	GoneAt *int64
	Local  bool
}

// Port is a network's presence at an exchange: its addresses on the peering
// LAN (PeeringDB's netixlan).
type Port struct {
	// ID is PeeringDB's netixlan.id.
	ID         uint64 `gorm:"primaryKey;autoIncrement:false"`
	NetworkID  uint64
	ExchangeID uint64
	ASN        *uint32 `gorm:"column:asn"`
	// IPv4 and IPv6 are addresses in canonical form.
	IPv4 *string `gorm:"column:ipv4"`
	IPv6 *string `gorm:"column:ipv6"`
	// Speed is in Mbit/s.
	Speed uint32
	// RouteServerPeer is true when the network peers with the route servers.
	RouteServerPeer bool
	Operational     bool
	GoneAt          *int64
	Local           bool
}

// Contact is a point of contact of a network (PeeringDB's poc).
type Contact struct {
	// ID is PeeringDB's poc.id.
	ID        uint64 `gorm:"primaryKey;autoIncrement:false"`
	NetworkID uint64
	// Role is Abuse, Maintenance, Policy, Technical, NOC, Public Relations or
	// Sales.
	Role      string
	Name      *string
	Telephone *string
	Email     *string
	// Visible is PeeringDB's rule who may see the row: Private, Users or
	// Public.
	Visible string
	GoneAt  *int64
	Local   bool
}
