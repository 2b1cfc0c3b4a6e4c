package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

var announcedEnd = handlers.End{
	Deprecation: time.Date(2023, 6, 30, 23, 59, 59, 0, time.UTC), Sunset: time.Date(2024, 7, 1, 1, 59, 59, 0, time.FixedZone("", 7200)),
	Link: "https://www.example.net/v1",
}

const (
	linkDeprecation = `<https://www.example.net/v1>; rel="deprecation"; type="text/html"`
	linkSunset      = `<https://www.example.net/v1>; rel="sunset"; type="text/html"`
)

// endHeaders are the header fields of an answer that tell of the end.
func endHeaders(h http.Header) []string {
	return slices.Concat(h["Deprecation"], h["Sunset"], h["Link"])
}

// Every answer of the legacy API says the same of its end, also one that refuses,
// and nothing else does.
func TestDIVERGENCE_EndIsAnnounced(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		end  handlers.End
		want []string
	}{
		{"nothing by default", handlers.End{}, nil},
		{"a link alone", handlers.End{Link: announcedEnd.Link}, nil},
		{"all", announcedEnd, []string{"@1688169599", "Sun, 30 Jun 2024 23:59:59 GMT", linkDeprecation, linkSunset}},
		{"a deprecation", handlers.End{Deprecation: announcedEnd.Deprecation}, []string{"@1688169599"}},
		{"a sunset with a link", handlers.End{Sunset: announcedEnd.Sunset, Link: announcedEnd.Link}, []string{"Sun, 30 Jun 2024 23:59:59 GMT", linkSunset}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(o *handlers.Options) {
				o.End = test.end
				o.Exchange = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
			})
			plain := serve(t, nil)
			ask := func(line string, status int, want []string) {
				t.Helper()
				answer := s.send(t, line+" HTTP/1.1", "")
				if got := endHeaders(answer.header); !slices.Equal(got, want) || answer.status != status {
					t.Errorf("%s: %d %q", line, answer.status, got)
				}
				if other := plain.send(t, line+" HTTP/1.1", ""); status != http.StatusNoContent && other.body != answer.body {
					t.Errorf("%s: %s, not %s", line, answer.body, other.body)
				}
			}
			ask("GET "+api+"?"+hello, 200, test.want)
			ask("GET /6c_1"+api+"?target=peering&action=getPeers&id=101", 200, test.want)
			ask("HEAD "+api+"?"+hello, 200, test.want)
			ask("GET "+api+"?target=nowhere", 200, test.want)
			ask("PUT "+api, 405, test.want)
			ask("GET /healthz", 200, nil)
			ask("GET /", 404, nil)
			ask("GET /api/v2/devices", 204, nil)
			for _, one := range []*service{s, plain} {
				one.addKey(t, "k", models.PermissionRead)
			}
			ask("GET "+api+"?"+hello, 401, test.want)
		})
	}
}

// To an answer of the original the announcement is added; all else of it stays.
func TestEndIsAnnouncedWithTheOriginalsAnswer(t *testing.T) {
	t.Parallel()
	f := &first{answer: &legacy.Answer{Status: 201, Body: []byte("{ }\xff"), Header: http.Header{
		"Link": append(make([]string, 0, 9), "</style.css>; rel=stylesheet"), "Sunset": {"never"}, "X-Powered-By": {"PHP/7.1"},
	}}}
	s := serve(t, func(o *handlers.Options) {
		o.Original, o.End, o.Modes = f, announcedEnd, compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}}
	})
	for range 2 {
		answer := s.get(t, "target=ipam&action=get")
		want := []string{"@1688169599", "Sun, 30 Jun 2024 23:59:59 GMT", "</style.css>; rel=stylesheet", linkDeprecation, linkSunset}
		if got := endHeaders(answer.header); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if answer.status != 201 || answer.body != "{ }\xff" || answer.header.Get("X-Powered-By") != "PHP/7.1" {
			t.Errorf("%+v", answer)
		}
	}
	if h := f.answer.Header; h.Get("Sunset") != "never" || len(h["Link"]) != 1 || h["Link"][:2][1] != "" {
		t.Errorf("the original's answer was changed: %v", h)
	}
}

// An action that has ended is refused on both sides, in every mode, to everybody
// who has a key.
func TestDIVERGENCE_Retired(t *testing.T) {
	t.Parallel()
	for _, mode := range compat.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			f := &first{answer: &legacy.Answer{Status: 200, Body: []byte(firstBody)}}
			p := &pairs{}
			s := serve(t, func(o *handlers.Options) {
				o.Original, o.Comparer = f, p
				o.Modes = compat.Policies{"*": {Pattern: "*", Mode: mode, Share: 100}}
				o.End.Retired = compat.Retired{
					"peering.getPeers": `use "IX-API"/members`, "peering.addSession": "use IX-API network-features", "ipam.*": "ask Zoë",
				}
			})
			key := s.addKey(t, "k", models.PermissionRead)
			for _, test := range []struct{ query, want string }{
				{"target=peering&action=getPeers", `{"success":0,"message":"peering.getPeers is no longer available: use \"IX-API\"\/members"}`},
				{"target=peering&action=addSession", `{"success":0,"message":"peering.addSession is no longer available: use IX-API network-features"}`},
				{"target=ipam&action=get%22", `{"success":0,"message":"ipam.get\" is no longer available: ask Zo\u00eb"}`},
			} {
				answer := s.get(t, key.sign(test.query))
				if answer.status != http.StatusOK || answer.body != test.want || answer.header.Get("Content-Type") != "application/json" {
					t.Errorf("%s: %d %s", test.query, answer.status, answer.body)
				}
				refused(t, test.query, s.get(t, test.query))
				if head := s.send(t, "HEAD "+api+"?"+key.sign(test.query)+" HTTP/1.1", ""); head.status != http.StatusOK || head.body != "" {
					t.Errorf("HEAD: %+v", head)
				}
			}
			if len(f.take()) != 0 || len(p.take()) != 0 {
				t.Error("the original was asked")
			}
			if answer := s.get(t, key.sign("target=lir&action=get")); mode.Original() != (answer.body == firstBody) || !mode.Original() && !answer.success() {
				t.Errorf("what has not ended: %s", answer.body)
			}
		})
	}
}

// The log says that it was refused for good.
func TestRetiredIsLogged(t *testing.T) {
	t.Parallel()
	var book logBook
	s := serve(t, func(o *handlers.Options) { o.Logger, o.End.Retired = book.logger(), compat.Retired{"lir.*": "x"} })
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, api+"?target=lir&action=get", nil))
	for _, line := range book.lines(t) {
		if line["msg"] == "request" && line["mode"] == "retired" && line["action"] == "get" && line["success"] == false {
			return
		}
	}
	t.Errorf("%v", book.lines(t))
}
