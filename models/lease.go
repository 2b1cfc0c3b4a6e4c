package models

import (
	"context"
	"crypto/rand"
	"errors"
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

// LeaseOf returns a lease as it was taken last, which may be over; the zero Lease
// when nobody has it.
func (s *Store) LeaseOf(ctx context.Context, name string) (lease Lease, err error) {
	err = s.read.WithContext(ctx).Where("name = ?", name).Limit(1).Find(&lease).Error
	return lease, databaseError(err)
}

// ReleaseLease gives a lease back, so that another gateway need not wait for its
// end. It does nothing when the holder does not have it.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("name = ? AND holder = ?", name, holder).Delete(&Lease{}).Error
	})
}

// Alone runs f while nobody else has the lease, by whichever gateway on the
// database. It waits for the lease as long as the context allows, and gives it
// back after f. Where it is not had in time the error is a Conflict that names
// what is busy. When this process dies, the lease ends soon after the time that f
// could have taken.
func (s *Store) Alone(ctx context.Context, name, what string, f func() error) (err error) {
	const longest, margin = 2 * time.Minute, 10 * time.Second
	length := longest
	if deadline, ok := ctx.Deadline(); ok {
		length = time.Until(deadline)
	}
	holder := rand.Text()
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		held, err := s.TakeLease(ctx, name, holder, length+margin)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if held && err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return Errorf(Conflict, "%s is busy: another call has not ended in time", what)
		case <-time.After(pause):
		}
	}
	// Also when f panics.
	defer func() {
		free, cancel := context.WithTimeout(context.WithoutCancel(ctx), margin)
		defer cancel()
		if lost := s.ReleaseLease(free, name, holder); lost != nil {
			err = errors.Join(err, lost)
		}
	}()
	return f()
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
