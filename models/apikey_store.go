package models

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"
)

// NewKey says what key to add.
type NewKey struct {
	// Name is the unique name by which logs and people call the key.
	Name string
	// Allow is what the key may do; at least one permission.
	Allow []Permission
	// Sources limits from where the key may be used; empty means from
	// anywhere.
	Sources []netip.Prefix
	// Key and Secret are those that a script has already, from an original
	// server; both are empty for new ones.
	Key, Secret string
}

// check returns what is wrong with a key that is to be added.
func (n NewKey) check() error {
	// MySQL takes no account of spaces at the end of a text.
	if n.Name == "" || len(n.Name) > 255 || n.Name != strings.TrimSpace(n.Name) || !printable(n.Name) {
		return Errorf(Invalid, "the name of a key must be 1 to 255 printable characters without spaces around them")
	}
	if len(n.Allow) == 0 {
		return Errorf(Invalid, "a key needs at least one permission")
	}
	if (n.Key == "") != (n.Secret == "") {
		return Errorf(Invalid, "a key that exists already needs its secret, and a secret its key")
	}
	if len(n.Key) > 64 || !printable(n.Key) || strings.ContainsFunc(n.Key, unicode.IsSpace) {
		return Errorf(Invalid, "a key must be 1 to 64 printable characters without spaces")
	}
	if n.Key != "" && (len(n.Secret) < 16 || len(n.Secret) > 255 || !printable(n.Secret)) {
		return Errorf(Invalid, "the secret of a key must be 16 to 255 printable characters")
	}
	return nil
}

// Credential is an API key as the authentication of requests needs it, with
// its secret in clear. It must not be logged.
type Credential struct {
	ID      uint64
	Name    string
	Secret  string
	Allow   []Permission
	Sources []netip.Prefix
}

// Allows reports whether the key has a permission.
func (c *Credential) Allows(p Permission) bool { return slices.Contains(c.Allow, p) }

// From reports whether the key may be used from an address.
func (c *Credential) From(addr netip.Addr) bool {
	if len(c.Sources) == 0 {
		return true
	}
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(c.Sources, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// AddKey makes a key, or takes over one that exists elsewhere, and returns it with
// its secret, which is shown nowhere again. A name that is taken, even by a revoked
// key, is a Conflict: logs of the old key would be taken for the new one's. So is a
// key that is known already.
func (s *Store) AddKey(ctx context.Context, n NewKey) (key, secret string, err error) {
	if err := n.check(); err != nil {
		return "", "", err
	}
	err = s.Write(ctx, func(tx *Tx) error {
		tx.touch(ScopeKeys)
		row := APIKey{Name: n.Name, Allow: join(n.Allow), Sources: join(n.Sources), CreatedAt: tx.Time, KeyID: "-", SealedSecret: []byte{}}
		var last int64
		if err := tx.db.Model(&APIKey{}).Select("COALESCE(MAX(id), 0)").Scan(&last).Error; err != nil {
			return err
		}
		if key, secret = n.Key, n.Secret; key == "" {
			if key, secret, err = newCredential(last + 1); err != nil {
				return err
			}
		}
		var same int64
		if err := tx.db.Model(&APIKey{}).Where("`key` = ?", key).Count(&same).Error; err != nil {
			return err
		}
		if same > 0 {
			return Errorf(Conflict, "the key %s exists already", key)
		}
		row.Key = key
		if row.KeyID, row.SealedSecret, err = tx.seal(keyPlace(key), secret); err != nil {
			return err
		}
		if err := tx.db.Create(&row).Error; IsDuplicate(err) {
			return Errorf(Conflict, "a key named %q exists already", n.Name)
		} else if err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	return key, secret, nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// keyPlace binds the sealed secret of a key to its row.
func keyPlace(key string) string { return "api-key " + key }

// Keys lists all keys, revoked ones too, by id.
func (s *Store) Keys(ctx context.Context) ([]APIKey, error) {
	var rows []APIKey
	err := s.read.WithContext(ctx).Order("id").Find(&rows).Error
	return rows, databaseError(err)
}

// HasKeys reports whether any key was ever added. A revoked key counts: a
// gateway whose last key was revoked must not become open.
func (s *Store) HasKeys(ctx context.Context) (bool, error) {
	var n int64
	err := s.read.WithContext(ctx).Model(&APIKey{}).Limit(1).Count(&n).Error
	return n > 0, databaseError(err)
}

// RevokeKey ends a key, found by its name or by the key itself. It takes
// effect at once on every gateway.
func (s *Store) RevokeKey(ctx context.Context, nameOrKey string) error {
	return s.Write(ctx, func(tx *Tx) error {
		tx.touch(ScopeKeys)
		if strings.HasSuffix(nameOrKey, " ") || !printable(nameOrKey) {
			return Errorf(NotFound, "no active key %q", nameOrKey)
		}
		result := tx.db.Model(&APIKey{}).Where("(name = ? OR `key` = ?) AND revoked_at IS NULL", nameOrKey, nameOrKey).
			Update("revoked_at", tx.Time)
		if result.Error == nil && result.RowsAffected == 0 {
			return Errorf(NotFound, "no active key %q", nameOrKey)
		}
		return result.Error
	})
}

// Credential finds an active key. It returns nil without an error when there
// is none.
func (s *Store) Credential(ctx context.Context, key string) (*Credential, error) {
	if !printable(key) {
		return nil, nil
	}
	var row APIKey
	err := s.read.WithContext(ctx).Where("`key` = ? AND revoked_at IS NULL", key).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && row.Key != key {
		return nil, nil
	}
	if err != nil {
		return nil, databaseError(err)
	}
	c := &Credential{ID: row.ID, Name: row.Name}
	if c.Secret, err = s.unseal(keyPlace(row.Key), row.KeyID, row.SealedSecret); err != nil {
		return nil, err
	}
	if c.Allow, err = ParsePermissions(row.Allow); err != nil {
		return nil, err
	}
	if c.Sources, err = ParseSources(row.Sources); err != nil {
		return nil, err
	}
	return c, nil
}

// MarkUsed notes when keys were last used, where no later use is known. It is
// not a change that readers wait for.
func (s *Store) MarkUsed(ctx context.Context, lastUse map[uint64]time.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		// In order, so that two gateways lock rows in the same order.
		for _, id := range slices.Sorted(maps.Keys(lastUse)) {
			at := lastUse[id].Unix()
			err := tx.db.Model(&APIKey{}).Where("id = ? AND (last_used_at IS NULL OR last_used_at < ?)", id, at).
				Update("last_used_at", at).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func join[T any](list []T) string {
	words := make([]string, len(list))
	for i, item := range list {
		switch v := any(item).(type) {
		case Permission:
			words[i] = string(v)
		case netip.Prefix:
			words[i] = v.String()
		}
	}
	return strings.Join(words, ",")
}
