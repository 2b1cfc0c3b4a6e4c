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
	err = s.Write(ctx, func(tx *Tx) (err error) {
		held, err = tx.TakeLease(name, holder, length)
		return err
	})
	return held, err
}

// TakeLease takes or extends a lease as a part of the transaction, counted from
// this moment. Until the transaction ends nobody else can take the lease, however
// long that is.
func (tx *Tx) TakeLease(name, holder string, length time.Duration) (held bool, err error) {
	now := tx.store.now().Unix()
	lease := Lease{Name: name, Holder: holder, ExpiresAt: now + int64(length/time.Second)}
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&lease).Error; err != nil {
		return false, err
	}
	taken := tx.db.Model(&Lease{}).Where("name = ? AND (holder = ? OR expires_at <= ?)", name, holder, now).
		Updates(map[string]any{"holder": holder, "expires_at": lease.ExpiresAt})
	return taken.RowsAffected > 0, taken.Error
}

// ReleaseLease gives a lease back, so that another gateway need not wait for its
// end. It does nothing when the holder does not have it.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("name = ? AND holder = ?", name, holder).Delete(&Lease{}).Error
	})
}

// PutOff notes that something must not be done before a time, by no gateway on
// the database. It is a lease that nobody holds, and of several times the latest
// counts. Times are whole seconds, and rounded up.
func (s *Store) PutOff(ctx context.Context, name string, until time.Time) error {
	end := until.Add(time.Second - 1).Unix()
	return s.Write(ctx, func(tx *Tx) error {
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&Lease{Name: name, ExpiresAt: end}).Error; err != nil {
			return err
		}
		return tx.db.Model(&Lease{}).Where("name = ? AND expires_at < ?", name, end).Update("expires_at", end).Error
	})
}

// PutOffUntil returns until when something must not be done, and the zero time
// when nothing was noted of it.
func (s *Store) PutOffUntil(ctx context.Context, name string) (time.Time, error) {
	var lease Lease
	err := s.read.WithContext(ctx).Where("name = ?", name).Limit(1).Find(&lease).Error
	if err != nil || lease.Name == "" {
		return time.Time{}, databaseError(err)
	}
	return time.Unix(lease.ExpiresAt, 0), nil
}
