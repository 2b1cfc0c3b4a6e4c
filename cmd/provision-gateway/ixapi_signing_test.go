package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"provision-gateway/models/ix"
)

// TestSigningKey rotates keys below a gateway that runs.
func TestSigningKey(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		seeded := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--demo")
		s := serve(t, environ)
		login := func() string {
			var tokens struct {
				Access string `json:"access_token"`
			}
			order(t, s.url+"/api/v2/auth/token", "", map[string]any{"api_key": seeded.Accounts[0].APIKey, "api_secret": seeded.Accounts[0].APISecret}, &tokens)
			return tokens.Access
		}
		status := func(token string) int {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/v2/account", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			return response.StatusCode
		}
		first := login()
		if out := must(t, environ, "ixapi", "signing-key", "rotate"); !strings.Contains(out, "destroyed: 0.") {
			t.Errorf("rotate prints %q", out)
		}
		if got := []int{status(first), status(login())}; got[0] != 200 || got[1] != 200 {
			t.Errorf("after a rotation %v", got)
		}
		if out := mustJSON[map[string]uint64](t, environ, "ixapi", "signing-key", "rotate", "--now"); out["destroyed"] != 2 || out["signing_key"] == 0 {
			t.Errorf("rotate --now prints %v", out)
		}
		if got := status(login()); got != 200 {
			t.Errorf("a new token: %d", got)
		}
		for deadline := time.Now().Add(30 * time.Second); status(first) != 401; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the key that was destroyed is still good")
			}
		}
		if code := s.end(); code != exitOK {
			t.Errorf("exit code %d", code)
		}
		fails(t, environ, exitUsage, "", "ixapi", "signing-key", "rotate", "x")
	})
}
