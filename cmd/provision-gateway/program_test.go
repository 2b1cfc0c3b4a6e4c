package main

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		args []string
		text string
	}{
		{"no command", nil, "provision-gateway needs a command: serve, migrate, peeringdb, requests, sessions, router, exchange, ixapi, legacy, contract, key, secrets, config, version"},
		{"unknown command", []string{"start"}, `provision-gateway has no command "start", but serve, `},
		{"group alone", []string{"migrate"}, "provision-gateway migrate needs a command: up, status"},
		{"unknown command of a group", []string{"key", "delete", "x"}, `provision-gateway key has no command "delete", but add, list, revoke`},
		{"unknown flag", []string{"serve", "--port", "80"}, "unknown flag: --port"},
		{"argument where none belongs", []string{"serve", "now"}, "usage: provision-gateway serve"},
		{"key without a name", []string{"key", "add"}, "usage: provision-gateway key add NAME"},
		{"unknown permission", []string{"key", "add", "x", "--allow", "read,admin"}, `unknown permission "admin"`},
		{"bad source", []string{"key", "add", "x", "--source", "here"}, `"here" is neither an address nor a prefix`},
		{"load from nowhere", []string{"peeringdb", "load"}, "--from is required"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			environ, path := onSQLite(t)
			fails(t, environ, exitUsage, tc.text, tc.args...)
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a command line that was not understood made a database (%v)", err)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, tc := range []struct {
		name string
		args []string
		text string
	}{
		{"configuration", []string{"serve", "--limits-body", "0", "--listen", "x"}, "provision-gateway: listen: "},
		{"every error of it", []string{"serve", "--limits-body", "0", "--listen", "x"}, "\nprovision-gateway: limits.body: "},
		{"database folder", []string{"serve", "--database", "sqlite:" + folder + "/no/where.db"}, "open sqlite database"},
		{"database server", []string{"migrate", "status", "--database", "mysql:app:planted-secret@tcp(127.0.0.1:1)/x", "--secrets-key-file", folder + "/k"}, "open mysql database"},
		{"folder of a dump", []string{"peeringdb", "load", "--from", folder + "/nowhere"}, "nowhere: no such file or directory"},
		{"dump that is no folder", []string{"peeringdb", "load", "--from", "program.go"}, "program.go is not a folder"},
		{"folder without a dump", []string{"peeringdb", "load", "--from", folder}, "no PeeringDB file found"},
		{"unknown key", []string{"key", "revoke", "nobody"}, `no active key "nobody"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			environ, _ := onSQLite(t)
			fails(t, environ, exitFailure, tc.text, tc.args...)
			if r := run(t, environ, tc.args...); strings.Contains(r.stdout+r.stderr, "planted-secret") {
				t.Errorf("the password is shown: %s%s", r.stdout, r.stderr)
			}
		})
	}
}

func TestHelpNamesEverySubCommand(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"serve", "migrate", "peeringdb", "key", "secrets", "config", "version"}},
		{[]string{"serve", "--help"}, []string{"--demo", "--listen HOST:PORT", "--database ADDRESS", "--limits-key-rate"}},
		{[]string{"key", "add", "--help"}, []string{"--allow LIST", "--json", "--database ADDRESS"}},
	} {
		out := must(t, nil, tc.args...)
		for _, want := range tc.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not name %s:\n%s", tc.args, want, out)
			}
		}
	}
	if out := must(t, nil, "key", "add", "--help"); strings.Contains(out, "--limits-body") {
		t.Error("key add offers settings of the server")
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	v := mustJSON[map[string]string](t, nil, "version")
	if v["version"] == "" || !strings.HasPrefix(v["go"], "go1") || !strings.Contains(v["platform"], "/") {
		t.Errorf("version --json: %v", v)
	}
	if out := must(t, nil, "version"); !strings.HasPrefix(out, "provision-gateway "+v["version"]) || strings.Count(out, "\n") != 1 {
		t.Errorf("version: %q", out)
	}
}
