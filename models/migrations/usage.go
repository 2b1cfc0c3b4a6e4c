package migrations

import "gorm.io/gorm"

// The types below are what the schema needs to know who still calls the legacy
// API.

// legacyUse08 is found by a hash of what was called, and by whom: the texts
// together are longer than a key of MySQL may be.
type legacyUse08 struct {
	ID        string `gorm:"primaryKey;type:varchar(64)"`
	KeyName   string `gorm:"type:varchar(255);not null"`
	Source    string `gorm:"type:varchar(64);not null"`
	UserAgent string `gorm:"type:varchar(255);not null"`
	Target    string `gorm:"type:varchar(64);not null"`
	Action    string `gorm:"type:varchar(64);not null"`
	Answered  string `gorm:"type:varchar(16);not null"`
	FirstSeen int64  `gorm:"not null"`
	LastSeen  int64  `gorm:"not null;index:legacy_uses_last_seen"`
	Count     int64  `gorm:"not null"`
}

func (legacyUse08) TableName() string { return "legacy_uses" }

// usage adds the counts of who calls what.
func usage(db *gorm.DB) error { return createTables(db, &legacyUse08{}) }
