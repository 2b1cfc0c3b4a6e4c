package ixapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/models/ix"
)

// TestEveryAnswerHasABody walks every path, and some that do not exist, with
// every method, many bodies and types of answers, as nobody and as somebody. The
// client of the service finds an answer without JSON, a 204 and an unasked 206;
// here it is told once more, with the methods that must be refused.
func TestEveryAnswerHasABody(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	id := m.Create(ix.Contacts, contact(m, ""))
	served, paths := map[string][]string{}, []string{}
	for _, o := range s.Handler.Operations() {
		served[o.Path] = append(served[o.Path], o.Method)
		if o.Method == http.MethodGet {
			served[o.Path] = append(served[o.Path], http.MethodHead)
		}
	}
	for path := range served {
		paths = append(paths, path)
	}
	for _, c := range append(ix.Collections(), "routing-functions", "demarcs", "unknown") {
		for _, below := range []string{"", "/{id}", "/{id}/statistics", "/{id}/statistics/PT5M/timeseries", "/{id}/peer-statistics", "/{id}/rtt-statistics",
			"/{id}/loa", "/{id}/cancellation-policy", "/{id}/change-request", "/{id}/cancellation-policy/more"} {
			paths = append(paths, "/"+string(c)+below)
		}
	}
	paths = append(paths, "", "/", "//", "/auth", "/auth/", "/auth/token/", "/health/x", "/index.html", "/.well-known/x", "/contacts//", "/contacts/%2F/x")
	slices.Sort(paths)
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "LIST"}
	accepts := []string{"", "application/json;", "text/html", "*/*", "application/xml"}
	bodies := []string{"", "{}", "null", "[]", "{", `{"type":"cloud_vc"}`}
	n := 0
	for _, path := range slices.Compact(paths) {
		t.Run(path, func(t *testing.T) {
			for i, method := range methods {
				for j, accept := range accepts {
					token := m.Token
					if (i+j)%5 == 4 {
						token = "nonsense"
					}
					for _, at := range []string{id, "none:such"} {
						a := s.Send(method, ixapiPath(strings.ReplaceAll(path, "{id}", at)), bodies[(i+j)%len(bodies)], "Accept: "+accept, "Authorization: Bearer "+token, tolerated)
						if method != "HEAD" && strings.TrimSpace(a.Body) == "" || a.Status == http.StatusNoContent || a.Status == http.StatusPartialContent || strings.Contains(a.Header.Get("Content-Type"), "html") {
							t.Errorf("%s, Accept %q: %d %q %s", method, accept, a.Status, a.Header.Get("Content-Type"), a.Body)
						}
						if a.Status >= 500 {
							t.Errorf("%s: %d %s", method, a.Status, a.Body)
						}
						if known := served[path]; known != nil && (a.Status == http.StatusMethodNotAllowed) == slices.Contains(known, method) {
							t.Errorf("%s: %d, but it is possible to %v", method, a.Status, known)
						}
						if a.Header.Get("Content-Length") == "" && a.Header.Get("Transfer-Encoding") != "" {
							t.Errorf("%s: no length", method)
						}
					}
				}
			}
		})
		n++
		if n%40 == 0 {
			// The contact may have been deleted.
			id = m.Create(ix.Contacts, contact(m, ""))
		}
	}
}

// ixapiPath is a path below the base, or the one that is not.
func ixapiPath(path string) string {
	if path == ixapi.PathOAuth2 {
		return path
	}
	return ixapi.Base + path
}
