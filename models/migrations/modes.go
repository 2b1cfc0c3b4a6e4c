package migrations

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The types below are what the schema needs to know who answers an action.

type actionMode04 struct {
	Pattern   string `gorm:"primaryKey;type:varchar(160)"`
	Mode      string `gorm:"type:varchar(16);not null"`
	Share     int    `gorm:"not null"`
	ChangedAt int64  `gorm:"not null"`
	ChangedBy string `gorm:"type:varchar(255);not null"`
	Reason    string `gorm:"type:varchar(255);not null"`
}

func (actionMode04) TableName() string { return "action_modes" }

type modeChange04 struct {
	ID       uint64
	Pattern  string  `gorm:"type:varchar(160);not null;index:mode_changes_pattern"`
	OldMode  *string `gorm:"type:varchar(16)"`
	OldShare *int
	NewMode  *string `gorm:"type:varchar(16)"`
	NewShare *int
	Time     int64  `gorm:"not null"`
	By       string `gorm:"type:varchar(255);not null"`
	Reason   string `gorm:"type:varchar(255);not null"`
}

func (modeChange04) TableName() string { return "mode_changes" }

// modes adds who answers which action, every change of that, and the version by
// which all gateways see a change at once.
func modes(db *gorm.DB) error {
	if err := createTables(db, &actionMode04{}, &modeChange04{}); err != nil {
		return err
	}
	for stripe := range stripes(db) {
		row := generation01{Scope: "modes", Stripe: stripe}
		if err := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}
