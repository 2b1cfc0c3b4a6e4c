package main

import (
	"strconv"
	"strings"
	"testing"
)

// Who answers is set, listed, logged and unset by commands, and the gateway that
// runs follows.
func TestLegacyMode(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		first := serve(t, append([]string{}, environ...), "--demo")
		behind, _ := onSQLite(t)
		behind = append(behind, "PROVISION_GATEWAY_LEGACY_URL="+first.url+"/api/v1/api.php", "PROVISION_GATEWAY_LEGACY_MODES=peering.*=legacy")
		second := serve(t, behind)
		ask := func(s *server) string {
			a := s.get("target=peering&action=getPeers&public_id=1")
			return a.Message + string(a.Data)
		}
		theirs := ask(first)
		if got := ask(second); got != theirs || !strings.Contains(got, " peers found.") {
			t.Fatalf("passed on: %s\nthe original: %s", got, theirs)
		}
		set := run(t, behind, "legacy", "mode", "set", "peering.getPeers", "local", "--by", "ann", "--reason", "proof seen")
		if set.code != exitOK || !strings.Contains(set.stderr, "while writes go to the original") {
			t.Fatalf("exit code %d: %s", set.code, set.stderr)
		}
		if got := ask(second); got != "No peers found." {
			t.Errorf("local: %s", got)
		}
		must(t, behind, "legacy", "mode", "set", "peering.getPeers", "verify", "--share", "5", "--by", "ann")
		lines := map[string]modeLine{}
		for _, l := range mustJSON[[]modeLine](t, behind, "legacy", "mode", "list") {
			lines[l.Action] = l
		}
		for action, want := range map[string]string{
			"peering.getPeers": "verify 5 stored peering.getPeers ann", "peering.getSessions": "legacy 100 configured peering.* ",
			"lir.get": "local 100 default * ", "peering.*": "legacy 100 configured peering.* ",
		} {
			l := lines[action]
			if got := strings.Join([]string{l.Mode, strconv.Itoa(l.Share), l.From, l.Pattern, l.By}, " "); got != want {
				t.Errorf("%s: %s, want %s", action, got, want)
			}
		}
		if table := must(t, behind, "legacy", "mode", "list"); !strings.Contains(table, "configured for peering.*") {
			t.Error(table)
		}
		must(t, behind, "legacy", "mode", "unset", "peering.getPeers", "--by", "bob")
		if got := ask(second); got != theirs {
			t.Errorf("configured again: %s", got)
		}
		var changes []string
		for _, c := range mustJSON[[]modeChangeLine](t, behind, "legacy", "mode", "log") {
			changes = append(changes, c.Action+" "+c.From+" "+c.To+" "+c.By+" "+c.Reason)
		}
		want := "peering.getPeers verify:5 configured bob ; peering.getPeers local:100 verify:5 ann ; peering.getPeers configured local:100 ann proof seen"
		if got := strings.Join(changes, "; "); got != want {
			t.Errorf("log: %s", got)
		}
	})
}

func TestLegacyModeRefuses(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	must(t, environ, "migrate", "up")
	fails(t, environ, exitFailure, "legacy.url is not set", "legacy", "mode", "set", "lir.get", "shadow")
	fails(t, environ, exitFailure, "mode verify with share 5", "legacy", "mode", "set", "lir.get", "local", "--share", "5")
	must(t, environ, "legacy", "mode", "set", "lir.get", "local")
	environ = append(environ, "PROVISION_GATEWAY_LEGACY_URL=https://provision.example/api/v1/api.php")
	fails(t, environ, exitUsage, `"shade" is none of`, "legacy", "mode", "set", "lir.get", "shade")
	fails(t, environ, exitFailure, "would be done twice", "legacy", "mode", "set", "lir.add", "shadow")
	fails(t, environ, exitFailure, "would be done twice", "legacy", "mode", "set", "peering.configureSession", "verify")
	fails(t, environ, exitFailure, "moved as a whole", "legacy", "mode", "set", "lir.add", "local", "--share", "50")
	fails(t, environ, exitFailure, "not between 1 and 100", "legacy", "mode", "set", "lir.get", "verify", "--share", "0")
	fails(t, environ, exitFailure, "name the action", "legacy", "mode", "set", "peering.*", "shadow")
	fails(t, environ, exitFailure, "not of the form", "legacy", "mode", "set", "getPeers", "legacy")
}
