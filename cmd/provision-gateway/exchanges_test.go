package main

import (
	"fmt"
	"strings"
	"testing"

	"provision-gateway/backends/exchange"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/modelstest"
)

// TestExchangeCheck asks exchanges that know us, do not, and cannot be asked.
func TestExchangeCheck(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	if out := must(t, environ, "exchange", "check", "--json"); out != "[]\n" {
		t.Errorf("none bound: %q", out)
	}
	service := ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], nil), nil)
	service.Objects.Interval = 0
	lan, stranger := service.Join(t), service.Member("Stranger")
	entry := func(public int, url, key, secret string) string {
		return fmt.Sprintf(`{"public_id":%d,"url":%q,"api_key":%q,"api_secret":%q,"network_service":"ns:demo"}`, public, url, key, secret)
	}
	base := service.Server.URL + "/api/v2"
	known := append(environ, "PROVISION_GATEWAY_EXCHANGES=["+entry(7, base, lan.Key, lan.Secret)+"]")
	reports := mustJSON[[]exchange.Report](t, known, "exchange", "check")
	if len(reports) != 1 || reports[0].Account != lan.Account || len(reports[0].LANs) != 1 || len(reports[0].LANs[0].RouteServers) != 2 ||
		reports[0].LANs[0].Connections[0].ID != lan.Config || len(reports[0].LANs[0].Connections[0].Addresses) != 2 {
		t.Errorf("%+v", reports)
	}
	out := must(t, known, "exchange", "check")
	for _, text := range []string{"7: account " + lan.Account, "ns:demo Example Exchange LAN, route servers: [rs1 rs2]", lan.Config + ": error, AS numbers [64496], addresses [", lan.IPv4} {
		if !strings.Contains(out, text) {
			t.Errorf("%q is missing from\n%s", text, out)
		}
	}
	all := append(environ, "PROVISION_GATEWAY_EXCHANGES=["+strings.Join([]string{
		entry(7, base, lan.Key, lan.Secret), entry(8, base, stranger.Key, stranger.Secret), entry(9, base, lan.Key, "planted-secret"), entry(10, "http://127.0.0.1:1", "k", "planted-secret"),
	}, ",")+"]")
	r := run(t, all, "exchange", "check")
	if r.code != exitFailure || !strings.HasPrefix(r.stdout, "7: ") || strings.Contains(r.stdout+r.stderr, "planted") || strings.Contains(r.stdout+r.stderr, lan.Secret) {
		t.Errorf("%+v", r)
	}
	for _, text := range []string{"exchange 8: no connection", "exchange 9: POST /auth/token: ", "exchange 10: POST /auth/token: "} {
		if !strings.Contains(r.stderr, text) {
			t.Errorf("%q is missing from\n%s", text, r.stderr)
		}
	}
	fails(t, environ, exitUsage, "needs a command: check", "exchange")
	fails(t, append(environ, `PROVISION_GATEWAY_EXCHANGES=[{"public_id":1,"url":"http://ix.example.net"}]`), exitFailure, "exchanges[0].url: ", "exchange", "check")
}
