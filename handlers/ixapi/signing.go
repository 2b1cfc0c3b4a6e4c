package ixapi

import (
	"context"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"provision-gateway/models/ix"
)

// keysAge is how long keys are believed to be all there are, and so how long a
// gateway follows a key that was destroyed.
const keysAge = 3 * time.Second

// signingKey is a key with its secret in clear.
type signingKey struct {
	ix.SigningKey
	secret []byte
}

// kid names a key in the header of a token (RFC 7515 section 4.1.4).
func (k signingKey) kid() string { return strconv.FormatUint(k.ID, 10) }

// keys returns those that count, the newest first. They are read anew when they
// are old, or when enough says that they do not do.
func (t *tokens) keys(ctx context.Context, enough func([]signingKey) bool) ([]signingKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	age := t.store.Now().Sub(t.read)
	if len(t.known) > 0 && age >= 0 && age < keysAge && enough(t.known) {
		return t.known, nil
	}
	rows, err := t.store.SigningKeys(ctx, t.refresh)
	if err != nil {
		return nil, err
	}
	secrets := map[uint64][]byte{}
	for _, key := range t.known {
		secrets[key.ID] = key.secret
	}
	// Not in place: others may be looking at the old ones.
	var known []signingKey
	for _, row := range rows {
		secret := secrets[row.ID]
		if secret == nil {
			text, err := t.store.SigningSecret(ctx, row.ID)
			if err != nil {
				return nil, err
			}
			secret = []byte(text)
		}
		known = append(known, signingKey{row, secret})
	}
	t.known, t.read = known, t.store.Now()
	return known, nil
}

// signing returns the key of new tokens. It is looked up, so that none is signed
// with a key that was just destroyed.
func (t *tokens) signing(ctx context.Context) (signingKey, error) {
	keys, err := t.keys(ctx, func([]signingKey) bool { return false })
	if err != nil {
		return signingKey{}, err
	}
	return keys[0], nil
}

// verifying returns the secrets that a token may be signed with: that of the key
// that it names, which may be younger than what is known here; of all keys when
// it names none, as tokens of earlier versions do.
func (t *tokens) verifying(ctx context.Context, token *jwt.Token) (any, error) {
	kid, named := token.Header["kid"].(string)
	id, err := strconv.ParseUint(kid, 10, 64)
	if named && err != nil {
		return nil, jwt.ErrTokenUnverifiable
	}
	keys, err := t.keys(ctx, func(known []signingKey) bool { return !named || id <= known[0].ID })
	if err != nil {
		return nil, &lookupError{err}
	}
	var set jwt.VerificationKeySet
	for _, key := range keys {
		if !named || key.ID == id {
			set.Keys = append(set.Keys, key.secret)
		}
	}
	if len(set.Keys) == 0 {
		return nil, jwt.ErrTokenUnverifiable
	}
	return set, nil
}

// lookupError is why keys could not be looked up, which says nothing of a token.
type lookupError struct{ error }

func (e *lookupError) Unwrap() error { return e.error }
