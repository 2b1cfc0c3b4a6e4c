package ixapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// walk asks for every path in every way.
type walk struct {
	*demo
	t *testing.T
	// served are the methods of the paths of the route table.
	served map[string][]string
	// ids are objects by collection.
	ids map[string]string
	// n counts the requests, and picks what is not tried in all combinations.
	n int
	// statuses counts the answers.
	statuses map[int]int
}

var (
	walkMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "LIST"}
	// walkBodies are nothing, objects, what is no object and what cannot be read.
	// The last one is larger than is taken.
	walkBodies  = []string{"", "{}", "null", "[]", "{", "{} {}", "\x00", `{"type":"cloud_vc"}`, `{"name":"` + strings.Repeat("x", walkLimit) + `"}`}
	walkKinds   = []string{"application/json", "application/json;", "", "text/html", "application/x-www-form-urlencoded", "nonsense", "multipart/form-data"}
	walkAccepts = []string{"", "application/json;", "text/html", "*/*", "application/xml"}
	walkQueries = []string{"", "?page=2&limit=1&paged=true", "?id="}
	walkSlashes = []string{"", "/"}
)

const walkLimit = 2000

// TestEveryAnswerHasABody walks every path of the route table, and many that do
// not exist, with every method and body, and many types of content and of
// answers, with and without a slash at the end, as nobody and as somebody. No
// answer is empty, HTML, a 204 or an unasked 206.
func TestEveryAnswerHasABody(t *testing.T) {
	onDemo(t, func(t *testing.T, d *demo) {
		d.Handler.MaxBody = walkLimit
		w := &walk{demo: d, t: t, served: map[string][]string{}, ids: map[string]string{}, statuses: map[int]int{}}
		for _, c := range ix.Collections() {
			var list []struct{ ID string }
			d.a.Send("GET", "/"+string(c), "").Decode(&list)
			if len(list) > 0 {
				w.ids[string(c)] = list[len(list)-1].ID
			}
		}
		if len(w.ids) < 15 {
			t.Fatalf("only %d collections have an object", len(w.ids))
		}
		for _, path := range w.paths() {
			w.path(path)
		}
		for _, status := range []int{200, 202, 400, 401, 403, 404, 405, 409} {
			if w.statuses[status] == 0 {
				t.Errorf("no answer is a %d: %v", status, w.statuses)
			}
		}
	})
}

// paths are all of the route table, and others like them.
func (w *walk) paths() []string {
	var paths []string
	for _, o := range w.Handler.Operations() {
		w.served[o.Path] = append(w.served[o.Path], o.Method)
		if o.Method == http.MethodGet {
			w.served[o.Path] = append(w.served[o.Path], http.MethodHead)
		}
		paths = append(paths, o.Path)
	}
	for _, c := range append(ix.Collections(), "routing-functions", "demarcs", "unknown") {
		for _, below := range []string{"", "/{id}", "/{id}/statistics", "/{id}/statistics/PT5M/timeseries", "/{id}/peer-statistics", "/{id}/rtt-statistics",
			"/{id}/loa", "/{id}/cancellation-policy", "/{id}/change-request", "/{id}/cancellation-policy/more"} {
			paths = append(paths, "/"+string(c)+below)
		}
	}
	paths = append(paths, "", "/", "//", "/auth", "/health/x", "/index.html", "/.well-known/x", "/contacts//", "/contacts/%2F/x", "/../contacts", "/contacts/..")
	slices.Sort(paths)
	return slices.Compact(paths)
}

// path asks for a path with every method and body.
func (w *walk) path(path string) {
	collection, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	for _, method := range walkMethods {
		for _, body := range walkBodies {
			w.n++
			id := w.ids[collection]
			if w.n%4 == 0 || id == "" {
				id = "none:such"
			}
			token := w.a.Token
			switch w.n % 11 {
			case 0:
				token = "nonsense"
			case 1:
				token = ""
			}
			slash := walkSlashes[w.n/9%len(walkSlashes)]
			at := ixapiPath(strings.ReplaceAll(path, "{id}", id)) + slash
			a := w.Send(method, at+walkQueries[w.n/2%len(walkQueries)], body, "Authorization: Bearer "+token, tolerated,
				"Content-Type: "+walkKinds[w.n%len(walkKinds)], "Accept: "+walkAccepts[w.n%len(walkAccepts)])
			w.statuses[a.Status]++
			if reason := wrong(method, a); reason != "" {
				w.t.Errorf("%s %s with %.20q: %s: %d %v %s", method, at, body, reason, a.Status, a.Header, a.Body)
			}
			if path == ixapi.PathOAuth2 && slash != "" {
				continue
			}
			if known := w.served[path]; known != nil && (a.Status == http.StatusMethodNotAllowed) == slices.Contains(known, method) {
				w.t.Errorf("%s %s: %d, but it is possible to %v", method, at, a.Status, known)
			} else if known == nil && strings.Trim(path, "/") != "contacts" && a.Status < 400 {
				w.t.Errorf("%s %s: %d, but it is not served", method, at, a.Status)
			}
		}
	}
}

// wrong says what is wrong with any answer.
func wrong(method string, a ixapitest.Answer) string {
	length := a.Header.Get("Content-Length")
	switch kind := a.Header.Get("Content-Type"); {
	case a.Status >= 500:
		return "something went wrong"
	case a.Status < 200 || a.Status >= 300 && a.Status < 400:
		return "it leads elsewhere"
	case a.Status == http.StatusNoContent || a.Status == http.StatusPartialContent:
		return "clients take it for an error"
	case !slices.Contains([]string{"application/json", "application/problem+json", "application/yaml"}, kind):
		return "it is no JSON"
	case method != http.MethodHead && strings.TrimSpace(a.Body) == "", length == "", length == "0":
		return "it is empty"
	}
	return ""
}

// ixapiPath is a path below the base, or the one that is not.
func ixapiPath(path string) string {
	if path == ixapi.PathOAuth2 {
		return path
	}
	return ixapi.Base + path
}
