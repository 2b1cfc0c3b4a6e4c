package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	if out := must(t, nil, "config", "check", "--config", "../../deploy/provision-gateway.example.yaml"); out != "The configuration is valid.\n" {
		t.Errorf("of the example it says %q", out)
	}
	type checked struct {
		Valid  bool
		Errors []struct{ Key, Source, Message string }
	}
	if got := mustJSON[checked](t, nil, "config", "check"); !got.Valid || got.Errors == nil {
		t.Errorf("of the defaults it says %+v", got)
	}

	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("listen: x\ndatabase: mysql:app:planted-secret\nlimit: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, []string{"PROVISION_GATEWAY_CONFIG=" + bad}, "config", "check", "--json")
	var got checked
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	if r.code != exitFailure || got.Valid || len(got.Errors) != 3 || got.Errors[1].Key != "listen" || !strings.Contains(got.Errors[1].Source, "bad.yaml") {
		t.Errorf("exit code %d: %s", r.code, r.stdout)
	}
	if strings.Count(r.stderr, "\n") != 3 || strings.Contains(r.stdout+r.stderr, "planted-secret") {
		t.Errorf("standard error should have a line for each error, and no password: %s", r.stderr)
	}
}

func TestConfigPrint(t *testing.T) {
	t.Parallel()
	environ := []string{"PROVISION_GATEWAY_DATABASE=mysql:app:planted-secret@tcp(db:3306)/gateway", "HOME=/home/op"}
	v := mustJSON[map[string]any](t, environ, "config", "print", "--limits-body", "77")
	if v["database"] != "mysql:app:<secret>@tcp(db:3306)/gateway" || v["limits"].(map[string]any)["body"] != 77.0 ||
		v["secrets"].(map[string]any)["key_file"] != "/home/op/.config/provision-gateway/secrets.key" {
		t.Errorf("printed %v", v)
	}
	out := must(t, environ, "config", "print", "--limits-body", "77")
	for _, want := range []string{"database: \"mysql:app:<secret>@tcp(db:3306)/gateway\" # environment PROVISION_GATEWAY_DATABASE\n", "  body: 77 # flag --limits-body\n", "listen: \"127.0.0.1:8080\" # default\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
}
