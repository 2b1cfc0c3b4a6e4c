package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/models/modelstest"
)

// onEach runs f for every kind of database, each time with an environment that
// names a fresh one and a key file.
func onEach(t *testing.T, f func(t *testing.T, environ []string)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			f(t, []string{
				"PROVISION_GATEWAY_DATABASE=" + kind.Database(t),
				"PROVISION_GATEWAY_SECRETS_KEY_FILE=" + filepath.Join(t.TempDir(), "secrets.key"),
			})
		})
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	type status struct {
		UpToDate bool `json:"up_to_date"`
		Pending  []string
	}
	onEach(t, func(t *testing.T, environ []string) {
		before := mustJSON[status](t, environ, "migrate", "status")
		if before.UpToDate || len(before.Pending) == 0 {
			t.Fatalf("a fresh database has the status %+v", before)
		}
		if out := must(t, environ, "migrate", "status"); !strings.Contains(out, before.Pending[0]) {
			t.Errorf("status says %q", out)
		}
		if applied := mustJSON[map[string][]string](t, environ, "migrate", "up")["applied"]; !reflect.DeepEqual(applied, before.Pending) {
			t.Errorf("applied %v, want %v", applied, before.Pending)
		}
		if after := mustJSON[status](t, environ, "migrate", "status"); !after.UpToDate || after.Pending == nil || len(after.Pending) > 0 {
			t.Errorf("afterwards the status is %+v", after)
		}
		for _, args := range [][]string{{"migrate", "up"}, {"migrate", "status"}} {
			if out := must(t, environ, args...); out != "The database is up to date.\n" {
				t.Errorf("%v says %q", args, out)
			}
		}
	})
}

func TestMigrateCheckRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		environ = append(environ, "PROVISION_GATEWAY_DATABASE_MIGRATE=check")
		for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"key", "list"}, {"key", "add", "x"}, {"secrets", "rotate"}} {
			fails(t, environ, exitFailure, "run `provision-gateway migrate up`", args...)
		}
		must(t, environ, "migrate", "up")
		must(t, environ, "key", "list")
	})
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	t.Parallel()
	environ, path := onSQLite(t)
	must(t, environ, "key", "list")
	if _, err := os.Stat(path + ".key"); err == nil {
		t.Error("a command without need of secrets made a key file")
	}
	must(t, environ, "key", "add", "office")
	first, err := os.ReadFile(path + ".key")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + ".key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v, %v", info.Mode(), err)
	}
	must(t, environ, "key", "add", "lab")
	if second, err := os.ReadFile(path + ".key"); err != nil || string(second) != string(first) {
		t.Errorf("the key file changed (%v)", err)
	}
}

func TestKeyFileThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		must(t, environ, "key", "add", "office")
		elsewhere := filepath.Join(t.TempDir(), "other.key")
		commands := [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"key", "add", "lab"}, {"secrets", "rotate"}}
		for _, args := range commands {
			fails(t, environ, exitFailure, "does not exist, but the database holds secrets", append(args, "--secrets-key-file", elsewhere)...)
			if _, err := os.Stat(elsewhere); err == nil {
				t.Fatalf("%v made a key file that opens nothing", args)
			}
		}
		other, _ := onSQLite(t)
		must(t, other, "key", "add", "x", "--secrets-key-file", elsewhere)
		for _, args := range commands {
			fails(t, environ, exitFailure, "with which secrets in the database are encrypted", append(args, "--secrets-key-file", elsewhere)...)
		}
		if err := os.WriteFile(elsewhere, []byte("planted-secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r := run(t, environ, "key", "add", "lab", "--secrets-key-file", elsewhere)
		if r.code != exitFailure || !strings.Contains(r.stderr, "line 1") || strings.Contains(r.stderr, "planted-secret") {
			t.Errorf("of a broken key file it says %q", r.stderr)
		}
		must(t, environ, "key", "list")
		must(t, environ, "key", "add", "lab")
	})
}

// TestCommandsStartTogether runs commands that all find a database without
// tables: one makes them and the key file, the others wait for it.
func TestCommandsStartTogether(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		must(t, environ, "migrate", "status")
		const together = 6
		results := make(chan result, together)
		for i := range together {
			go func() { results <- run(t, environ, "key", "add", "k"+strconv.Itoa(i)) }()
		}
		for range together {
			if r := <-results; r.code != exitOK {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
		}
		if keys := mustJSON[[]listedKey](t, environ, "key", "list"); len(keys) != together {
			t.Errorf("%d keys were added, want %d", len(keys), together)
		}
	})
}
