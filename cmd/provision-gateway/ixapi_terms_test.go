package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

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

// TestTermsURL makes an account, whose status says where the terms are if the
// configuration does.
func TestTermsURL(t *testing.T) {
	t.Parallel()
	for name, terms := range map[string]string{"set": "https://www.example.net/terms", "not set": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ, _ := onSQLite(t)
			seeded := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--demo")
			s := serve(t, environ, "--ixapi-terms-url", terms)
			var tokens struct {
				Access string `json:"access_token"`
			}
			order(t, s.url+"/api/v2/auth/token", "", map[string]any{"api_key": seeded.Accounts[0].APIKey, "api_secret": seeded.Accounts[0].APISecret}, &tokens)
			var made struct {
				Status []ix.Status `json:"status"`
			}
			order(t, s.url+"/api/v2/accounts", tokens.Access, map[string]any{"name": "Customer", "address": map[string]any{
				"country": "DE", "locality": "Berlin", "postal_code": "10115", "street_address": "Road 1",
			}}, &made)
			if len(made.Status) != 1 || made.Status[0].Tag != "toc_required" {
				t.Fatalf("status %+v", made.Status)
			}
			got, has := made.Status[0].Attrs["url"]
			if has != (terms != "") || has && got != terms {
				t.Errorf("the terms are at %v", got)
			}
			if code := s.end(); code != exitOK {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
