package models

import (
	"context"
	"slices"
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

// ReplaceSecret seals another value in place of a stored one.
func (tx *Tx) ReplaceSecret(id uint64, plain string) error { return tx.setSecret(id, plain) }

// RemoveSecret destroys a stored secret value.
func (tx *Tx) RemoveSecret(id uint64) error {
	return tx.db.Where("id = ?", id).Delete(&Secret{}).Error
}

// Secrets returns stored secret values in clear, by id. db is a Reader, or a
// transaction for what it stored itself. An id that there is no value of is left
// out.
func (s *Store) Secrets(db *gorm.DB, ids []uint64) (map[uint64]string, error) {
	values := map[uint64]string{}
	// SQLite takes some ten thousand parameters at most.
	for some := range slices.Chunk(ids, 1000) {
		var rows []Secret
		if err := db.Where("id IN ?", some).Find(&rows).Error; err != nil {
			return nil, databaseError(err)
		}
		for _, row := range rows {
			plain, err := s.unseal(SecretPlace(row.ID), row.KeyID, row.Sealed)
			if err != nil {
				return nil, err
			}
			values[row.ID] = plain
		}
	}
	return values, nil
}
