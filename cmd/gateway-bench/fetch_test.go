package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serverOf gives the address of a test server.
func serverOf(t *testing.T, handler http.Handler) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestFetch(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 100_000)
	address := serverOf(t, bareHandler(map[string][]byte{"/?a=1": []byte(body)}))
	f, err := fetch(t.Context(), address, "/?a=1", "", "")
	if err != nil || f.status != 200 || string(f.body) != body {
		t.Fatalf("status %d, %d bytes, %v", f.status, len(f.body), err)
	}
	if headers := f.size - int64(len(body)); headers < 50 || headers > 500 {
		t.Errorf("%d bytes of headers", headers)
	}
	if f, err := fetch(t.Context(), address, "/?a=2", "", ""); err != nil || f.status != 404 {
		t.Errorf("unknown query: status %d, %v", f.status, err)
	}
}

func TestFetchSendsForms(t *testing.T) {
	t.Parallel()
	address := serverOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")+" "+r.Header.Get("Authorization")+" "+string(body))
	}))
	f, err := fetch(t.Context(), address, endpoint+"?a=1", "t", "b=2")
	if want := "POST /api/v1/api.php application/x-www-form-urlencoded Bearer t b=2"; err != nil || string(f.body) != want {
		t.Errorf("got %q, %v, want %q", f.body, err, want)
	}
}

func TestFetchFails(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	chunked := serverOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, "x")
	}))
	hangingUp := serverOf(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	for name, test := range map[string]struct{ address, says string }{
		"no server": {closed, "refused"}, "no length": {chunked, "does not state its length"}, "no answer": {hangingUp, "EOF"},
	} {
		if _, err := fetch(t.Context(), test.address, "/?a=1", "", ""); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.says)
		}
	}
}
