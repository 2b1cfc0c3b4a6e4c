package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/comparison"
)

// compared starts a gateway in front of another one that plays the original, both
// with the demo network.
func compared(t *testing.T, environ []string, settings ...string) (front *server, all []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "original.db")
	original := serve(t, []string{"PROVISION_GATEWAY_DATABASE=sqlite:" + path}, "--demo")
	all = append(append([]string{}, environ...), "PROVISION_GATEWAY_LEGACY_URL="+original.url+"/api/v1/api.php")
	for _, s := range settings {
		all = append(all, "PROVISION_GATEWAY_LEGACY_"+s)
	}
	return serve(t, all, "--demo"), all
}

func actionOf(t *testing.T, r comparison.Report, action string) comparison.ActionReport {
	t.Helper()
	i := slices.IndexFunc(r.Actions, func(a comparison.ActionReport) bool { return a.Action == action })
	if i < 0 {
		t.Fatalf("%s is not in the report: %+v", action, r)
	}
	return r.Actions[i]
}

func TestLegacyReport(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		front, environ := compared(t, environ, "MODES=peering.getPeers=shadow,peering.getSessions=verify,lir.get=shadow", "VERDICT_MATCHES=10", "VERDICT_DAYS=0", "NOISE=10")
		// Only one side changes: what was the same is not.
		for range 12 {
			front.get("target=peering&action=getPeers&public_id=1")
			front.get("target=peering&action=getSessions")
		}
		if a := front.get("target=peering&action=addSession&source_asn=64500&peer_asn=64496&public_id=1&peer_ipaddr=198.51.100.77&password=planted-secret"); a.Success != 1 {
			t.Fatalf("addSession: %+v", a)
		}
		front.get("target=peering&action=getSessions")
		if code := front.end(); code != exitOK {
			t.Fatalf("exit code %d: %s", code, front.log.String())
		}
		report := mustJSON[comparison.Report](t, environ, "legacy", "report", "--samples")
		peers, sessions := actionOf(t, report, "peering.getPeers"), actionOf(t, report, "peering.getSessions")
		if peers.Requests != 12 || peers.Matched != 12 || peers.Mode != "shadow" || peers.Verdict != comparison.Ready || peers.Own.P99 <= 0 || peers.Original.P50 <= 0 {
			t.Errorf("%+v", peers)
		}
		if sessions.Requests != 13 || sessions.Matched != 12 || sessions.Mismatched != 1 || sessions.Mode != "verify" || sessions.Verdict != comparison.Failing {
			t.Errorf("%+v", sessions)
		}
		if len(sessions.Differences) == 0 || sessions.Differences[0].Sample == nil || !strings.Contains(sessions.Differences[0].Sample.Query, "getSessions") {
			t.Errorf("differences %+v", sessions.Differences)
		}
		if lirs := actionOf(t, report, "lir.get"); lirs.Verdict != comparison.NotYet || lirs.Why != "0 of 10 matches" {
			t.Errorf("%+v", lirs)
		}
		for _, args := range [][]string{{}, {"--format", "json"}, {"--samples"}, {"--samples", "--format", "json", "peering.getSessions"}} {
			text := must(t, environ, append([]string{"legacy", "report"}, args...)...)
			if !strings.Contains(text, "peering.getSessions") || !strings.Contains(text, "failing") || strings.Contains(text, "planted-secret") {
				t.Errorf("%v: %s", args, text)
			}
		}
		must(t, environ, "legacy", "report", "--check", "peering.getPeers", "--since", "2h")
		fails(t, environ, exitFailure, "peering.getSessions is failing: 1 mismatches", "legacy", "report", "--check")
		fails(t, environ, exitFailure, "lir.get is not yet: 0 of 10 matches", "legacy", "report", "--check", "lir.get")
	})
}

func TestLegacyReportOfRules(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	write := func(expires string) {
		t.Helper()
		text := "- name: hand-kept\n  action: peering.getSessions\n  path: $.data\n  rule: ignore\n  reason: sessions are kept up by hand\n  expires: " + expires + "\n" +
			"- {action: peering.getSessions, path: $.message, rule: ignore, reason: it counts, expires: 2099-01-01}\n"
		if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("2099-01-01")
	front, environ := compared(t, environ, "MODES=peering.getSessions=verify", "VERDICT_MATCHES=1", "VERDICT_DAYS=0", "RULES="+rules)
	if a := front.get("target=peering&action=addSession&source_asn=64500&peer_asn=64496&public_id=1&peer_ipaddr=198.51.100.77"); a.Success != 1 {
		t.Fatalf("addSession: %+v", a)
	}
	front.get("target=peering&action=getSessions")
	front.end()
	if a := actionOf(t, mustJSON[comparison.Report](t, environ, "legacy", "report"), "peering.getSessions"); a.Ignored != 1 || a.Verdict != comparison.Ready {
		t.Errorf("%+v", a)
	}
	must(t, environ, "legacy", "report", "--check")
	write("2020-01-01")
	fails(t, environ, exitFailure, `rule "hand-kept" for peering.getSessions at $.data expired on 2020-01-01`, "legacy", "report", "--check")
	if text := must(t, environ, "legacy", "report"); !strings.Contains(text, "## Expired rules") || !strings.Contains(text, "kept up by hand") {
		t.Error(text)
	}
	if err := os.WriteFile(rules, []byte("- action: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, environ, exitFailure, "legacy.rules: "+rules, "config", "check")
	fails(t, environ, exitFailure, "legacy.rules: "+rules, "serve")
}

func TestLegacyReportRefuses(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	must(t, environ, "migrate", "up")
	if text := must(t, environ, "legacy", "report"); !strings.Contains(text, "Nothing was compared.") {
		t.Error(text)
	}
	must(t, environ, "legacy", "report", "--check")
	for _, since := range []string{"x", "0d", "-1h", "d", "1.5d", "99999d"} {
		fails(t, environ, exitUsage, "is not a time span", "legacy", "report", "--since", since)
	}
	fails(t, environ, exitUsage, `"xml" is neither`, "legacy", "report", "--format", "xml")
	fails(t, environ, exitUsage, `no action "peering.getNothing"`, "legacy", "report", "peering.getNothing")
}
