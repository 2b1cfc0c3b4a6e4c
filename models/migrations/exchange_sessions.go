package migrations

import "gorm.io/gorm"

type exchangeSession05 struct {
	SessionID       uint64  `gorm:"primaryKey;autoIncrement:false"`
	PublicID        uint64  `gorm:"not null"`
	ExternalRef     string  `gorm:"type:varchar(128);not null"`
	ConfigID        *string `gorm:"type:varchar(80)"`
	ServiceConfigID *string `gorm:"type:varchar(80)"`
	OldConfigID     *string `gorm:"type:varchar(80)"`
	State           string  `gorm:"type:varchar(32);not null"`
	RemoteState     string  `gorm:"type:varchar(40);not null"`
	Message         string  `gorm:"type:varchar(1000);not null"`
	Wanted          string  `gorm:"type:varchar(16);not null"`
	Wishes          int64   `gorm:"not null"`
	PostedAt        *int64
	Tries           int   `gorm:"not null"`
	DueAt           int64 `gorm:"not null;index:exchange_sessions_due"`
	SeenAt          *int64
	CreatedAt       int64 `gorm:"not null"`
	ModifiedAt      int64 `gorm:"not null"`
}

func (exchangeSession05) TableName() string { return "exchange_sessions" }

// exchangeSessions adds what links sessions with route servers to an exchange.
func exchangeSessions(db *gorm.DB) error { return createTables(db, &exchangeSession05{}) }
