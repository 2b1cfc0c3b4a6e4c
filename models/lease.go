package models

import (
	"context"
	"time"

	"gorm.io/gorm/clause"
)

// Lease makes background work the business of one of several gateways on the
// same database.
type Lease struct {
	// Name is the work, Holder the gateway that does it.
	Name   string `gorm:"primaryKey"`
	Holder string
	// ExpiresAt is in Unix seconds.
	ExpiresAt int64
}

// TakeLease takes or extends a lease for a time and reports whether the holder
// has it now. It goes by the clock of the asking gateway, so a lease must be
// longer than the clocks of the gateways may differ.
func (s *Store) TakeLease(ctx context.Context, name, holder string, length time.Duration) (held bool, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		held = false
		lease := Lease{Name: name, Holder: holder, ExpiresAt: tx.Time + int64(length/time.Second)}
		made := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&lease)
		if made.Error != nil {
			return made.Error
		}
		taken := tx.db.Model(&Lease{}).Where("name = ? AND (holder = ? OR expires_at <= ?)", name, holder, tx.Time).
			Updates(map[string]any{"holder": holder, "expires_at": lease.ExpiresAt})
		held = taken.RowsAffected > 0
		return taken.Error
	})
	return held, err
}

// ReleaseLease gives a lease back, so that another gateway need not wait for its
// end. It does nothing when the holder does not have it.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("name = ? AND holder = ?", name, holder).Delete(&Lease{}).Error
	})
}
