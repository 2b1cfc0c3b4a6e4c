package ixapi_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/models/ix"
)

// logBook collects lines of the log.
type logBook struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

func (b *logBook) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}

func (b *logBook) lines(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(b.text()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func (b *logBook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// TestLog plants secrets wherever one can stand: one line for each request says
// who asked for what and how long it took, and nothing else of it.
func TestLog(t *testing.T) {
	t.Parallel()
	const planted = "PLANTED"
	book := &logBook{}
	s := serve(t, func(c *ixapi.Config) { c.Logger = book.logger() })
	m := s.Member("Example")
	pair := login(t, m)
	id := m.Create(ix.Contacts, contact(m, `,"name":"`+planted+`"`))
	begin := len(book.lines(t))
	requests := []struct{ method, path, body, logged, operation, account string }{
		{"GET", "/contacts/" + id, "", "/contacts/{id}", "contacts_read", m.Account},
		{"HEAD", "/contacts?name=" + planted, "", "/contacts", "contacts_list", m.Account},
		{"GET", "/contacts/" + planted, "", "/contacts/{id}", "contacts_read", m.Account},
		{"PATCH", "/contacts/" + id, `{"email":"` + planted + `"}`, "/contacts/{id}", "contacts_partial_update", m.Account},
		{"POST", "/contacts", `{"name":"` + planted, "/contacts", "contacts_create", m.Account},
		{"GET", "/" + planted + "/" + planted, "", "", "", ""},
		{planted, "/contacts", "", "", "", ""},
		{"POST", "/auth/token", `{"api_key":"PLANTED","api_secret":"PLANTED"}`, "/auth/token", "auth_token_create", ""},
		{"POST", "/auth/refresh", `{"refresh_token":"PLANTED"}`, "/auth/refresh", "auth_token_refresh", ""},
		{"POST", ixapi.PathOAuth2, "client_secret=PLANTED", ixapi.PathOAuth2, "oauth2_token", ""},
	}
	for _, r := range requests {
		m.Send(r.method, r.path, r.body)
	}
	s.Send("GET", "/account", "", "Authorization: Bearer PLANTED")
	for _, secret := range []string{planted, m.Secret, m.Key, m.Token, pair.Access, pair.Refresh} {
		if strings.Contains(book.text(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	lines := book.lines(t)[begin:]
	if len(lines) != len(requests)+1 {
		t.Fatalf("%d lines for %d requests", len(lines), len(requests)+1)
	}
	for i, r := range requests {
		line := lines[i]
		for _, name := range []string{"request_id", "method", "path", "operation", "account", "status", "duration", "from"} {
			if _, ok := line[name]; !ok {
				t.Errorf("%s is missing: %v", name, line)
			}
		}
		if line["path"] != r.logged || line["operation"] != r.operation || line["account"] != r.account || line["msg"] != "ix-api request" {
			t.Errorf("%s %s: %v", r.method, r.path, line)
		}
	}
}
