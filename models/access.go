package models

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// What follows is for the packages below this one, which keep tables of their
// own in the same database and the same transactions.

// DB is the transaction for GORM.
func (tx *Tx) DB() *gorm.DB { return tx.db }

// Reader is the database for reads outside of a transaction.
func (s *Store) Reader(ctx context.Context) *gorm.DB { return s.read.WithContext(ctx) }

// Now is the time of the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// DatabaseError strips from a driver's error what may be the value of a column.
func DatabaseError(err error) error { return databaseError(err) }

// AddSecret stores a secret value, sealed, and returns its id. RotateSecrets
// seals it again with the others.
func (tx *Tx) AddSecret(plain string) (uint64, error) { return tx.addSecret(plain) }

// Secret returns a stored secret value in clear.
func (s *Store) Secret(ctx context.Context, id uint64) (string, error) {
	var row Secret
	if err := s.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return "", databaseError(err)
	}
	return s.unseal(SecretPlace(row.ID), row.KeyID, row.Sealed)
}
