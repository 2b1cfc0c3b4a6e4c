package main

import (
	"strings"
	"testing"

	"provision-gateway/backends/comparison"
)

// A script that writes through the gateway and reads it back sees what it wrote
// while reads are in verify, and the commands say why nothing is compared, until an
// import.
func TestLegacyStale(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		original, _ := onSQLite(t)
		first := serve(t, original, "--demo")
		environ = append(environ, "PROVISION_GATEWAY_OWN_ASNS=64500", "PROVISION_GATEWAY_LEGACY_URL="+first.url+"/api/v1/api.php",
			"PROVISION_GATEWAY_LEGACY_MODES=*=legacy,peering.getSessions=verify,peering.getRequests=shadow,lir.get=verify",
			"PROVISION_GATEWAY_LEGACY_VERDICT_DAYS=0")
		must(t, environ, "migrate", "up")
		must(t, environ, "legacy", "import")
		front := serve(t, environ)
		const written = "192.0.2.171"
		read := func() string { return string(front.get("target=peering&action=getSessions").Data) }
		if strings.Contains(read(), written) {
			t.Fatal("the session is there before it is added")
		}
		if a := front.get("target=peering&action=addSession&public_id=1&peer_asn=64497&peer_ipaddr=" + written + "&source_ipaddr=192.0.2.64"); a.Success != 1 {
			t.Fatalf("addSession: %+v", a)
		}
		if !strings.Contains(read(), written) {
			t.Error("what was written is not read")
		}
		staleActions := func() (found string) {
			for _, l := range mustJSON[[]modeLine](t, environ, "legacy", "mode", "list") {
				if l.Stale != nil {
					found += l.Action + " "
				}
			}
			return found
		}
		const all = "peering.getCommunications peering.getPeers peering.getRequests peering.getSessions "
		if got := staleActions(); got != all {
			t.Errorf("stale are %s", got)
		}
		if table := must(t, environ, "legacy", "mode", "list"); strings.Count(table, ": import\n") != 4 || !strings.Contains(table, "stale since 20") {
			t.Error(table)
		}
		set := run(t, environ, "legacy", "mode", "set", "peering.getPeers", "local")
		for _, want := range []string{"warning: peering.getPeers is answered here, and stale since", "warning: peering.getPeers is answered here while writes go to the original"} {
			if set.code != exitOK || !strings.Contains(set.stderr, want) {
				t.Errorf("no %q in %s", want, set.stderr)
			}
		}
		must(t, environ, "legacy", "import")
		if got := staleActions(); got != "" {
			t.Errorf("stale after an import: %s", got)
		}
		if !strings.Contains(read(), written) {
			t.Error("what was written is not read after an import")
		}
		if set := run(t, environ, "legacy", "mode", "set", "*", "local"); set.code != exitOK || strings.Contains(set.stderr, "warning") {
			t.Errorf("writes are local: %s", set.stderr)
		}
		front.end()
		sessions := actionOf(t, mustJSON[comparison.Report](t, environ, "legacy", "report"), "peering.getSessions")
		if sessions.Stale != 1 || sessions.Mismatched != 0 || sessions.StaleSince != nil {
			t.Errorf("%+v", sessions)
		}
		if text := must(t, environ, "legacy", "report"); !strings.Contains(text, "1 requests could not match") {
			t.Error(text)
		}
	})
}
