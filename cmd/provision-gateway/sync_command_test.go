package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models/modelstest"
)

const plantedAPIKey = "planted-peeringdb-key"

// library is a desk with a PeeringDB.
type library struct {
	*desk
	directory *peeringdbtest.Server
}

const allPeers = "target=peering&action=getPeers&include_public_ips=1&include_contacts=1"

func eachLibrary(t *testing.T, f func(t *testing.T, l *library), settings ...string) {
	t.Helper()
	onEach(t, func(t *testing.T, environ []string) {
		directory := peeringdbtest.New(t, peeringdb.Demo())
		f(t, &library{newDesk(t, environ, nil, append([]string{"PROVISION_GATEWAY_PEERINGDB_URL=" + directory.URL(), "PROVISION_GATEWAY_PEERINGDB_PAUSE=1ms"}, settings...)...), directory})
	})
}

// asked counts how often each list was asked for since the last time.
func (l *library) asked() map[string]int {
	count := map[string]int{}
	for _, r := range l.directory.Requests() {
		count[r.List]++
	}
	return count
}

func TestSyncCommand(t *testing.T) {
	t.Parallel()
	eachLibrary(t, func(t *testing.T, l *library) {
		sync := func(flags ...string) peeringdb.SyncReport {
			t.Helper()
			return mustJSON[peeringdb.SyncReport](t, l.environ, append([]string{"peeringdb", "sync"}, flags...)...)
		}
		first := sync()
		if first.Mode != peeringdb.ModeFull || !first.Wrote() || len(first.Types) != 5 || first.Requests < 5 || first.Bytes == 0 || len(first.Cursors) != 5 {
			t.Errorf("the first run: %+v", first)
		}
		if a := l.gateway.succeeds(allPeers); a.Message != "12 peers found." {
			t.Errorf("after it: %s", a.Message)
		}
		if again := sync(); again.Mode != peeringdb.ModeIncremental || again.Wrote() {
			t.Errorf("the second run: %+v", again)
		}
		l.directory.Update("net", 2, time.Now(), peeringdbtest.Row{"name": "Renamed Network"})
		out := must(t, l.environ, "peeringdb", "sync")
		if !strings.HasPrefix(out, "incremental run: ") || !strings.Contains(out, "changed") {
			t.Errorf("the third run prints\n%s", out)
		}
		if a := l.gateway.succeeds(allPeers); !strings.Contains(string(a.Data), "Renamed Network") {
			t.Errorf("after it: %s", a.Data)
		}
		if full := sync("--full"); full.Mode != peeringdb.ModeFull || full.Wrote() {
			t.Errorf("a full run: %+v", full)
		}
		for _, r := range l.directory.Requests() {
			if agent := r.Header.Get("User-Agent"); agent != "provision-gateway/"+version || r.Header.Get("Authorization") != "" {
				t.Errorf("asked by %q with %q", agent, r.Header.Get("Authorization"))
			}
		}

		l.directory.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Empty, List: "net"})
		l.fails(exitFailure, "PeeringDB list net: 0 usable rows, where 12 are stored: not taken over", "peeringdb", "sync", "--full")
		if a := l.gateway.succeeds(allPeers); a.Message != "12 peers found." {
			t.Errorf("what was refused was taken over: %s", a.Message)
		}
		if forced := sync("--full", "--force"); !forced.Wrote() {
			t.Errorf("forced: %+v", forced)
		}
		if a := l.gateway.get(allPeers); strings.Contains(string(a.Data), "Renamed Network") {
			t.Errorf("forced: %s", a.Data)
		}
		l.directory.Recover()
		sync("--full")
		if a := l.gateway.succeeds(allPeers); a.Message != "12 peers found." {
			t.Errorf("recovered: %s", a.Message)
		}
	})
}

func TestSyncCommandFailures(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		kind peeringdbtest.Kind
		says string
	}{
		{"firewall", peeringdbtest.Firewall, "access was denied to this API key (HTML: a firewall, a proxy or a maintenance page answered, not the API)"},
		{"firewall that says 200", peeringdbtest.FirewallOK, "a firewall, a proxy or a maintenance page answered, not the API"},
		{"forbidden", peeringdbtest.Forbidden, "access was denied to this API key"},
		{"the key repeated", peeringdbtest.BadRequest, "the request was refused"},
		{"throttled for long", peeringdbtest.Throttled, "too many requests"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			directory := peeringdbtest.New(t, peeringdb.Demo())
			directory.SetKey(plantedAPIKey)
			environ, path := onSQLite(t)
			environ = append(environ, "PROVISION_GATEWAY_PEERINGDB_URL="+directory.URL(), "PROVISION_GATEWAY_PEERINGDB_PAUSE=1ms", "PROVISION_GATEWAY_PEERINGDB_API_KEY="+plantedAPIKey)
			must(t, environ, "peeringdb", "sync")
			directory.Update("net", 2, time.Now(), peeringdbtest.Row{"name": "Renamed Network"})
			directory.Fail(peeringdbtest.Fault{Kind: tc.kind, List: "ix", RetryAfter: "3600"})
			r := run(t, environ, "peeringdb", "sync", "--json")
			if r.code != exitFailure || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(r.stderr, "provision-gateway: PeeringDB list ix: ") || !strings.Contains(r.stderr, tc.says) {
				t.Errorf("%+v", r)
			}
			if strings.Contains(r.stderr, plantedAPIKey) || strings.Contains(r.stderr, "<html") || strings.Contains(r.stderr, "Ray 1234") {
				t.Errorf("it shows what it must not: %s", r.stderr)
			}
			if tc.kind == peeringdbtest.Throttled {
				// The hour is to be waited for.
				return
			}
			directory.Recover()
			if tc.kind == peeringdbtest.Throttled {
				// No flag makes it ask before the time that the server said.
				directory.Requests()
				for _, flags := range [][]string{nil, {"--full"}, {"--force"}, {"--full", "--force"}} {
					failsInOneLine(t, environ, exitFailure, "PeeringDB is not asked: the server said to stay away for longer; try again after ", append([]string{"peeringdb", "sync"}, flags...)...)
				}
				if asked := directory.Requests(); len(asked) != 0 {
					t.Errorf("it was asked %d times", len(asked))
				}
				store := modelstest.Open(t, "sqlite:"+path, nil)
				until, err := store.PutOffUntil(t.Context(), "peeringdb-requests")
				if left := time.Until(until); err != nil || left > time.Hour+time.Second || left < 50*time.Minute {
					t.Errorf("put off for %v, %v", left, err)
				}
				if err := store.ReleaseLease(t.Context(), "peeringdb-requests", ""); err != nil {
					t.Fatal(err)
				}
			}
			if report := mustJSON[peeringdb.SyncReport](t, environ, "peeringdb", "sync"); !report.Wrote() {
				t.Errorf("recovered: %+v", report)
			}
		})
	}
}

// TestSyncCommandKey gives the key in a file, and finds it nowhere else.
func TestSyncCommandKey(t *testing.T) {
	t.Parallel()
	eachLibrary(t, func(t *testing.T, l *library) {
		l.directory.SetKey(plantedAPIKey)
		file := t.TempDir() + "/key"
		if err := os.WriteFile(file, []byte(plantedAPIKey+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.environ = append(l.environ, "PROVISION_GATEWAY_PEERINGDB_API_KEY_FILE="+file)
		for _, flags := range [][]string{nil, {"--json", "--full"}, {"--log-level", "debug"}} {
			if out := must(t, l.environ, append([]string{"peeringdb", "sync"}, flags...)...); strings.Contains(out, plantedAPIKey) {
				t.Errorf("the key is shown: %s", out)
			}
			for _, r := range l.directory.Requests() {
				if r.Header.Get("Authorization") != "Api-Key "+plantedAPIKey || strings.Contains(r.Query, plantedAPIKey) {
					t.Errorf("asked with %q, %q", r.Header.Get("Authorization"), r.Query)
				}
			}
		}
		l.directory.SetKey("another")
		l.fails(exitFailure, "the API key was not accepted", "peeringdb", "sync")
		if r := run(t, l.environ, "peeringdb", "sync"); strings.Contains(r.stderr, plantedAPIKey) {
			t.Errorf("the key is shown: %s", r.stderr)
		}
		// In clear to another machine it is not sent.
		var elsewhere []string
		for _, setting := range l.environ {
			if !strings.HasPrefix(setting, "PROVISION_GATEWAY_PEERINGDB_URL=") {
				elsewhere = append(elsewhere, setting)
			}
		}
		r := run(t, append(elsewhere, "PROVISION_GATEWAY_PEERINGDB_URL=http://peeringdb.example/api"), "peeringdb", "sync")
		if r.code != exitFailure || !strings.Contains(r.stderr, "https") || strings.Contains(r.stderr, plantedAPIKey) {
			t.Errorf("%+v", r)
		}
	})
}

// TestSyncCommandAlone runs one while another one hangs, and ends that.
func TestSyncCommandAlone(t *testing.T) {
	t.Parallel()
	eachLibrary(t, func(t *testing.T, l *library) {
		l.directory.Fail(peeringdbtest.Fault{Kind: peeringdbtest.BlackHole, List: "net"})
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		var stdout, stderr bytes.Buffer
		ended := make(chan int, 1)
		hanging := Program{Args: []string{"peeringdb", "sync"}, Environ: append([]string{"PROVISION_GATEWAY_PEERINGDB_TIMEOUT=10m"}, l.environ...), Stdout: &stdout, Stderr: &stderr}
		go func() { ended <- hanging.Run(ctx) }()
		for asked := 0; asked == 0; asked = l.asked()["net"] {
			select {
			case code := <-ended:
				t.Fatalf("it ended with %d: %s", code, stderr.String())
			case <-time.After(10 * time.Millisecond):
			}
		}
		l.fails(exitFailure, "another gateway, or another command, is fetching from PeeringDB now", "peeringdb", "sync")
		if asked := l.asked(); len(asked) != 0 {
			t.Errorf("a command that was refused asked for %v", asked)
		}
		l.directory.Recover()
		interrupt()
		select {
		case code := <-ended:
			if code != exitFailure || stdout.Len() != 0 || strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("interrupted: %d %q %q", code, stdout.String(), stderr.String())
			}
		case <-time.After(patience):
			t.Fatal("it does not end")
		}
		must(t, l.environ, "peeringdb", "sync")
	})
}

// TestSyncOfReplicas has two gateways on one database fetch once, and the one
// that is left go on at once when the other is told to stop.
func TestSyncOfReplicas(t *testing.T) {
	t.Parallel()
	eachLibrary(t, func(t *testing.T, l *library) {
		environ := append([]string{"PROVISION_GATEWAY_PEERINGDB_SYNC_INTERVAL=1h", "PROVISION_GATEWAY_PEERINGDB_TIMEOUT=10m"}, l.environ...)
		l.directory.Fail(peeringdbtest.Fault{Kind: peeringdbtest.BlackHole, List: "net"})
		first := serve(t, environ)
		eventually(t, first, func() bool { return l.asked()["net"] > 0 })
		second := serve(t, environ)
		time.Sleep(hesitation)
		if asked := l.asked(); len(asked) != 0 {
			t.Errorf("both fetch: %v", asked)
		}
		first.ready(true)
		l.directory.Recover()
		if code := first.end(); code != exitOK {
			t.Errorf("exit code %d\n%s", code, first.log.String())
		}
		third := serve(t, environ)
		began := time.Now()
		eventually(t, third, func() bool { return third.get(allPeers).Message == "12 peers found." })
		if took := time.Since(began); took > scheduleLease/2 {
			t.Errorf("the others waited %v for the end of a lease", took)
		}
		l.asked()
		fourth := serve(t, environ)
		time.Sleep(hesitation)
		if asked := l.asked(); len(asked) != 0 {
			t.Errorf("fetched again before it is due: %v", asked)
		}
		for _, s := range []*server{second, third, fourth} {
			s.ready(true)
			if log := s.log.String(); strings.Contains(log, "background work") {
				t.Errorf("nothing is wrong, and yet: %s", log)
			}
		}
	})
}

// TestOutsideUsage gives the commands that reach beyond the machine what they
// cannot understand.
func TestOutsideUsage(t *testing.T) {
	t.Parallel()
	for usage, commands := range map[string][]string{
		"usage: provision-gateway peeringdb sync [flags]":              {"peeringdb sync now"},
		"usage: provision-gateway requests list [flags]":               {"requests list 1"},
		"usage: provision-gateway requests resend ID [flags]":          {"requests resend", "requests resend 1 2"},
		"usage: provision-gateway router list [flags]":                 {"router list ar1"},
		"usage: provision-gateway router trust ROUTER [flags]":         {"router trust", "router trust ar1 ar2"},
		"usage: provision-gateway sessions preview ID [flags]":         {"sessions preview", "sessions preview 1 2"},
		"usage: provision-gateway sessions refresh [ROUTER] [flags]":   {"sessions refresh ar1 ar2"},
		"usage: provision-gateway sessions discover ROUTER [flags]":    {"sessions discover", "sessions discover ar1 ar2"},
		"usage: provision-gateway sessions stale [flags]":              {"sessions stale 1"},
		`"one" is not a number`:                                        {"requests resend one", "sessions preview one"},
		`"0" is not a number`:                                          {"requests resend 0", "sessions preview 0"},
		`"1.5" is not a number`:                                        {"requests resend 1.5", "sessions preview 1.5"},
		`"18446744073709551616" is not a number`:                       {"requests resend 18446744073709551616", "sessions preview 18446744073709551616"},
		`"" is not a number`:                                           {"requests resend ''", "sessions preview ''"},
		`"192.0.2.300" is not an address`:                              {"sessions discover ar1 --import 192.0.2.300", "sessions discover ar1 --import 192.0.2.1,192.0.2.300"},
		`"all" is not an address`:                                      {"sessions discover ar1 --import all,192.0.2.1"},
		"unknown flag: --force":                                        {"router trust ar1 --force", "requests resend 1 --force", "sessions refresh --force"},
		"needs a command: list, trust":                                 {"router"},
		"needs a command: list, resend":                                {"requests"},
		"needs a command: preview, refresh, discover, stale":           {"sessions"},
		`provision-gateway sessions has no command "delete", but prev`: {"sessions delete 1"},
	} {
		for _, command := range commands {
			t.Run(command, func(t *testing.T) {
				t.Parallel()
				environ, path := onSQLite(t)
				args := strings.Fields(command)
				for i := range args {
					args[i] = strings.Trim(args[i], "'")
				}
				failsInOneLine(t, environ, exitUsage, usage, args...)
				if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("a command line that was not understood made a database (%v)", err)
				}
			})
		}
	}
}
