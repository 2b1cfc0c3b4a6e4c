package main

import (
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

func TestSeedDemo(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		seeded := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--demo")
		if !seeded.Added || len(seeded.Accounts) != 2 || len(seeded.RouteServers) != 2 {
			t.Fatalf("seeded %+v", seeded)
		}
		for _, a := range seeded.Accounts {
			if a.ID == "" || a.Name == "" || a.Connection == "" || len(a.APIKey) != 16 || len(a.APISecret) < 40 {
				t.Errorf("an account looks so: %+v", a)
			}
		}
		again := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--demo")
		if again.Added || len(again.Accounts) != 0 || len(again.RouteServers) != 2 {
			t.Errorf("seeded again %+v", again)
		}
		if out := must(t, environ, "ixapi", "seed", "--demo"); !strings.Contains(out, "nothing was added") {
			t.Errorf("a second seed says %q", out)
		}
		added := mustJSON[map[string]string](t, environ, "ixapi", "credential", "add", seeded.Accounts[0].ID)
		if added["account"] != seeded.Accounts[0].ID || len(added["api_key"]) != 16 || added["api_key"] == seeded.Accounts[0].APIKey || added["api_secret"] == "" {
			t.Errorf("credential add prints the properties %d of %q", len(added), added["account"])
		}
		fails(t, environ, exitFailure, `no account that is in use has the id "nobody"`, "ixapi", "credential", "add", "nobody")
	})
}

func TestSeedDemoPrintsItsAccounts(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	environ = append(environ, "PROVISION_GATEWAY_SECRETS_KEY_FILE="+filepath.Join(t.TempDir(), "secrets.key"))
	out := must(t, environ, "ixapi", "seed", "--demo")
	for _, text := range []string{
		"Added Example Exchange LAN (203.0.113.0/24, 2001:db8:113::/64), with 2 route servers.\n", "\nExample Member A\nAccount:    ", "\nExample Member B\n",
		"\nConnection: ", "\nAPI Key:    ", "\nAPI Secret: ", "not shown again",
	} {
		if !strings.Contains(out, text) {
			t.Errorf("%q is missing from\n%s", text, out)
		}
	}
	if out := must(t, environ, "ixapi", "seed", "--demo"); strings.Contains(out, "Secret") {
		t.Errorf("a second seed says\n%s", out)
	}
}

func TestSeedExchange(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		database := strings.TrimPrefix(environ[0], "PROVISION_GATEWAY_DATABASE=")
		store := modelstest.Open(t, database, nil)
		if _, err := peeringdb.Load(t.Context(), store, peeringdb.Demo(), nil); err != nil {
			t.Fatal(err)
		}
		fails(t, environ, exitFailure, "no exchange has the public id 9999", "ixapi", "seed", "--exchange", "9999")
		modelstest.Put(t, store, models.Exchange{ID: 5000, Name: "Empty-IX"})
		fails(t, environ, exitFailure, "no prefix of the exchange 5000, Empty-IX, is known", "ixapi", "seed", "--exchange", "5000")
		seeded := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--exchange", "1")
		if !seeded.Added || *seeded.SubnetV4 != "192.0.2.0/24" || *seeded.SubnetV6 != "2001:db8:1::/64" || len(seeded.RouteServers) != 1 || len(seeded.Accounts) != 0 {
			t.Errorf("seeded %+v", seeded)
		}
		if out := must(t, environ, "ixapi", "seed", "--exchange", "1"); !strings.Contains(out, "(192.0.2.0/24, 2001:db8:1::/64)") || !strings.Contains(out, "already: nothing was added") {
			t.Errorf("a second seed says %q", out)
		}
	})
}

func TestIXAPIUsage(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	for _, args := range [][]string{
		{"ixapi"}, {"ixapi", "seed"}, {"ixapi", "seed", "--demo", "--exchange", "1"}, {"ixapi", "seed", "--exchange", "one"}, {"ixapi", "seed", "--exchange", "-1"},
		{"ixapi", "seed", "--demo", "more"}, {"ixapi", "credential"}, {"ixapi", "credential", "add"},
	} {
		fails(t, environ, exitUsage, "", args...)
	}
}
