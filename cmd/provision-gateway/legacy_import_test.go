package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/models/ix"
)

// The whole way between two gateways: import, nothing to do, verify, a change over
// there, verify that fails, import of only that.
func TestLegacyImport(t *testing.T) {
	t.Parallel()
	there, _ := onSQLite(t)
	there = append(there, "PROVISION_GATEWAY_OWN_ASNS=64500", "PROVISION_GATEWAY_SECRETS_KEY_FILE="+filepath.Join(t.TempDir(), "there.key"))
	first := serve(t, there, "--demo")
	const lir = "target=lir&action=add&meta[type]=entry&meta[section]=lir&meta[name]=Secret&fields[rir][]=ARIN&fields[asn][]=1" +
		"&fields[org-handle][]=O&fields[api-key][]=s3cret-of-the-lir"
	if a := first.get(lir); a.Success != 1 {
		t.Fatal(a.Message)
	}
	here, _ := onSQLite(t)
	here = append(here, "PROVISION_GATEWAY_OWN_ASNS=64500", "PROVISION_GATEWAY_SECRETS_KEY_FILE="+filepath.Join(t.TempDir(), "here.key"),
		"PROVISION_GATEWAY_LEGACY_URL="+first.url+"/api/v1/api.php")
	before := run(t, here, "legacy", "import", "--verify")
	if before.code != exitFailure || !strings.Contains(before.stderr, "differences") {
		t.Errorf("verify before: %d, %s", before.code, before.stderr)
	}
	out := must(t, here, "legacy", "import", "-v", "--ids-from", "1000")
	if !strings.Contains(out, "added session 1\n") || !strings.Contains(out, "KIND") {
		t.Errorf("import printed %s", out)
	}
	again := mustJSON[importAnswer](t, here, "legacy", "import")
	if again.Wrote() || len(again.Conflicts) > 0 {
		t.Errorf("the second run wrote: %+v", again.Report)
	}
	verified := must(t, here, "legacy", "import", "--verify")
	if !strings.Contains(verified, " 0 differences; ") {
		t.Errorf("verify printed %s", verified)
	}
	if strings.Contains(before.stdout+out+verified, "s3cret") {
		t.Error("a secret was printed")
	}
	second := serve(t, here)
	for _, query := range []string{
		"target=peering&action=getPeers&include_public_ips=1&include_contacts=1&include_log_data=1",
		"target=peering&action=getPeers&public_id=1", "target=peering&action=getCommunications&public_id=1", "target=peering&action=getSessions",
		"target=peering&action=getRequests", "target=lir&action=get", "target=resource&action=get",
	} {
		if a, b := first.get(query), second.get(query); a.Message != b.Message || string(a.Data) != string(b.Data) {
			t.Errorf("%s: there %s %s, here %s %s", query, a.Message, a.Data, b.Message, b.Data)
		}
	}
	const session = "target=peering&action=addSession&peer_asn=64496&peer_ipaddr=192.0.2.77&source_ipaddr=192.0.2.10"
	var added struct{ ID int }
	decode(t, second.get(session).Data, &added)
	if added.ID < 1000 {
		t.Errorf("a new session got the id %d", added.ID)
	}
	second.get(fmt.Sprint("target=peering&action=deleteSession&id=", added.ID))
	if a := first.get("target=peering&action=updateSession&id=1&note=changed"); a.Success != 1 {
		t.Fatal(a.Message)
	}
	fails(t, here, exitFailure, "differences", "legacy", "import", "--verify")
	first.end()
	fails(t, here, exitFailure, "read the original server", "legacy", "import")
}

func TestLegacyImportNeedsAnOriginal(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	fails(t, environ, exitFailure, "legacy.url is not set", "legacy", "import")
	fails(t, environ, exitUsage, "invalid argument", "legacy", "import", "--exchange", "x")
}

// The order of the guide: the gateway serves, exchange and all, before the import.
// Tokens that it issued and its signing key outlive the numbers that the import
// needs.
func TestLegacyImportBesideAnExchange(t *testing.T) {
	t.Parallel()
	there, _ := onSQLite(t)
	there = append(there, "PROVISION_GATEWAY_OWN_ASNS=64500", "PROVISION_GATEWAY_SECRETS_KEY_FILE="+filepath.Join(t.TempDir(), "there.key"))
	first := serve(t, there, "--demo")
	for i := range 4 {
		lir := fmt.Sprintf("target=lir&action=add&meta[type]=entry&meta[section]=lir&meta[name]=Secret%d&fields[rir][]=ARIN&fields[asn][]=%d"+
			"&fields[org-handle][]=O&fields[api-key][]=s3cret-%d", i, i+1, i)
		if a := first.get(lir); a.Success != 1 {
			t.Fatal(a.Message)
		}
	}
	onEach(t, func(t *testing.T, here []string) {
		here = append(here, "PROVISION_GATEWAY_OWN_ASNS=64500", "PROVISION_GATEWAY_LEGACY_URL="+first.url+"/api/v1/api.php")
		seeded := mustJSON[ix.Seeded](t, here, "ixapi", "seed", "--demo")
		s := serve(t, here)
		var tokens struct {
			Access string `json:"access_token"`
		}
		order(t, s.url+"/api/v2/auth/token", "", map[string]any{"api_key": seeded.Accounts[0].APIKey, "api_secret": seeded.Accounts[0].APISecret}, &tokens)
		must(t, here, "legacy", "import")
		if out := must(t, here, "legacy", "import", "--verify"); !strings.Contains(out, " 0 differences; ") {
			t.Errorf("verify printed %s", out)
		}
		status := func(url string) int {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v2/account", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+tokens.Access)
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			return response.StatusCode
		}
		another := serve(t, here)
		if got := []int{status(s.url), status(another.url)}; got[0] != 200 || got[1] != 200 {
			t.Errorf("a token from before is answered with %v", got)
		}
	})
}
