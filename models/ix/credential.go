package ix

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// AddCredential makes an API key and a secret that act for an account. The
// secret is not stored and cannot be shown again.
func (tx *Tx) AddCredential(account string) (key, secret string, err error) {
	key, secret = strings.ToLower(rand.Text())[:16], random(48)
	hash := sha256.Sum256([]byte(secret))
	return key, secret, tx.db.Create(&Credential{APIKey: key, AccountID: account, SecretHash: hash[:], CreatedAt: tx.Time}).Error
}

func random(bytes int) string {
	b := make([]byte, bytes)
	// It never fails.
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Authenticate returns the account of an API key. A wrong key or secret is an
// authentication problem that does not say which.
func (s *Store) Authenticate(ctx context.Context, key, secret string) (account string, err error) {
	var c Credential
	err = active(s.Reader(ctx), key).Take(&c).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return "", models.DatabaseError(err)
	}
	hash := sha256.Sum256([]byte(secret))
	if err != nil || subtle.ConstantTimeCompare(hash[:], c.SecretHash) != 1 {
		return "", NewProblem(ProblemAuthentication, "The API key or secret is wrong.")
	}
	return c.AccountID, nil
}
