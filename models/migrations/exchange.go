package migrations

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The types below are what the schema needs for the objects of IX-API.

type ixObject03 struct {
	ID                   string  `gorm:"primaryKey;type:varchar(80)"`
	Collection           string  `gorm:"type:varchar(40);not null;index:ix_objects_collection,priority:1"`
	Position             uint64  `gorm:"not null;index:ix_objects_collection,priority:2"`
	Type                 string  `gorm:"type:varchar(40);not null"`
	ManagingAccount      string  `gorm:"type:varchar(80);not null;index:ix_objects_managing"`
	ConsumingAccount     string  `gorm:"type:varchar(80);not null;index:ix_objects_consuming"`
	BillingAccount       string  `gorm:"type:varchar(80);not null"`
	State                string  `gorm:"type:varchar(40);not null"`
	NetworkService       string  `gorm:"type:varchar(80);not null;index:ix_objects_service"`
	NetworkServiceConfig string  `gorm:"type:varchar(80);not null;index:ix_objects_config"`
	Connection           string  `gorm:"type:varchar(80);not null;index:ix_objects_connection"`
	ExternalRef          *string `gorm:"type:varchar(128)"`
	Document             string  `gorm:"type:mediumtext;not null"`
	DueAt                *int64  `gorm:"index:ix_objects_due"`
	CreatedAt            int64   `gorm:"not null"`
	ModifiedAt           int64   `gorm:"not null"`
}

func (ixObject03) TableName() string { return "ix_objects" }

type ixCredential03 struct {
	APIKey     string `gorm:"primaryKey;type:varchar(64)"`
	AccountID  string `gorm:"type:varchar(80);not null;index:ix_credentials_account"`
	SecretHash []byte `gorm:"type:varbinary(32);not null"`
	CreatedAt  int64  `gorm:"not null"`
	RevokedAt  *int64
}

func (ixCredential03) TableName() string { return "ix_credentials" }

type ixSigningKey03 struct {
	ID        uint64
	SecretID  uint64 `gorm:"not null"`
	CreatedAt int64  `gorm:"not null"`
}

func (ixSigningKey03) TableName() string { return "ix_signing_keys" }

type ixAllocation03 struct {
	Pool      string `gorm:"primaryKey;type:varchar(120)"`
	Value     string `gorm:"primaryKey;type:varchar(64)"`
	Holder    string `gorm:"type:varchar(80);not null;index:ix_allocations_holder"`
	CreatedAt int64  `gorm:"not null"`
}

func (ixAllocation03) TableName() string { return "ix_allocations" }

// exchange adds the tables of IX-API, and the row by which its writers take
// turns.
func exchange(db *gorm.DB) error {
	if err := createTables(db, &ixObject03{}, &ixCredential03{}, &ixSigningKey03{}, &ixAllocation03{}); err != nil {
		return err
	}
	return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&lease02{Name: "ix-turn"}).Error
}
