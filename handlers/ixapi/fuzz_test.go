package ixapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi"
)

// FuzzRequest sends any request to the handler: it never panics, and always
// answers JSON, or nothing to HEAD.
func FuzzRequest(f *testing.F) {
	s := serve(f, nil)
	m := s.Member("Example")
	f.Add("GET", "/contacts", "page_token=e30&state=x,,y", "")
	f.Add("POST", "/auth/token", "", `{"api_key":"\u0000","api_secret":[]}`)
	f.Add("PATCH", "/accounts/%2F", "%zz", `{"address":{"country":1}}`)
	f.Add("DELETE", "/network-services/x/change-request", "a=b;c", "null")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://ix.example"+ixapi.Base+path, strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.RawQuery = query
		r.Header.Set("Authorization", "Bearer "+m.Token)
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError || w.Code == http.StatusNoContent || w.Body.Len() == 0 && method != http.MethodHead {
			t.Errorf("%d %q", w.Code, w.Body)
		}
	})
}
