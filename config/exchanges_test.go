package config

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestExchanges reads a list from a file and from the environment, and secrets
// from all places.
func TestExchanges(t *testing.T) {
	t.Parallel()
	file := source(t, "gateway.yaml", `
exchanges:
  - public_id: 26
    url: https://ix.example.net/api/v2
    api_key_file: testdata/database
    auth: oauth2
    token_url: https://login.example.net/token
    contacts: {NOC: c1}
    role_assignments: [r1, r2]
    as_set: AS-EXAMPLE
    irr: RIPE
    poll_interval: 1m
  - {public_id: "31", url: "http://localhost:1/api/v2", api_key: planted-key, api_secret: planted-secret}
`)
	c := load(t, Options{Environ: []string{file, "PROVISION_GATEWAY_EXCHANGE_26_API_SECRET=planted-secret"}})
	if len(c.Exchanges) != 2 {
		t.Fatalf("%+v", c.Exchanges)
	}
	a, b := c.Exchanges[0], c.Exchanges[1]
	if a.PublicID != 26 || a.Auth != AuthOAuth2 || a.Key.Reveal() == "" || a.Secret.Reveal() != "planted-secret" || a.Contacts["noc"] != "c1" || len(a.RoleAssignments) != 2 || a.Poll != time.Minute {
		t.Errorf("%+v", a)
	}
	if b.PublicID != 31 || b.Auth != AuthJWT || b.Key.Reveal() != "planted-key" || b.Poll != 5*time.Minute || b.Timeout != 20*time.Second {
		t.Errorf("%+v", b)
	}
	var printed bytes.Buffer
	if err := c.WriteYAML(&printed); err != nil {
		t.Fatal(err)
	}
	if text := printed.String() + shown(t, c); strings.Contains(text, "planted") || !strings.Contains(text, `"api_secret":"<secret>"`) || !strings.Contains(text, `"poll_interval":"1m0s"`) {
		t.Errorf("printed as %s", text)
	}
	again := load(t, Options{Environ: []string{source(t, "printed.yaml", printed.String())}})
	if diff := cmp.Diff(shown(t, c), shown(t, again)); diff != "" {
		t.Errorf("after a round trip (-before +after):\n%s", diff)
	}
	env := load(t, Options{Environ: []string{`PROVISION_GATEWAY_EXCHANGES=[{"public_id":26,"url":"https://ix.example.net","api_key":"k","api_secret":"s","timeout":"3s"}]`}})
	if len(env.Exchanges) != 1 || env.Exchanges[0].PublicID != 26 || env.Exchanges[0].Timeout != 3*time.Second {
		t.Errorf("%+v", env.Exchanges)
	}
}
