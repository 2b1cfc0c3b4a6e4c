package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// IdempotencyRecord keeps the answer to a write that carried a token of its
// caller, so that the same request can be sent again without being done again.
type IdempotencyRecord struct {
	// Caller is the name of the API key, empty without keys.
	Caller string `gorm:"primaryKey"`
	Token  string `gorm:"primaryKey"`
	// Fingerprint is the SHA-256 of the request's parameters.
	Fingerprint []byte
	// Answer is nil while the request is being done.
	Answer    []byte
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// Token is what makes a write idempotent.
type Token struct {
	Caller, Value string
	// Request is what the token stands for: a text that is equal for equal
	// requests.
	Request string
}

// canonical is the token without spaces at its end, of which MySQL takes no
// account in a key.
func (t Token) canonical() Token {
	t.Value = strings.TrimRight(t.Value, " ")
	return t
}

// ErrReplay is returned by Claim for a token whose request was done already;
// Answer is what was answered then.
type ErrReplay struct{ Answer []byte }

func (*ErrReplay) Error() string { return "the request was done already" }

// Claim takes a token for this transaction, whose first step it must be. When
// the token was used before it returns an ErrReplay with the stored answer, a
// Conflict when it stood for another request, and a Conflict when the first
// request has not ended.
func (tx *Tx) Claim(t Token) error {
	t = t.canonical()
	if t.Value == "" || len(t.Value) > 255 || !utf8.ValidString(t.Value) {
		return Errorf(Invalid, "Invalid value for request_id: 1 to 255 bytes of UTF-8 expected")
	}
	print := sha256.Sum256([]byte(t.Request))
	row := IdempotencyRecord{Caller: t.Caller, Token: t.Value, Fingerprint: print[:], CreatedAt: tx.Time}
	err := tx.db.Create(&row).Error
	if !IsDuplicate(err) {
		return err
	}
	var old IdempotencyRecord
	err = tx.db.Where("caller = ? AND token = ?", t.Caller, t.Value).Take(&old).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return Errorf(Conflict, "Request %s is being processed", t.Value)
	case err != nil:
		return err
	case !bytes.Equal(old.Fingerprint, print[:]):
		return Errorf(Conflict, "Request id %s was used for another request", t.Value)
	case old.Answer == nil:
		return Errorf(Conflict, "Request %s was interrupted or is being processed: its outcome is not known", t.Value)
	}
	return &ErrReplay{Answer: old.Answer}
}

// Settle stores the answer for a claimed token. It cannot be empty, which would
// look like none.
func (tx *Tx) Settle(t Token, answer []byte) error {
	t = t.canonical()
	if len(answer) == 0 {
		return errors.New("the answer to an idempotent request is empty")
	}
	return tx.db.Model(&IdempotencyRecord{}).Where("caller = ? AND token = ?", t.Caller, t.Value).
		Update("answer", answer).Error
}

// Release gives a claimed token back: nothing was done.
func (tx *Tx) Release(t Token) error {
	t = t.canonical()
	return tx.db.Where("caller = ? AND token = ?", t.Caller, t.Value).Delete(&IdempotencyRecord{}).Error
}

// ForgetTokens deletes the records of tokens claimed before a moment.
func (s *Store) ForgetTokens(ctx context.Context, before time.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("created_at < ?", before.Unix()).Delete(&IdempotencyRecord{}).Error
	})
}
