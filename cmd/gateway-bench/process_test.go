package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startShell runs a shell script as a server that ends with the test.
func startShell(t *testing.T, script string) *process {
	t.Helper()
	p := newProcess(t.TempDir(), "shell", "/bin/sh", "-c", script)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return p
}

func TestStopEndsTheGroup(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"one that heeds":  "exec sleep 600",
		"one that is mum": "trap '' TERM; while :; do sleep 600; done",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startShell(t, script)
			started := time.Now()
			p.stop()
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("stopping took %v", took)
			}
			select {
			case <-p.ended:
			default:
				t.Error("the process still runs")
			}
			p.stop() // once more does no harm
		})
	}
	var none *process
	none.stop()
}

func TestRunAnnounced(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script, says string
		want         announcement
	}{
		"a line": {script: `echo '{"address":"127.0.0.1:1","profiles":"127.0.0.1:2"}'; exec sleep 600`, want: announcement{"127.0.0.1:1", "127.0.0.1:2"}},
		"ended":  {script: "echo no database >&2; exit 1", says: "no database"},
		"noise":  {script: "echo hello; exec sleep 600", says: "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t.TempDir(), "shell", "/bin/sh", "-c", test.script)
			t.Cleanup(p.stop)
			got, err := p.runAnnounced()
			if test.says == "" && (err != nil || got != test.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
			if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
		})
	}
}

func TestFailedShowsTheEndOfTheLog(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(log, []byte(strings.Repeat("early ", 1000)+"late\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cause := errors.New("cause")
	err := (&process{name: "nginx", log: log}).failed(cause)
	if !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "nginx: cause\n") || !strings.HasSuffix(err.Error(), "late") || len(err.Error()) > 2100 {
		t.Errorf("%v", err)
	}
}

func TestProcessThatIsNone(t *testing.T) {
	t.Parallel()
	p := newProcess(t.TempDir(), "none", "/nonexistent/program")
	if err := p.run(); err == nil || !strings.Contains(err.Error(), "start none") {
		t.Errorf("error %v", err)
	}
	p.stop()
}

func TestAwaitSocketOfAnEndedServer(t *testing.T) {
	t.Parallel()
	p := startShell(t, "echo bad configuration >&2; exit 1")
	if err := awaitSocket(p, "unix", filepath.Join(t.TempDir(), "s")); err == nil || !strings.Contains(err.Error(), "bad configuration") {
		t.Errorf("error %v", err)
	}
}
