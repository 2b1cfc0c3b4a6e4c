package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
)

// A HEAD has no body on one side only, so it is answered and never compared.
func TestHeadIsNotCompared(t *testing.T) {
	t.Parallel()
	for _, mode := range []compat.Mode{compat.ModeShadow, compat.ModeVerify} {
		s, _, p := serveBoth(t, compat.Policy{Pattern: "lir.get", Mode: mode})
		for method, want := range map[string]int{http.MethodHead: 0, http.MethodGet: 1, http.MethodPost: 1} {
			answer := s.send(t, method+" "+api+"?target=lir&action=get HTTP/1.1", "")
			if offered := p.take(); answer.status != http.StatusOK || len(offered) != want {
				t.Errorf("mode %s, %s: status %d, offered %d times", mode, method, answer.status, len(offered))
			}
		}
	}
}

// servePassing starts a gateway that passes everything on to a server.
func servePassing(t *testing.T, original http.HandlerFunc) *service {
	t.Helper()
	server := httptest.NewServer(original)
	t.Cleanup(server.Close)
	client, err := legacy.New(legacy.Config{URL: server.URL + "/api.php", Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return serve(t, func(o *handlers.Options) {
		o.Original, o.Modes = client, compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}}
	})
}

func TestDIVERGENCE_PassedHeaders(t *testing.T) {
	t.Parallel()
	ours := map[string]string{"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "X-Request-Id": "theirs"}
	s := servePassing(t, func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range ours {
			w.Header().Set(name, value)
		}
		w.Header().Set("Set-Cookie", "PHPSESSID=1")
		w.Header().Set("Server", "Apache")
		w.Header().Set("X-Powered-By", "PHP/7.1")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(firstBody))
	})
	answer := s.get(t, "target=lir&action=get")
	for name, theirs := range ours {
		if got := answer.header.Values(name); len(got) != 1 || got[0] == theirs {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, want := range map[string]string{"Set-Cookie": "", "Server": "", "X-Powered-By": "PHP/7.1", "Cache-Control": "no-store"} {
		if got := answer.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// The length of what a GET would get is all that the original says to a HEAD.
func TestHeadOfTheOriginal(t *testing.T) {
	t.Parallel()
	s := servePassing(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			t.Errorf("asked with %s", r.Method)
		}
		w.Header().Set("Content-Length", "4711")
	})
	answer := s.send(t, "HEAD "+api+"?target=lir&action=get HTTP/1.1", "")
	if answer.status != http.StatusOK || answer.header.Get("Content-Length") != "4711" || answer.body != "" {
		t.Errorf("%+v", answer)
	}
}
