package ixapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// signingSecret is what new tokens are signed with.
func signingSecret(t *testing.T, store *ix.Store) []byte {
	t.Helper()
	keys, err := store.SigningKeys(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := store.Secret(t.Context(), keys[0].SecretID)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(secret)
}

// TestRotatedKey rotates keys below two gateways that run: what was signed before
// is good until it expires, unless the old keys are destroyed at once.
func TestRotatedKey(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := ixapitest.Clock()
			lent := modelstest.Lend(t, kind, clock.Now)
			lifetimes := func(c *ixapi.Config) { c.AccessLifetime, c.RefreshLifetime = time.Hour, 2*time.Hour }
			s, other := ixapitest.New(t, lent, lifetimes), ixapitest.New(t, lent, lifetimes)
			m := s.Member("Example")
			// As a token of an earlier version, and one of a key that is none.
			bare := func(kid any) string {
				token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": m.Account, "aud": "ix-api", "exp": clock.Now().Add(time.Hour).Unix()})
				if kid != nil {
					token.Header["kid"] = kid
				}
				text, err := token.SignedString(signingSecret(t, s.Objects))
				if err != nil {
					t.Fatal(err)
				}
				return text
			}
			want := func(name, token, problem string) {
				t.Helper()
				for _, gateway := range []*ixapitest.Service{s, other} {
					if a := gateway.Send("GET", "/account", "", "Authorization: Bearer "+token); a.Problem() != problem {
						t.Errorf("%s: %d %s, want %q", name, a.Status, a.Body, problem)
					}
				}
			}
			rotate := func(now bool, destroyed int) {
				t.Helper()
				if _, n, err := s.Objects.RotateSigningKey(t.Context(), 2*time.Hour, now); n != destroyed || err != nil {
					t.Errorf("rotated: %d destroyed, %v; want %d", n, err, destroyed)
				}
			}
			first, early := login(t, m), bare(nil)
			want("first", first.Access, "")
			want("no kid", early, "")
			for _, kid := range []any{"999", "x", "-1", "0", ""} {
				want("an unknown kid", bare(kid), "authentication-error")
			}
			rotate(false, 0)
			second := login(t, m)
			// The other gateway has not seen the key of it.
			want("second", second.Access, "")
			want("first, after the rotation", first.Access, "")
			want("no kid, after the rotation", early, "")
			if a := other.Send("POST", "/auth/refresh", `{"refresh_token":"`+first.Refresh+`"}`); a.Status != http.StatusCreated {
				t.Errorf("refresh: %d %s", a.Status, a.Body)
			}

			rotate(true, 2)
			third := login(t, m)
			want("third", third.Access, "")
			clock.Advance(5 * time.Second)
			want("first, destroyed", first.Access, "authentication-error")
			want("second, destroyed", second.Access, "authentication-error")
			want("no kid, destroyed", early, "authentication-error")
			if a := other.Send("POST", "/auth/refresh", `{"refresh_token":"`+second.Refresh+`"}`); a.Problem() != "not-authenticated" {
				t.Errorf("refresh: %d %s", a.Status, a.Body)
			}
			want("third, later", third.Access, "")

			rotate(false, 0)
			clock.Advance(2*time.Hour - time.Second)
			if keys, err := s.Objects.SigningKeys(t.Context(), 2*time.Hour); len(keys) != 2 || err != nil {
				t.Errorf("within the lifetime %d keys, %v", len(keys), err)
			}
			clock.Advance(time.Second)
			if keys, err := s.Objects.SigningKeys(t.Context(), 2*time.Hour); len(keys) != 1 || err != nil {
				t.Errorf("after the lifetime %d keys, %v", len(keys), err)
			}
			rotate(false, 1)
		})
	}
}
