package main

import (
	"strings"
	"testing"

	"provision-gateway/models/ix"
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
