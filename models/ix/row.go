package ix

// Row is an object as it is stored: the document, and the columns that are
// looked for.
type Row struct {
	ID         string `gorm:"primaryKey"`
	Collection Collection
	// Position orders a collection by age; ids are random.
	Position         uint64
	Type             string
	ManagingAccount  string
	ConsumingAccount string
	BillingAccount   string
	State            State
	// NetworkService, NetworkServiceConfig and Connection are what the object
	// belongs to, or empty.
	NetworkService       string
	NetworkServiceConfig string
	Connection           string
	ExternalRef          *string
	// Document is the object in JSON.
	Document string
	// DueAt is when the object's provisioning goes on, in Unix seconds; nil when
	// it waits for somebody, or has come to its end.
	DueAt      *int64
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ModifiedAt int64
}

// TableName is the table of objects.
func (Row) TableName() string { return "ix_objects" }

// Credential lets a program act for an account.
type Credential struct {
	APIKey    string `gorm:"primaryKey;column:api_key"`
	AccountID string
	// SecretHash is the SHA-256 of the API secret, which is random and long.
	SecretHash []byte
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	RevokedAt  *int64
}

// TableName is the table of credentials.
func (Credential) TableName() string { return "ix_credentials" }

// SigningKey names the stored secret that access tokens are signed with.
type SigningKey struct {
	ID        uint64
	SecretID  uint64
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// TableName is the table of signing keys.
func (SigningKey) TableName() string { return "ix_signing_keys" }

// Allocation is a value that only one object may have: an address of a peering
// LAN, a VLAN id on a connection. Its key makes it unique.
type Allocation struct {
	// Pool is what the value is unique in, such as "addresses LAN".
	Pool  string `gorm:"primaryKey"`
	Value string `gorm:"primaryKey"`
	// Holder is the object that has it.
	Holder    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// TableName is the table of allocations.
func (Allocation) TableName() string { return "ix_allocations" }
