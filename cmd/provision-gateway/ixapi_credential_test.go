package main

import (
	"strings"
	"testing"
	"time"

	"provision-gateway/models/ix"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		if out := must(t, environ, "ixapi", "credential", "list"); out != "There are no API keys.\n" {
			t.Errorf("an empty list says %q", out)
		}
		if out := must(t, environ, "ixapi", "credential", "list", "--json"); out != "[]\n" {
			t.Errorf("an empty list is %q", out)
		}
		seeded := mustJSON[ix.Seeded](t, environ, "ixapi", "seed", "--demo")
		a, b := seeded.Accounts[0], seeded.Accounts[1]
		if got := mustJSON[map[string]string](t, environ, "ixapi", "credential", "revoke", "--json", a.APIKey); got["revoked"] != a.APIKey {
			t.Errorf("revoke prints %v", got)
		}
		fails(t, environ, exitFailure, "no active API key", "ixapi", "credential", "revoke", a.APIKey)
		fails(t, environ, exitFailure, `no active API key "nothing"`, "ixapi", "credential", "revoke", "nothing")
		all := mustJSON[[]listedCredential](t, environ, "ixapi", "credential", "list")
		if len(all) != 2 {
			t.Fatalf("listed %+v", all)
		}
		for _, one := range all {
			if at, err := time.Parse(time.RFC3339, one.Created); err != nil || time.Since(at).Abs() > time.Hour {
				t.Errorf("%s was created at %q", one.APIKey, one.Created)
			}
			if (one.Revoked != nil) != (one.APIKey == a.APIKey) {
				t.Errorf("listed %+v", one)
			}
		}
		if one := mustJSON[[]listedCredential](t, environ, "ixapi", "credential", "list", b.ID); len(one) != 1 || one[0].Account != b.ID || one[0].APIKey != b.APIKey {
			t.Errorf("listed of one account: %+v", one)
		}
		table := must(t, environ, "ixapi", "credential", "list")
		if strings.Count(table, "\n") != 3 || !strings.Contains(table, a.APIKey) || !strings.Contains(table, b.ID) {
			t.Errorf("the table is\n%s", table)
		}
		for _, secret := range []string{a.APISecret, b.APISecret} {
			if strings.Contains(table+must(t, environ, "ixapi", "credential", "list", "--json"), secret) {
				t.Error("the list shows a secret")
			}
		}
		if out := must(t, environ, "ixapi", "credential", "revoke", b.APIKey); out != "Revoked "+b.APIKey+".\n" {
			t.Errorf("revoke prints %q", out)
		}
		for _, args := range [][]string{{"list", "a", "b"}, {"revoke"}, {"revoke", "a", "b"}} {
			fails(t, environ, exitUsage, "", append([]string{"ixapi", "credential"}, args...)...)
		}
	})
}
