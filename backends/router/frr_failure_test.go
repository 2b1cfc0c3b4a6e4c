package router_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routertest"
	"provision-gateway/models"
)

// calls are one call of each kind that talks to a router.
func calls(b *router.Backend, lab *routertest.Lab) map[string]func(context.Context, router.Access) error {
	n := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: 64511, Address: lab.LocalIPv4.Next(), Description: "Example Net", Password: "session-key"}
	return map[string]func(context.Context, router.Access) error{
		"configure": func(ctx context.Context, a router.Access) error { return b.Configure(ctx, a, n) },
		"remove":    func(ctx context.Context, a router.Access) error { return b.Remove(ctx, a, n) },
		"push": func(ctx context.Context, a router.Access) error {
			return b.Push(ctx, a, "configure terminal\nrouter bgp 64500\nneighbor 192.0.2.2 remote-as 64511\nend")
		},
		"neighbors": func(ctx context.Context, a router.Access) error { _, err := b.Neighbors(ctx, a); return err },
	}
}

// TestFRRLogin tries to log in as one who may not.
func TestFRRLogin(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	b := newBackend(t, lab, router.Config{}, "wrong-password", "session-key")
	same := unchanged(t, lab)
	for name, spoil := range map[string]func(*router.Access){
		"wrong password": func(a *router.Access) { a.Password = "wrong-password" },
		"unknown user":   func(a *router.Access) { a.Username = "nobody-here" },
		"no password":    func(a *router.Access) { a.Password = "" },
		"no user":        func(a *router.Access) { a.Username = "" },
	} {
		for kind, call := range calls(b, lab) {
			t.Run(name+", "+kind, func(t *testing.T) {
				access := accessTo(lab)
				spoil(&access)
				if err := call(t.Context(), access); err != router.ErrCredentials {
					t.Errorf("error %v", err)
				}
			})
		}
	}
	same()
}

// TestFRRHostKey meets a router whose key nobody has stored, and one whose key
// has changed. Neither gets the password.
func TestFRRHostKey(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	b := newBackend(t, lab, router.Config{}, "session-key")
	same := unchanged(t, lab)
	stored := accessTo(lab)
	unknown := stored
	unknown.HostKey = ""
	refused := func(access router.Access, words string) {
		t.Helper()
		for kind, call := range calls(b, lab) {
			err := call(t.Context(), access)
			if err == nil {
				t.Fatalf("%s: no error", kind)
			}
			wantFailure(t, err, models.Internal, words, false)
		}
	}
	refused(unknown, "Router edge1 is not trusted: no host key is stored for it")
	learned, err := b.HostKey(t.Context(), unknown)
	if err != nil || learned != lab.HostKey() {
		t.Errorf("learned %q, %v, want %q", learned, err, lab.HostKey())
	}

	lab.ChangeHostKey(t)
	refused(stored, "Router edge1 is not trusted: its host key has changed")
	same()

	stored.HostKey += "\n" + lab.HostKey()
	if _, err := b.Neighbors(t.Context(), stored); err != nil {
		t.Errorf("with the old and the new key stored: %v", err)
	}
}

// TestFRRUnreachable cuts the router off and brings it back.
func TestFRRUnreachable(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	b := newBackend(t, lab, router.Config{}, "session-key")
	same := unchanged(t, lab)
	access := accessTo(lab)
	lab.KillSSH(t)
	for kind, call := range calls(b, lab) {
		begin := time.Now()
		err := call(t.Context(), access)
		if err == nil {
			t.Fatalf("%s: no error", kind)
		}
		wantFailure(t, err, models.Internal, "Router edge1 is unreachable: connection refused", false)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: took %v", kind, took)
		}
	}
	if _, err := b.HostKey(t.Context(), access); err == nil {
		t.Error("learned a key from a router that is down")
	}
	same()
	lab.StartSSH(t)
	for kind, call := range calls(b, lab) {
		if err := call(t.Context(), access); err != nil {
			t.Errorf("%s after the router is back: %v", kind, err)
		}
	}
}

// TestFRRWithoutBGP has the router lose its BGP daemon: it takes logins, and
// refuses all that is about BGP.
func TestFRRWithoutBGP(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	b := newBackend(t, lab, router.Config{}, "session-key")
	same := unchanged(t, lab)
	lab.KillBGPD(t)
	for kind, call := range calls(b, lab) {
		err := call(t.Context(), accessTo(lab))
		if err == nil {
			t.Errorf("%s: no error", kind)
			continue
		}
		code := models.Invalid
		if kind == "neighbors" {
			code = models.Internal
		}
		wantFailure(t, err, code, "bgpd is not running", false)
	}
	lab.StartBGPD(t)
	same()
	for kind, call := range calls(b, lab) {
		if err := call(t.Context(), accessTo(lab)); err != nil {
			t.Errorf("%s after the daemon is back: %v", kind, err)
		}
	}
}

// trigger is a log that does something once, at the first entry about a line
// that the router took and that contains a text.
type trigger struct {
	slog.Handler
	text string
	once *sync.Once
	do   func()
}

func (h trigger) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "line" && strings.Contains(a.Value.String(), h.text) {
			h.once.Do(h.do)
		}
		return true
	})
	return h.Handler.Handle(ctx, r)
}

func (h trigger) WithAttrs(list []slog.Attr) slog.Handler {
	h.Handler = h.Handler.WithAttrs(list)
	return h
}

// TestFRRCutOff has something happen to the router when it has taken half of a
// session. Nobody knows then what it holds, and the next call puts it right.
func TestFRRCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens, ends func(*routertest.Lab, testing.TB)
		code          models.Code
		words         string
		remains       []string // some lines of the session, in the running configuration
	}{
		"connection cut": {
			(*routertest.Lab).KillSSH, (*routertest.Lab).StartSSH, models.Internal, "Router edge1 was lost: it ",
			[]string{"remote-as", "shutdown"},
		},
		"router silent": {
			(*routertest.Lab).PauseBGPD, (*routertest.Lab).ResumeBGPD, models.Internal, "Router edge1 stopped answering: ",
			[]string{"remote-as", "shutdown"},
		},
		"daemon dead": {
			(*routertest.Lab).KillBGPD, (*routertest.Lab).StartBGPD, models.Invalid, "Configuration rejected: neighbor 192.0.2.11 description Example Net: ", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := routertest.Start(t)
			p := lab.Peer(t, routertest.PeerOptions{PasswordIPv4: "session-key", PrefixesIPv4: 1})
			n := dialect.Neighbor{LocalASN: lab.LocalASN, RemoteASN: 64511, Address: p.IPv4, Description: "Example Net", Password: "session-key"}
			saved := lab.Saved(t)
			book := &logbook{}
			b := router.New(router.Config{CommandTimeout: 2 * time.Second, Logger: slog.New(trigger{
				Handler: slog.NewTextHandler(book, nil), text: "shutdown", once: &sync.Once{}, do: func() { c.happens(lab, t) },
			})})
			err := b.Configure(t.Context(), accessTo(lab), n)
			if err == nil {
				t.Fatal("no error")
			}
			wantNoSecret(t, wantFailure(t, err, c.code, c.words, true)+book.text.String(), "session-key", lab.Password)
			c.ends(lab, t)
			if lab.Saved(t) != saved {
				t.Errorf("saved:\n%s", lab.Saved(t))
			}
			lines := strings.Join(neighborLines(lab.Config(t), p.IPv4), "\n")
			for _, line := range c.remains {
				if !strings.Contains(lines, line) {
					t.Errorf("%q is not in the running configuration:\n%s", line, lines)
				}
			}
			// Half a session does not come up.
			p.WaitEstablished(t, p.IPv4, false, 0)

			if err := b.Configure(t.Context(), accessTo(lab), n); err != nil {
				t.Fatal(err)
			}
			wantLines(t, lab, n.Address, "neighbor remote-as 64511", "neighbor description Example Net", "neighbor password session-key")
			lab.WaitState(t, p.IPv4, "Established", patience)
		})
	}
}

// TestFRRSilentLogin has the router take a login and then say nothing.
func TestFRRSilentLogin(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	b := newBackend(t, lab, router.Config{ConnectTimeout: 500 * time.Millisecond}, "session-key")
	same := unchanged(t, lab)
	lab.PauseBGPD(t)
	for kind, call := range calls(b, lab) {
		begin := time.Now()
		err := call(t.Context(), accessTo(lab))
		if err == nil {
			t.Errorf("%s: no error", kind)
			continue
		}
		wantFailure(t, err, models.Internal, "Router edge1 is unreachable", false)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: took %v", kind, took)
		}
	}
	lab.ResumeBGPD(t)
	same()
}
