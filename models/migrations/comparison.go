package migrations

import "gorm.io/gorm"

// The types below are what the schema needs to keep what comparing the answers
// of two sides found.

type comparisonCount06 struct {
	Action  string `gorm:"primaryKey;type:varchar(160)"`
	Seconds int64  `gorm:"primaryKey;autoIncrement:false"`
	Start   int64  `gorm:"primaryKey;autoIncrement:false"`
	Name    string `gorm:"primaryKey;type:varchar(32)"`
	Count   int64  `gorm:"not null"`
}

func (comparisonCount06) TableName() string { return "comparison_counts" }

type comparisonDifference06 struct {
	Fingerprint string `gorm:"primaryKey;type:varchar(64)"`
	Action      string `gorm:"type:varchar(160);not null;index:comparison_differences_action"`
	Path        string `gorm:"type:varchar(512);not null"`
	Kind        string `gorm:"type:varchar(32);not null"`
	Count       int64  `gorm:"not null"`
	FirstSeen   int64  `gorm:"not null"`
	LastSeen    int64  `gorm:"not null"`
	Sample      string `gorm:"type:mediumtext;not null"`
}

func (comparisonDifference06) TableName() string { return "comparison_differences" }

type comparisonNoise06 struct {
	Fingerprint string `gorm:"primaryKey;type:varchar(64)"`
	Action      string `gorm:"type:varchar(160);not null"`
	Path        string `gorm:"type:varchar(512);not null"`
	Count       int64  `gorm:"not null"`
	FirstSeen   int64  `gorm:"not null"`
	LastSeen    int64  `gorm:"not null"`
}

func (comparisonNoise06) TableName() string { return "comparison_noises" }

// comparison adds the counts of compared answers, the differences that were found,
// and the paths at which the original differs with itself.
func comparison(db *gorm.DB) error {
	return createTables(db, &comparisonCount06{}, &comparisonDifference06{}, &comparisonNoise06{})
}
