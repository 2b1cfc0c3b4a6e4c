package ix

import (
	"context"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// Credentials lists the API keys of an account, or of all accounts with an empty
// id, the oldest first.
func (s *Store) Credentials(ctx context.Context, account string) ([]Credential, error) {
	query := s.Reader(ctx).Omit("secret_hash").Order("created_at, api_key")
	if account != "" {
		query = query.Where("account_id = ?", account)
	}
	var rows []Credential
	return rows, models.DatabaseError(query.Find(&rows).Error)
}

// RevokeCredential ends an API key, and the refresh tokens that it was exchanged
// for, at once on every gateway. Access tokens last until they expire. A key that
// does not exist, or that was revoked before, is an error that says so.
func (s *Store) RevokeCredential(ctx context.Context, key string) error {
	return s.Write(ctx, "", func(tx *Tx) error {
		revoked := active(tx.db, key).Model(&Credential{}).Update("revoked_at", tx.Time)
		if revoked.Error == nil && revoked.RowsAffected == 0 {
			return models.Errorf(models.NotFound, "no active API key %q", key)
		}
		return revoked.Error
	})
}

// CheckCredential refuses, with an authentication problem, an API key that is not
// an active one of an account.
func (s *Store) CheckCredential(ctx context.Context, key, account string) error {
	var n int64
	if err := active(s.Reader(ctx), key).Model(&Credential{}).Where("account_id = ?", account).Count(&n).Error; err != nil {
		return models.DatabaseError(err)
	}
	if n == 0 {
		return NewProblem(ProblemAuthentication, "The API key of the token was revoked.")
	}
	return nil
}

// active is a query for an API key that was not revoked.
func active(db *gorm.DB, key string) *gorm.DB {
	return db.Where("api_key = ? AND revoked_at IS NULL", key)
}
