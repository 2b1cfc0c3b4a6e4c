package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"provision-gateway/handlers"
	"provision-gateway/handlers/ixapi"
	"provision-gateway/models/ix"
)

// TestExchangeIsMounted asks for paths of both faces, with the exchange's served
// and not.
func TestExchangeIsMounted(t *testing.T) {
	t.Parallel()
	without := serve(t, nil)
	with := serve(t, func(o *handlers.Options) {
		exchange, err := ixapi.New(ixapi.Config{Store: ix.New(o.Store)})
		if err != nil {
			t.Fatal(err)
		}
		o.Exchange = exchange
	})
	const missing, problem = `{"success":0,"message":"Not found"}`, `{"type":"https://errors.ix-api.net/v2/`
	for _, tc := range []struct {
		method, path string
		status       int
		begins       string
	}{
		{"GET", "/api/v2/health", 200, `{"releaseId":`},
		{"GET", "/api/v2", 404, problem + "not-found"},
		{"GET", "/api/v2/", 404, problem + "not-found"},
		{"GET", "/api/v2/contacts", 401, problem + "authentication-error"},
		{"PROPFIND", "/api/v2/contacts", 405, problem + "method-not-allowed"},
		{"OPTIONS", "/api/v2/contacts", 405, problem + "method-not-allowed"},
		{"POST", "/oauth2/token", 400, `{"error":"unsupported_grant_type"}`},
		{"GET", "/api/v2x", 404, missing},
		{"GET", "/prefix/api/v2/health", 404, missing},
		{"GET", "/oauth2", 404, missing},
		{"GET", "/api/v1/api.php?" + hello, 200, `{"success":1`},
		{"GET", "/api/v2/api/v1/api.php?" + hello, 200, `{"success":1`},
	} {
		answer := with.send(t, tc.method+" "+tc.path+" HTTP/1.1", "")
		if answer.status != tc.status || !strings.HasPrefix(answer.body, tc.begins) || answer.header.Get("X-Request-Id") == "" {
			t.Errorf("%s %s: %d %s %v", tc.method, tc.path, answer.status, answer.body, answer.header)
		}
		if tc.method == "GET" && !strings.Contains(tc.path, "api.php") {
			if answer := without.send(t, "GET "+tc.path+" HTTP/1.1", ""); answer.status != http.StatusNotFound || answer.body != missing {
				t.Errorf("not served, %s: %d %s", tc.path, answer.status, answer.body)
			}
		}
	}
}
