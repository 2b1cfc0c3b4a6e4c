package handlers_test

import (
	"strconv"
	"testing"

	"provision-gateway/compat/signature"
	"provision-gateway/models"
)

// credentials are an API key and its secret.
type credentials struct{ key, secret string }

// addKey adds a key to the database of a service.
func (s *service) addKey(t *testing.T, name string, allow ...models.Permission) credentials {
	t.Helper()
	key, secret, err := s.database.Store.AddKey(t.Context(), models.NewKey{Name: name, Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	return credentials{key, secret}
}

// sign gives a query string with key and hash behind it, as the vendor's PHP
// client makes it: last, and the hash not encoded.
func (c credentials) sign(query string) string {
	if query != "" {
		query += "&"
	}
	query += "apiKey=" + c.key
	return query + "&hash=" + signature.Sign(query, c.secret)
}

func asn(t *testing.T, text string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

func itoa(n int) string { return strconv.Itoa(n) }
