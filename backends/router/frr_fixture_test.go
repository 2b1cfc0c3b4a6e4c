package router_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routertest"
	"provision-gateway/models"
)

// patience is how long a session may take to come up on a busy machine.
const patience = 30 * time.Second

// logbook collects a log, which tests read when the backend is done.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// newBackend makes a backend. When the test ends, nothing secret may be in what
// it logged: not what opens the lab's router, nor any of the passwords.
func newBackend(t *testing.T, lab *routertest.Lab, c router.Config, passwords ...string) *router.Backend {
	t.Helper()
	book := &logbook{}
	c.Logger = slog.New(slog.NewTextHandler(book, &slog.HandlerOptions{Level: slog.LevelDebug}))
	t.Cleanup(func() { wantNoSecret(t, book.text.String(), append(passwords, lab.Password)...) })
	return router.New(c)
}

func wantNoSecret(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("%q stands in: %s", secret, text)
		}
	}
}

// accessTo is how to reach the router of a lab.
func accessTo(lab *routertest.Lab) router.Access {
	return router.Access{
		ID: 17, Name: "edge1", Host: lab.Host, Port: lab.Port, Platform: "frrouting",
		Username: lab.Username, Password: lab.Password, HostKey: lab.HostKey(),
	}
}

// neighborLines are the lines of a configuration about a neighbor, in its
// order. Those of an address family start with its name.
func neighborLines(config string, address netip.Addr) []string {
	var list []string
	family := ""
	for line := range strings.Lines(config) {
		line = strings.TrimSpace(line)
		switch words := strings.Fields(line); {
		case strings.HasPrefix(line, "address-family "):
			family = words[1] + ": "
		case line == "exit-address-family":
			family = ""
		case slices.Contains(words, address.String()):
			list = append(list, family+line)
		}
	}
	return list
}

// wantLines checks the lines about a neighbor, written without its address, in
// the running and in the saved configuration.
func wantLines(t *testing.T, lab *routertest.Lab, address netip.Addr, want ...string) {
	t.Helper()
	for i, line := range want {
		want[i] = strings.Replace(line, "neighbor ", fmt.Sprintf("neighbor %s ", address), 1)
	}
	for name, config := range map[string]string{"running": lab.Config(t), "saved": lab.Saved(t)} {
		if got := neighborLines(config, address); !slices.Equal(got, want) {
			t.Errorf("%s configuration:\n%s\nwant:\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// unchanged returns a check that a router still has the configuration that it
// has now, running and saved.
func unchanged(t *testing.T, lab *routertest.Lab) func() {
	t.Helper()
	running, saved := withoutRemarks(lab.Config(t)), withoutRemarks(lab.Saved(t))
	return func() {
		t.Helper()
		if now := withoutRemarks(lab.Config(t)); now != running {
			t.Errorf("the running configuration was:\n%s\nand now is:\n%s", running, now)
		}
		if now := withoutRemarks(lab.Saved(t)); now != saved {
			t.Errorf("the saved configuration was:\n%s\nand now is:\n%s", saved, now)
		}
	}
}

// withoutRemarks leaves out when a configuration was saved.
func withoutRemarks(config string) string {
	var kept strings.Builder
	for line := range strings.Lines(config) {
		if !strings.HasPrefix(strings.TrimSpace(line), "!") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// wantFailure checks the code and the words of an error, and whether it leaves
// open what the router holds. It returns the words.
func wantFailure(t *testing.T, err error, code models.Code, words string, uncertain bool) string {
	t.Helper()
	var m *models.Error
	if !errors.As(err, &m) {
		t.Fatalf("error %v, which has no words for the caller", err)
	}
	if m.Code != code || !strings.Contains(m.Message, words) {
		t.Errorf("error %q (code %d), want %q (code %d)", m.Message, m.Code, words, code)
	}
	var u interface{ Uncertain() bool }
	if !errors.As(err, &u) || u.Uncertain() != uncertain {
		t.Errorf("error %q should have Uncertain() %t", m.Message, uncertain)
	}
	return m.Message
}

// status reads what the router says about a neighbor through the backend; nil
// when it has none of the address.
func status(t *testing.T, b *router.Backend, lab *routertest.Lab, address netip.Addr) *dialect.Status {
	t.Helper()
	list, err := b.Neighbors(t.Context(), accessTo(lab))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Address == address {
			return &s
		}
	}
	return nil
}
