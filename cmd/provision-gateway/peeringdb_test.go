package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/backends/peeringdb"
)

func TestPeeringDBLoad(t *testing.T) {
	t.Parallel()
	dump := t.TempDir()
	if err := os.CopyFS(dump, peeringdb.Demo()); err != nil {
		t.Fatal(err)
	}
	onEach(t, func(t *testing.T, environ []string) {
		report := mustJSON[peeringdb.Report](t, environ, "peeringdb", "load", "--from", dump)
		if len(report.Types) != 5 {
			t.Fatalf("report %+v", report)
		}
		for _, loaded := range report.Types {
			if loaded.Missing || loaded.Rows == 0 || loaded.Added != loaded.Rows {
				t.Errorf("report %+v", loaded)
			}
		}
		out := must(t, environ, "peeringdb", "load", "--from", dump)
		if !strings.Contains(out, "unchanged") || strings.Contains(out, "rejected:") {
			t.Errorf("a second load prints\n%s", out)
		}
		if a := serve(t, environ).get("target=peering&action=getPeers"); !strings.HasSuffix(a.Message, " peers found.") {
			t.Errorf("getPeers after a load: %+v", a)
		}
		fails(t, environ, exitFailure, "no PeeringDB file found", "peeringdb", "load", "--from", t.TempDir())
	})
}

func TestPeeringDBLoadNamesTheBrokenFile(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	dump := t.TempDir()
	if err := os.WriteFile(filepath.Join(dump, "net.json"), []byte(`{"data":[{"id":1`), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, environ, exitFailure, "net.json: byte ", "peeringdb", "load", "--from", dump)
}
