package ixapi_test

import (
	"net/http"
	"testing"
	"time"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/modelstest"
)

// TestRevokedCredential revokes one of two API keys of an account: what was
// exchanged for it cannot be refreshed, and its access token lasts until it
// expires. The other key is as it was.
func TestRevokedCredential(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := ixapitest.Clock()
			s := ixapitest.New(t, modelstest.Lend(t, kind, clock.Now), func(c *ixapi.Config) { c.AccessLifetime = time.Minute })
			m := s.Member("Example")
			other := *m
			var err error
			if other.Key, other.Secret, err = s.Objects.IssueCredential(t.Context(), m.Account); err != nil {
				t.Fatal(err)
			}
			refresh := func(pair tokens) ixapitest.Answer {
				return s.Send("POST", "/auth/refresh", `{"refresh_token":"`+pair.Refresh+`"}`)
			}
			first, kept := login(t, m), login(t, &other)
			// What a refresh gives is of the same key.
			var pair tokens
			refresh(first).Decode(&pair)
			if err := s.Objects.RevokeCredential(t.Context(), m.Key); err != nil {
				t.Fatal(err)
			}
			for name, a := range map[string]ixapitest.Answer{
				"refresh":       refresh(first),
				"refresh again": refresh(pair),
				"login":         s.Send("POST", "/auth/token", `{"api_key":"`+m.Key+`","api_secret":"`+m.Secret+`"}`),
			} {
				if a.Status != http.StatusUnauthorized || a.Problem() != "authentication-error" {
					t.Errorf("%s: %d %s", name, a.Status, a.Body)
				}
			}
			a := s.Send("POST", ixapi.PathOAuth2, "grant_type=client_credentials", "Content-Type: application/x-www-form-urlencoded", basic(m.Key, m.Secret))
			if a.Status != http.StatusUnauthorized {
				t.Errorf("OAuth2: %d %s", a.Status, a.Body)
			}
			if a := refresh(kept); a.Status != http.StatusCreated {
				t.Errorf("the other key: %d %s", a.Status, a.Body)
			}
			for _, want := range []string{"", "signature-expired"} {
				if a := s.Send("GET", "/account", "", "Authorization: Bearer "+pair.Access); a.Problem() != want {
					t.Errorf("access: %d %s, want %q", a.Status, a.Body, want)
				}
				clock.Advance(2 * time.Minute)
			}
		})
	}
}
