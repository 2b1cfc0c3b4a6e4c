package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		if out := must(t, environ, "key", "list"); !strings.Contains(out, "no keys") {
			t.Errorf("an empty list says %q", out)
		}
		if out := must(t, environ, "key", "list", "--json"); out != "[]\n" {
			t.Errorf("an empty list is %q", out)
		}
		office := mustJSON[credential](t, environ, "key", "add", "office", "--allow", "read,write,mail,device,secrets")
		if !regexp.MustCompile(`^\d+-[A-Z0-9]{16}$`).MatchString(office.APIKey) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(office.SecretKey) {
			t.Errorf("a key looks so: %+v", office)
		}
		out := must(t, environ, "key", "add", "lab", "--source", "192.0.2.7, 2001:db8::/32")
		found := regexp.MustCompile(`^API Key:    (\S+)\nSecret Key: ([0-9a-f]{32})\n`).FindStringSubmatch(out)
		if found == nil {
			t.Fatalf("key add prints %q", out)
		}
		lab := credential{found[1], found[2]}
		fails(t, environ, exitFailure, `a key named "office" exists already`, "key", "add", "office")
		fails(t, environ, exitFailure, "the name of a key must be", "key", "add", "")

		if got := mustJSON[map[string]string](t, environ, "key", "revoke", "office"); got["revoked"] != "office" {
			t.Errorf("revoke prints %v", got)
		}
		fails(t, environ, exitFailure, `no active key "office"`, "key", "revoke", "office")
		keys := mustJSON[[]listedKey](t, environ, "key", "list")
		if len(keys) != 2 {
			t.Fatalf("listed %+v", keys)
		}
		for _, k := range keys {
			if at, err := time.Parse(time.RFC3339, k.Created); err != nil || time.Since(at).Abs() > time.Hour {
				t.Errorf("%s was created at %q", k.Name, k.Created)
			}
		}
		if k := keys[0]; k.Name != "office" || k.APIKey != office.APIKey || len(k.Allow) != 5 || k.Revoked == nil || k.LastUsed != nil || len(k.Sources) != 0 {
			t.Errorf("listed %+v", k)
		}
		if k := keys[1]; k.Revoked != nil || !reflect.DeepEqual(k.Sources, []string{"192.0.2.7/32", "2001:db8::/32"}) || len(k.Allow) != 1 {
			t.Errorf("listed %+v", k)
		}
		table := must(t, environ, "key", "list")
		if strings.Count(table, "\n") != 3 || !strings.Contains(table, lab.APIKey) {
			t.Errorf("the table is\n%s", table)
		}
		for _, secret := range []string{office.SecretKey, lab.SecretKey} {
			if strings.Contains(table+must(t, environ, "key", "list", "--json"), secret) {
				t.Error("the list shows a secret")
			}
		}
		must(t, environ, "key", "revoke", lab.APIKey)
	})
}

// A script that has a key of an original server signs with it as before.
func TestKeyOfAnOriginalServer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		c := credential{"38-TMHQV8CV2XZYC2ZS", "6e04e5822ce90feaa8947ded46c46878"}
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(c.SecretKey+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := must(t, environ, "key", "add", "script", "--key", c.APIKey, "--secret-file", file); out != "Added the key "+c.APIKey+".\n" {
			t.Errorf("printed %q", out)
		}
		fails(t, environ, exitFailure, "the key "+c.APIKey+" exists already", "key", "add", "again", "--key", c.APIKey, "--secret-file", file)
		fails(t, environ, exitUsage, "together", "key", "add", "again", "--key", c.APIKey)
		fails(t, environ, exitFailure, "no such file", "key", "add", "again", "--key", "1-A", "--secret-file", file+"x")
		fails(t, environ, exitFailure, "is empty", "key", "add", "again", "--key", "1-A", "--secret-file", os.DevNull)
		if got := serve(t, environ).get(c.sign("target=lir&action=get")); got.Success != 1 {
			t.Errorf("signed: %+v", got)
		}
	})
}
