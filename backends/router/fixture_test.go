package router

import (
	"bytes"
	"errors"
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

// journal collects a log.
type journal struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.String()
}

// patient is a configuration whose times a slow machine keeps.
func patient() Config {
	return Config{ConnectTimeout: 30 * time.Second, CommandTimeout: 30 * time.Second, Timeout: 60 * time.Second}
}

// hasty is patient but for one line, where a test waits for the time to end.
func hasty() Config {
	c := patient()
	c.CommandTimeout = 700 * time.Millisecond
	return c
}

// newBackend makes a backend that logs into the journal.
func newBackend(c Config) (*Backend, *journal) {
	j := &journal{}
	c.Logger = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return New(c), j
}

// accessTo is how to reach a router that the test made.
func accessTo(r *routerfake.Router, platform string) Access {
	host, port := r.Address()
	if platform == "" {
		platform = "cisco_iosxe"
	}
	return Access{ID: 17, Name: "edge1", Host: host, Port: port, Platform: platform,
		Username: routerfake.Username, Password: routerfake.Password, HostKey: r.HostKey()}
}

// through is the same router behind a relay.
func through(a Access, y *routerfake.Relay) Access {
	a.Host, a.Port = y.Address()
	return a
}

func neighbor(address string) dialect.Neighbor {
	return dialect.Neighbor{LocalASN: 64500, RemoteASN: 64501, Address: netip.MustParseAddr(address),
		PeerGroup: "peers", Description: "Example Net", MaximumPrefixes: 20, Password: "s3cret-key"}
}

// wantFailure checks an error: its code, a part of its text, what Uncertain
// says, and that nothing which must stay secret is in it.
func wantFailure(t *testing.T, err error, code models.Code, text string, wantUncertain bool) {
	t.Helper()
	var m *models.Error
	var u interface{ Uncertain() bool }
	switch {
	case !errors.As(err, &m):
		t.Fatalf("error %v is no *models.Error", err)
	case !errors.As(err, &u):
		t.Fatalf("error %v does not say whether it is uncertain", err)
	case m.Code != code || !strings.Contains(m.Message, text) || err.Error() != m.Message:
		t.Errorf("error %q (code %d), want %q (code %d)", m.Message, m.Code, text, code)
	case u.Uncertain() != wantUncertain:
		t.Errorf("error %q: uncertain %t, want %t", m.Message, u.Uncertain(), wantUncertain)
	}
	wantNoSecret(t, err.Error())
}

// wantNoSecret checks a text that somebody may read.
func wantNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{routerfake.Password, "s3cret-key", "127.0.0.1", "[::1]"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q stands in: %s", secret, text)
		}
	}
}

// wantWithin checks that a call ended in time.
func wantWithin(t *testing.T, begun time.Time, limit time.Duration) {
	t.Helper()
	if took := time.Since(begun); took > limit+time.Second {
		t.Errorf("took %v, want at most %v and a second", took, limit)
	}
}

// wantGone checks that no connection is left open.
func wantGone(t *testing.T, server interface{ Connections() int }) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); server.Connections() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d connections left", server.Connections())
		}
	}
}

// goroutines counts those that run code of this package or of the libraries
// below it, outside of fakes.
func goroutines() (n int, stacks string) {
	buffer := make([]byte, 4<<20)
	buffer = buffer[:runtime.Stack(buffer, true)]
	var own []string
	for stack := range strings.SplitSeq(string(buffer), "\n\n") {
		fake := strings.Contains(stack, "/routerfake.") || strings.Contains(stack, "ssh.NewServerConn")
		if !fake && (strings.Contains(stack, "scrapligo/") || strings.Contains(stack, "crypto/ssh.") || strings.Contains(stack, "/router.(*")) {
			own = append(own, stack)
		}
	}
	return len(own), strings.Join(own, "\n\n")
}
