package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"provision-gateway/models/ix"
)

// order sends a body of JSON and decodes the answer, which must be a success.
func order(t *testing.T, url, token string, body map[string]any, to any) {
	t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode/100 != 2 {
		t.Fatalf("%s: %d", url, response.StatusCode)
	}
	if err := json.NewDecoder(response.Body).Decode(to); err != nil {
		t.Fatal(err)
	}
}

// TestTermsURL makes an account, which waits until the terms are accepted if the
// configuration has some, and says where they are.
func TestTermsURL(t *testing.T) {
	t.Parallel()
	for name, terms := range map[string]string{"set": "https://www.example.net/terms", "not set": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ, _ := onSQLite(t)
			seeded := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--demo")
			s := serve(t, environ, "--ixapi-terms-url", terms, "--ixapi-interval", "50ms")
			var tokens struct {
				Access string `json:"access_token"`
			}
			order(t, s.url+"/api/v2/auth/token", "", map[string]any{"api_key": seeded.Accounts[0].APIKey, "api_secret": seeded.Accounts[0].APISecret}, &tokens)
			var made struct {
				ID     string
				Status []ix.Status `json:"status"`
			}
			order(t, s.url+"/api/v2/accounts", tokens.Access, map[string]any{"name": "Customer", "address": map[string]any{
				"country": "DE", "locality": "Berlin", "postal_code": "10115", "street_address": "Road 1",
			}}, &made)
			if terms == "" {
				if len(made.Status) != 0 {
					t.Errorf("status %+v", made.Status)
				}
			} else if len(made.Status) != 1 || made.Status[0].Tag != "toc_required" || made.Status[0].Attrs["url"] != terms {
				t.Errorf("status %+v", made.Status)
			}
			state := func() ix.State {
				for _, one := range mustJSON[[]listedAccount](t, environ, "ixapi", "account", "list") {
					if one.Account == made.ID {
						return one.State
					}
				}
				return ""
			}
			fails(t, environ, exitFailure, "no object \"nobody\"", "ixapi", "account", "accept", "nobody")
			fails(t, environ, exitUsage, "", "ixapi", "account", "accept")
			if terms == "" {
				for deadline := time.Now().Add(time.Minute); state() != ix.StateProduction; time.Sleep(50 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("the account does not go on by itself")
					}
				}
				fails(t, environ, exitFailure, "waits for no terms", "ixapi", "account", "accept", made.ID)
			} else {
				// Longer than the steps of some intervals.
				time.Sleep(500 * time.Millisecond)
				if got := state(); got != ix.StateRequested {
					t.Errorf("the state is %s before the terms are accepted", got)
				}
				if out := must(t, environ, "ixapi", "account", "accept", made.ID); out != made.ID+" is in production.\n" {
					t.Errorf("accept prints %q", out)
				}
				if got := state(); got != ix.StateProduction {
					t.Errorf("the state is %s afterwards", got)
				}
			}
			if code := s.end(); code != exitOK {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
