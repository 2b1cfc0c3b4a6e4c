package migrations

import (
	"gorm.io/gorm"
)

// The types below are the schema of the first release. Texts are utf8mb4 with
// a binary collation on MySQL, so that the database never folds case.

type network01 struct {
	// What lists show comes first: SQLite reads a row from its start, and the
	// notes at its end can take pages of their own.
	ID               uint64  `gorm:"primaryKey;autoIncrement:false"`
	ASN              *uint32 `gorm:"column:asn;index:networks_asn"`
	GoneAt           *int64
	InfoPrefixes     *uint32
	Name             string  `gorm:"type:varchar(255);not null"`
	NameFold         []byte  `gorm:"type:varbinary(1024);not null;index:networks_name_fold"`
	Aka              *string `gorm:"type:varchar(255)"`
	Website          *string `gorm:"type:varchar(255)"`
	IRRASSet         *string `gorm:"column:irr_as_set;type:varchar(255)"`
	InfoTraffic      string  `gorm:"type:varchar(64);not null"`
	InfoRatio        string  `gorm:"type:varchar(64);not null"`
	InfoScope        *string `gorm:"type:varchar(64)"`
	InfoType         string  `gorm:"type:varchar(64);not null"`
	InfoLookingglass *string `gorm:"type:varchar(255)"`
	InfoRouteserver  *string `gorm:"type:varchar(255)"`
	InfoUnicast      bool    `gorm:"not null"`
	InfoMulticast    bool    `gorm:"not null"`
	InfoIPv6         bool    `gorm:"column:info_ipv6;not null"`
	PolicyURL        *string `gorm:"column:policy_url;type:varchar(255)"`
	PolicyGeneral    *string `gorm:"type:varchar(64)"`
	PolicyLocations  *string `gorm:"type:varchar(64)"`
	PolicyRatio      *string `gorm:"type:varchar(64)"`
	PolicyContracts  *string `gorm:"type:varchar(64)"`
	DateCreated      *int64
	DateLastupdated  *int64
	NotesPublic      *string `gorm:"type:mediumtext"`
}

func (network01) TableName() string { return "networks" }

type exchange01 struct {
	ID              uint64  `gorm:"primaryKey;autoIncrement:false"`
	Name            string  `gorm:"type:varchar(255);not null"`
	NameLong        *string `gorm:"type:varchar(255)"`
	City            *string `gorm:"type:varchar(255)"`
	Country         *string `gorm:"type:varchar(255)"`
	RegionContinent *string `gorm:"type:varchar(255)"`
	Media           *string `gorm:"type:varchar(255)"`
	Website         *string `gorm:"type:varchar(255)"`
	URLStats        *string `gorm:"column:url_stats;type:varchar(255)"`
	TechEmail       *string `gorm:"type:varchar(255)"`
	TechPhone       *string `gorm:"type:varchar(255)"`
	PolicyEmail     *string `gorm:"type:varchar(255)"`
	PolicyPhone     *string `gorm:"type:varchar(255)"`
	ProtoUnicast    bool    `gorm:"not null"`
	ProtoMulticast  bool    `gorm:"not null"`
	ProtoIPv6       bool    `gorm:"column:proto_ipv6;not null"`
	GoneAt          *int64
}

func (exchange01) TableName() string { return "exchanges" }

type exchangePrefix01 struct {
	ID         uint64 `gorm:"primaryKey;autoIncrement:false"`
	ExchangeID uint64 `gorm:"not null;index:exchange_prefixes_exchange"`
	Protocol   string `gorm:"type:varchar(8);not null"`
	Prefix     string `gorm:"type:varchar(64);not null"`
	GoneAt     *int64
}

func (exchangePrefix01) TableName() string { return "exchange_prefixes" }

type port01 struct {
	ID              uint64  `gorm:"primaryKey;autoIncrement:false"`
	NetworkID       uint64  `gorm:"not null;index:ports_network;index:ports_exchange,priority:3"`
	ExchangeID      uint64  `gorm:"not null;index:ports_exchange,priority:1"`
	ASN             *uint32 `gorm:"column:asn"`
	IPv4            *string `gorm:"column:ipv4;type:varchar(45)"`
	IPv6            *string `gorm:"column:ipv6;type:varchar(45)"`
	Speed           uint32  `gorm:"not null"`
	RouteServerPeer bool    `gorm:"not null"`
	Operational     bool    `gorm:"not null"`
	GoneAt          *int64  `gorm:"index:ports_exchange,priority:2"`
}

func (port01) TableName() string { return "ports" }

type contact01 struct {
	ID        uint64  `gorm:"primaryKey;autoIncrement:false"`
	NetworkID uint64  `gorm:"not null;index:contacts_network"`
	Role      string  `gorm:"type:varchar(64);not null"`
	Name      *string `gorm:"type:varchar(255)"`
	Telephone *string `gorm:"type:varchar(255)"`
	Email     *string `gorm:"type:varchar(255)"`
	Visible   string  `gorm:"type:varchar(16);not null"`
	GoneAt    *int64
}

func (contact01) TableName() string { return "contacts" }

type communication01 struct {
	ID            uint64
	NetworkID     uint64  `gorm:"not null;uniqueIndex:communications_pair,priority:2"`
	ExchangeID    uint64  `gorm:"not null;uniqueIndex:communications_pair,priority:1"`
	RequestStatus *string `gorm:"type:varchar(16)"`
	Qualified     *bool
	IsPeer        bool  `gorm:"not null"`
	CreatedAt     int64 `gorm:"not null"`
	ModifiedAt    int64 `gorm:"not null"`
}

func (communication01) TableName() string { return "communications" }

type logEntry01 struct {
	ID         uint64
	NetworkID  *uint64 `gorm:"index:log_entries_peer,priority:1"`
	ExchangeID *uint64 `gorm:"index:log_entries_peer,priority:2;index:log_entries_exchange"`
	Message    string  `gorm:"type:text;not null"`
	Time       int64   `gorm:"not null"`
	RequestID  *uint64
	SessionID  *uint64 `gorm:"index:log_entries_session"`
}

func (logEntry01) TableName() string { return "log_entries" }

type request01 struct {
	ID                  uint64
	PublicID            *uint64
	SourceParticipantID *uint64
	SourceASN           *uint32 `gorm:"column:source_asn"`
	PeerParticipantID   *uint64 `gorm:"index:requests_peer"`
	PeerASN             *uint32 `gorm:"column:peer_asn"`
	PeerName            string  `gorm:"type:varchar(255);not null"`
	EmailType           string  `gorm:"type:varchar(8);not null"`
	EmailFrom           string  `gorm:"type:varchar(512);not null"`
	EmailTo             string  `gorm:"type:varchar(512);not null"`
	EmailCC             string  `gorm:"column:email_cc;type:text;not null"`
	EmailBCC            string  `gorm:"column:email_bcc;type:text;not null"`
	Subject             string  `gorm:"type:varchar(998);not null"`
	Body                string  `gorm:"type:mediumtext;not null"`
	Status              *string `gorm:"type:varchar(16)"`
	Delivery            string  `gorm:"type:varchar(16);not null;index:requests_delivery"`
	Failure             *string `gorm:"type:text"`
	CreatedAt           int64   `gorm:"not null"`
	ModifiedAt          int64   `gorm:"not null"`
}

func (request01) TableName() string { return "requests" }

type session01 struct {
	ID                uint64
	SourceASN         *uint32 `gorm:"column:source_asn"`
	SourceIPAddr      *string `gorm:"column:source_ipaddr;type:varchar(45)"`
	ResourceID        *uint64 `gorm:"index:sessions_router"`
	PeerASN           *uint32 `gorm:"column:peer_asn;index:sessions_exchange,priority:4;index:sessions_peer_asn"`
	PeerName          *string `gorm:"type:varchar(255)"`
	PeerParticipantID *uint64 `gorm:"index:sessions_exchange,priority:3;index:sessions_peer"`
	PeerIPAddr        *string `gorm:"column:peer_ipaddr;type:varchar(45);index:sessions_peer_ipaddr"`
	PeerHostname      *string `gorm:"type:varchar(255)"`
	PeerGroup         *string `gorm:"type:varchar(255)"`
	PublicID          *uint64 `gorm:"index:sessions_exchange,priority:1"`
	IPType            string  `gorm:"column:ip_type;type:varchar(8);not null"`
	Type              string  `gorm:"type:varchar(255);not null"`
	State             string  `gorm:"type:varchar(255);not null"`
	PrfxMax           *uint32
	PrfxReceived      *uint32
	Password          string  `gorm:"type:varchar(255);not null"`
	Note              *string `gorm:"type:mediumtext"`
	CreatedAt         int64   `gorm:"not null"`
	ModifiedAt        int64   `gorm:"not null"`
	DeletedAt         *int64  `gorm:"index:sessions_exchange,priority:2"`
	LiveKey           *string `gorm:"type:varchar(160);uniqueIndex:sessions_live"`
}

func (session01) TableName() string { return "sessions" }

type resource01 struct {
	ID         uint64
	Name       string  `gorm:"type:varchar(255);not null"`
	Slug       string  `gorm:"type:varchar(300);not null;index:resources_slug"`
	LiveSlug   *string `gorm:"type:varchar(300);uniqueIndex:resources_live_slug"`
	Type       string  `gorm:"type:varchar(64);not null;index:resources_section,priority:2"`
	ParentID   *uint64 `gorm:"index:resources_parent"`
	CategoryID *uint64 `gorm:"index:resources_category"`
	SectionID  *uint64 `gorm:"index:resources_section,priority:1"`
	CustomID   string  `gorm:"type:varchar(255);not null"`
	Date       int64   `gorm:"not null"`
	Modified   int64   `gorm:"not null"`
	DeletedAt  *int64
}

func (resource01) TableName() string { return "resources" }

type sectionField01 struct {
	ID        uint64
	SectionID uint64 `gorm:"not null;uniqueIndex:section_fields_slug,priority:1"`
	FieldID   uint64 `gorm:"not null"`
	Slug      string `gorm:"type:varchar(300);not null;uniqueIndex:section_fields_slug,priority:2"`
	Position  int    `gorm:"not null"`
	Secret    bool   `gorm:"not null"`
}

func (sectionField01) TableName() string { return "section_fields" }

type fieldValue01 struct {
	ID         uint64
	ResourceID uint64 `gorm:"not null;uniqueIndex:field_values_instance,priority:1"`
	Slug       string `gorm:"type:varchar(300);not null;uniqueIndex:field_values_instance,priority:2"`
	Instance   uint32 `gorm:"not null;uniqueIndex:field_values_instance,priority:3"`
	Value      string `gorm:"type:mediumtext;not null"`
	SecretID   *uint64
}

func (fieldValue01) TableName() string { return "field_values" }

type secret01 struct {
	ID        uint64
	KeyID     string `gorm:"type:varchar(64);not null;index:secrets_key"`
	Sealed    []byte `gorm:"type:mediumblob;not null"`
	CreatedAt int64  `gorm:"not null"`
}

func (secret01) TableName() string { return "secrets" }

type apiKey01 struct {
	ID           uint64
	Name         string `gorm:"type:varchar(255);not null;uniqueIndex:api_keys_name"`
	Key          string `gorm:"type:varchar(255);not null;uniqueIndex:api_keys_key"`
	KeyID        string `gorm:"type:varchar(64);not null"`
	SealedSecret []byte `gorm:"type:blob;not null"`
	Allow        string `gorm:"type:varchar(255);not null"`
	Sources      string `gorm:"type:text;not null"`
	CreatedAt    int64  `gorm:"not null"`
	LastUsedAt   *int64
	RevokedAt    *int64
}

func (apiKey01) TableName() string { return "api_keys" }

type idempotencyRecord01 struct {
	Caller      string `gorm:"primaryKey;type:varchar(255)"`
	Token       string `gorm:"primaryKey;type:varchar(255)"`
	Fingerprint []byte `gorm:"type:varbinary(32);not null"`
	Answer      []byte `gorm:"type:mediumblob"`
	CreatedAt   int64  `gorm:"not null;index:idempotency_records_created"`
}

func (idempotencyRecord01) TableName() string { return "idempotency_records" }

type generation01 struct {
	Scope   string `gorm:"primaryKey;type:varchar(32)"`
	Stripe  int    `gorm:"primaryKey;autoIncrement:false"`
	Version int64  `gorm:"not null"`
}

func (generation01) TableName() string { return "generations" }

// initial creates the tables of the first release and what exists in them from
// the start.
func initial(db *gorm.DB) error {
	if err := createTables(db,
		&network01{}, &exchange01{}, &exchangePrefix01{}, &port01{}, &contact01{}, &communication01{}, &logEntry01{},
		&request01{}, &session01{}, &resource01{}, &sectionField01{}, &fieldValue01{}, &secret01{}, &apiKey01{},
		&idempotencyRecord01{}, &generation01{},
	); err != nil {
		return err
	}
	return db.Transaction(seed01)
}
