package migrations

import "gorm.io/gorm"

// importedObject07 is what the schema needs to know which objects came from an
// original server, and what they were like.
type importedObject07 struct {
	Kind   string `gorm:"primaryKey;type:varchar(32)"`
	First  uint64 `gorm:"primaryKey;autoIncrement:false"`
	Second uint64 `gorm:"primaryKey;autoIncrement:false"`
	Sum    string `gorm:"type:varchar(64);not null"`
}

func (importedObject07) TableName() string { return "imported_objects" }

// imports adds which objects came from an original server.
func imports(db *gorm.DB) error { return createTables(db, &importedObject07{}) }
