package ix

import (
	"context"
	"time"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// SigningKeys returns the keys with which tokens may be signed, the newest first,
// by which new tokens are. An older one counts until tokens of a lifetime that
// were signed with it last have expired. All gateways on a database share them;
// one is made when first asked for.
func (s *Store) SigningKeys(ctx context.Context, lifetime time.Duration) ([]SigningKey, error) {
	var keys []SigningKey
	list := func() error { return newestKeys(s.Reader(ctx), &keys) }
	err := list()
	if err == nil && len(keys) == 0 {
		if err = s.Write(ctx, "", func(tx *Tx) error {
			// Two gateways may want to make one at once.
			var there []SigningKey
			if err := newestKeys(tx.db, &there); err != nil || len(there) > 0 {
				return err
			}
			_, err := tx.addSigningKey()
			return err
		}); err == nil {
			err = list()
		}
	}
	if err != nil {
		return nil, models.DatabaseError(err)
	}
	return keys[:countingKeys(keys, s.Now().Unix(), lifetime)], nil
}

// SigningSecret returns what tokens are signed with under a key. It is read by the
// key and not by the number that the key had when it was listed: an import may have
// given that number to a secret of the original server since.
func (s *Store) SigningSecret(ctx context.Context, key uint64) (string, error) {
	const tries = 3
	for range tries {
		var found SigningKey
		if err := s.Reader(ctx).Where("id = ?", key).Take(&found).Error; err != nil {
			return "", models.DatabaseError(err)
		}
		// One statement sees the key and the secret as they are at one moment.
		texts, err := s.Secrets(s.Reader(ctx).Where("id = (SELECT secret_id FROM ix_signing_keys WHERE id = ?)", key), []uint64{found.SecretID})
		if err != nil {
			return "", err
		}
		if text := texts[found.SecretID]; text != "" {
			return text, nil
		}
	}
	return "", models.Errorf(models.Internal, "The secret of the signing key %d cannot be read", key)
}

func newestKeys(db *gorm.DB, keys *[]SigningKey) error { return db.Order("id DESC").Find(keys).Error }

// countingKeys is how many of all keys, the newest first, still count: those
// that were the newest at some time within a lifetime before now.
func countingKeys(keys []SigningKey, now int64, lifetime time.Duration) int {
	for i := 1; i < len(keys); i++ {
		if now >= keys[i-1].CreatedAt+int64((lifetime+time.Second-1)/time.Second) {
			return i
		}
	}
	return len(keys)
}

func (tx *Tx) addSigningKey() (SigningKey, error) {
	id, err := tx.AddSecret(random(32))
	if err != nil {
		return SigningKey{}, err
	}
	key := SigningKey{SecretID: id, CreatedAt: tx.Time}
	return key, tx.db.Create(&key).Error
}

// RotateSigningKey makes a new key, by which tokens are signed from now on, and
// returns its id and how many older ones were destroyed: those that no longer
// count, or all of them at once, with which every token that was issued before
// ends.
func (s *Store) RotateSigningKey(ctx context.Context, lifetime time.Duration, atOnce bool) (id uint64, destroyed int, err error) {
	err = s.Write(ctx, "", func(tx *Tx) error {
		// The new one first, so that its id was never another's.
		made, err := tx.addSigningKey()
		if err != nil {
			return err
		}
		var keys []SigningKey
		if err := newestKeys(tx.db, &keys); err != nil {
			return err
		}
		counting := 1
		if !atOnce {
			counting = countingKeys(keys, tx.Time, lifetime)
		}
		for _, key := range keys[counting:] {
			if err := tx.db.Where("id = ?", key.ID).Delete(&SigningKey{}).Error; err != nil {
				return err
			}
			if err := tx.RemoveSecret(key.SecretID); err != nil {
				return err
			}
		}
		id, destroyed = made.ID, len(keys)-counting
		return nil
	})
	return id, destroyed, err
}
