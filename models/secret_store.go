package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// errNoKeyring says that a secret was to be read or written by a program that
// opened the store without a keyring.
var errNoKeyring = errors.New("no key file for secrets is configured")

// seal seals a value that the transaction is to store.
func (tx *Tx) seal(place, plain string) (keyID string, sealed []byte, err error) {
	if tx.store.keyring == nil {
		return "", nil, errNoKeyring
	}
	if err := tx.takeSealingTurn(); err != nil {
		return "", nil, err
	}
	return tx.store.keyring.Seal(place, []byte(plain))
}

// takeSealingTurn makes transactions that seal wait for each other until they
// end. A rotation retires the old key once its own transaction has sealed every
// value anew; one that another transaction had sealed but not yet committed
// would escape it, and be lost. SQLite has one writer at a time anyway.
func (tx *Tx) takeSealingTurn() error {
	if !tx.store.mysql {
		return nil
	}
	var version int64
	return tx.db.Raw("SELECT version FROM generations WHERE scope = ? AND stripe = 0 FOR UPDATE", string(ScopeKeys)).
		Scan(&version).Error
}

func (s *Store) unseal(place, keyID string, sealed []byte) (string, error) {
	if s.keyring == nil {
		return "", errNoKeyring
	}
	plain, err := s.keyring.Open(place, keyID, sealed)
	if err != nil {
		return "", fmt.Errorf("open secret: %w", err)
	}
	return string(plain), nil
}

// SecretPlace is the place, in the sense of package keyring, that a sealed
// field value is bound to: its row.
func SecretPlace(id uint64) string { return fmt.Sprintf("secret %d", id) }

// addSecret stores a secret value and returns its id.
func (tx *Tx) addSecret(plain string) (uint64, error) {
	// The id is part of what seals the value, so the row comes first.
	row := Secret{KeyID: "-", Sealed: []byte{}, CreatedAt: tx.Time}
	if err := tx.db.Create(&row).Error; err != nil {
		return 0, err
	}
	return row.ID, tx.setSecret(row.ID, plain)
}

func (tx *Tx) setSecret(id uint64, plain string) error {
	keyID, sealed, err := tx.seal(SecretPlace(id), plain)
	if err != nil {
		return err
	}
	return tx.db.Model(&Secret{ID: id}).Updates(map[string]any{"key_id": keyID, "sealed": sealed}).Error
}

// SealedUnder returns the ids of the keyring's keys that values in the
// database are sealed with.
func (s *Store) SealedUnder(ctx context.Context) ([]string, error) {
	var ids []string
	for _, model := range []any{&Secret{}, &APIKey{}} {
		var some []string
		if err := s.read.WithContext(ctx).Model(model).Distinct().Pluck("key_id", &some).Error; err != nil {
			return nil, databaseError(err)
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// Rotation is what RotateSecrets did.
type Rotation struct {
	// KeyID is the new key that every value is sealed with now.
	KeyID string `json:"key_id"`
	// Resealed counts the values.
	Resealed int `json:"resealed"`
	// Retired are the keys that were removed from the key file.
	Retired []string `json:"retired"`
}

// RotateSecrets makes a new key and seals every value again with it, then
// removes from the key file the keys that nothing is sealed with any more. A
// gateway that runs meanwhile reads the key file again when it meets the new
// key. When it is cut off, nothing is lost and it can be run again.
func (s *Store) RotateSecrets(ctx context.Context, progress func(done, total int)) (Rotation, error) {
	var r Rotation
	if s.keyring == nil {
		return r, errNoKeyring
	}
	before, err := s.SealedUnder(ctx)
	if err != nil {
		return r, err
	}
	if r.KeyID, err = s.keyring.Rotate(); err != nil {
		return r, err
	}
	err = s.Write(ctx, func(tx *Tx) error {
		r.Resealed = 0
		return tx.reseal(func(done, total int) {
			r.Resealed = done
			if progress != nil {
				progress(done, total)
			}
		})
	})
	if err != nil {
		return r, err
	}
	after, err := s.SealedUnder(ctx)
	if err != nil {
		return r, err
	}
	for _, id := range before {
		if !slices.Contains(after, id) {
			r.Retired = append(r.Retired, id)
		}
	}
	return r, s.keyring.Retire(after)
}

func (tx *Tx) reseal(progress func(done, total int)) error {
	tx.touch(ScopeKeys, ScopeResources)
	// Before the first read, which decides what the transaction sees.
	if err := tx.takeSealingTurn(); err != nil {
		return err
	}
	var secrets []Secret
	var keys []APIKey
	if err := tx.db.Find(&secrets).Error; err != nil {
		return err
	}
	if err := tx.db.Find(&keys).Error; err != nil {
		return err
	}
	total := len(secrets) + len(keys)
	for i, row := range secrets {
		plain, err := tx.store.unseal(SecretPlace(row.ID), row.KeyID, row.Sealed)
		if err != nil {
			return err
		}
		if err := tx.setSecret(row.ID, plain); err != nil {
			return err
		}
		progress(i+1, total)
	}
	for i, row := range keys {
		plain, err := tx.store.unseal(keyPlace(row.Key), row.KeyID, row.SealedSecret)
		if err != nil {
			return err
		}
		keyID, sealed, err := tx.seal(keyPlace(row.Key), plain)
		if err != nil {
			return err
		}
		if err := tx.db.Model(&APIKey{ID: row.ID}).Updates(map[string]any{"key_id": keyID, "sealed_secret": sealed}).Error; err != nil {
			return err
		}
		progress(len(secrets)+i+1, total)
	}
	return nil
}
