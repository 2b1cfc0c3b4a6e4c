package migrations

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// passedWrites09 is what the schema needs to know which part of the data an
// original server has changed since it was imported.
type passedWrites09 struct {
	Scope   string `gorm:"primaryKey;type:varchar(32)"`
	Passed  int64  `gorm:"not null"`
	Covered int64  `gorm:"not null"`
	Since   int64  `gorm:"not null"`
}

func (passedWrites09) TableName() string { return "passed_writes" }

// passedWrites adds how many writes were passed on to an original server, and
// how many of them an import has seen.
func passedWrites(db *gorm.DB) error {
	if err := createTables(db, &passedWrites09{}); err != nil {
		return err
	}
	for _, scope := range []string{"peering", "resources"} {
		row := passedWrites09{Scope: scope}
		if err := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}
