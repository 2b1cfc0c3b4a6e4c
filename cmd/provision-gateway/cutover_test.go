package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/comparison"
)

// TestCutOver leads scripts from an original server to this program, by the
// commands of docs/migration-guide.md and in its order. The original is another
// gateway with its own data and its own keys, behind a lens that makes it differ
// from itself and from this program. The scripts never see a byte that is not the
// original's, and no request of theirs fails.
func TestCutOver(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		c := newCutOver(t, environ)
		c.passThrough()
		c.importAll()
		c.shadow()
		c.mend()
		c.verify()
		c.local()
	})
}

// cutOver is a move from one server to another.
type cutOver struct {
	t *testing.T
	// environ is that of the gateway, and behind the server that is the original.
	environ []string
	behind  *server
	first   *lens
	gateway *server
	scripts *scripts
	// guide are the commands of the guide.
	guide [][]string
	// requests is how many are compared.
	requests int
}

func newCutOver(t *testing.T, environ []string) *cutOver {
	t.Helper()
	theirs, _ := onSQLite(t)
	c := &cutOver{t: t, environ: environ, behind: serve(t, theirs, "--demo"), requests: cutOverRequests}
	c.first, c.guide = startLens(t, c.behind.url), documentedCommands(t, "../../docs/migration-guide.md")
	key := mustJSON[credential](t, theirs, "key", "add", "script", "--allow", "read,write,secrets")
	own := mustJSON[credential](t, theirs, "key", "add", "gateway", "--allow", "read,write,mail,device,secrets")
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c.environ = append(c.environ,
		"PROVISION_GATEWAY_OWN_ASNS=64500", "PROVISION_GATEWAY_LEGACY_URL="+c.first.URL+"/6c_1/api/v1/api.php",
		"PROVISION_GATEWAY_LEGACY_API_KEY="+own.APIKey, "PROVISION_GATEWAY_LEGACY_API_SECRET_FILE="+file(own.SecretKey),
		"PROVISION_GATEWAY_LEGACY_MODES=*=legacy", "PROVISION_GATEWAY_LEGACY_QUEUE="+strconv.Itoa(2*c.requests),
		"PROVISION_GATEWAY_LEGACY_NOISE=20", "PROVISION_GATEWAY_LEGACY_VERDICT_DAYS=0", "PROVISION_GATEWAY_LEGACY_VERDICT_MATCHES=20",
		"PROVISION_GATEWAY_LOG_LEVEL=warn", "PROVISION_GATEWAY_IXAPI_ENABLED=false")
	c.command("key", "add", "script", "--allow", "read,write,mail,device,secrets", "--key", key.APIKey, "--secret-file", file(key.SecretKey))
	c.gateway = serve(t, c.environ)
	c.scripts = &scripts{t: t, key: key, url: c.gateway.url, first: c.first}
	return c
}

// command runs a command of the guide, which has to succeed.
func (c *cutOver) command(args ...string) string {
	c.t.Helper()
	if !c.guided(args) {
		c.t.Errorf("the guide knows no command like %v", args)
	}
	r := run(c.t, c.environ, args...)
	if r.code != exitOK {
		c.t.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
	}
	return r.stdout
}

// guided reports whether the guide has a command of the same name and with the
// same flags.
func (c *cutOver) guided(args []string) bool {
	name := func(args []string) string {
		command, rest, err := (&Program{}).root().Find(args)
		if err != nil {
			return ""
		}
		out := command.CommandPath()
		for _, word := range rest {
			if flag, _, _ := strings.Cut(word, "="); strings.HasPrefix(flag, "--") {
				out += " " + flag
			}
		}
		return out
	}
	return slices.ContainsFunc(c.guide, func(documented []string) bool { return name(documented) == name(args) })
}

// passThrough puts the gateway in front of the original.
func (c *cutOver) passThrough() {
	c.t.Helper()
	c.scripts.askAll(c.t.Context(), append(questions(100),
		"target=ipam&action=get&type=IP&mask=24", "target=peering&action=getPeers&public_id=99999", "", "target=peering"))
	c.scripts.write("target=peering&action=addSession&public_id=1&peer_asn=64497&peer_ipaddr=192.0.2.97&source_ipaddr=192.0.2.64&note=a%26b", "")
	c.scripts.write("target=lir&action=add&meta[name]=Third&meta[type]=entry&meta[section]=lir&fields[rir][]=RIPE&fields[asn][]=64500"+
		"&fields[mnt-by][]=THIRD-MNT&fields[mnt-by-password][]=planted-mnt-secret", "")
	c.scripts.write("target=peering&action=updatePeer&participant_id=3&public_id=1&request_status=accepted", "")
	c.first.noise.Store(true)
	c.scripts.askAll(c.t.Context(), questions(100))
}

// importAll copies the original; a second run finds nothing to do.
func (c *cutOver) importAll() {
	c.t.Helper()
	c.first.noise.Store(false)
	c.command("legacy", "import")
	again := c.command("legacy", "import")
	if strings.Contains(again, "planted-mnt-secret") {
		c.t.Error("the import shows a secret")
	}
	c.command("legacy", "import", "--verify")
	c.first.noise.Store(true)
}

// shadow compares 10,000 requests, 100 of which the original answers otherwise.
func (c *cutOver) shadow() {
	c.t.Helper()
	for _, action := range readActions {
		c.command("legacy", "mode", "set", action, "shadow")
	}
	begin()
	asked := questions(c.requests)
	expected := c.first.plantAll(asked, 100)
	c.scripts.askAll(c.t.Context(), asked)
	report := c.settled(c.requests)
	found, sum := map[string]int{}, comparison.ActionReport{}
	for _, a := range report.Actions {
		for _, d := range a.Differences {
			found[a.Action+" "+d.Path+" "+d.Kind] += int(d.Count)
		}
		sum.Requests += a.Requests
		sum.Mismatched += a.Mismatched
		sum.OwnErrors += a.OwnErrors
		sum.OriginalErrors += a.OriginalErrors
		sum.Dropped += a.Dropped
		sum.Matched += a.Matched
		sum.Noisy += a.Noisy
		sum.Unsettled += a.Unsettled
	}
	c.t.Logf("compared: %+v", sum)
	if diff := cmp.Diff(expected, found); diff != "" {
		c.t.Errorf("planted and found differences (-planted +found):\n%s", diff)
	}
	if sum.Mismatched != 100 || sum.OwnErrors+sum.OriginalErrors+sum.Dropped != 0 {
		c.t.Errorf("of %d requests: %+v", c.requests, sum)
	}
	// A mood is seen in a tenth of all requests and more, and it is known as one
	// before long.
	if sum.Noisy < int64(c.requests)/20 || sum.Unsettled > int64(c.requests)/5 {
		c.t.Errorf("the original's moods: %d noisy and %d unsettled of %d", sum.Noisy, sum.Unsettled, c.requests)
	}
	fails(c.t, c.environ, exitFailure, "is failing", "legacy", "report", "--check")
	if text := c.command("legacy", "report", "--samples", "peering.getPeers"); strings.Contains(text, "planted-mnt-secret") || !strings.Contains(text, "$.data[*].planted") {
		c.t.Errorf("the report:\n%s", text)
	}
}

// begin waits for the time from which a report counts after a mode has changed:
// results are kept by ten seconds.
func begin() {
	const slot = 10 * time.Second
	now := time.Now()
	time.Sleep(now.Truncate(slot).Add(slot).Sub(now))
}

// settled waits until so many requests have been compared.
func (c *cutOver) settled(requests int) comparison.Report {
	c.t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		report := mustJSON[comparison.Report](c.t, c.environ, "legacy", "report")
		done := int64(0)
		for _, a := range report.Actions {
			done += a.Compared + a.OwnErrors + a.OriginalErrors + a.Dropped
		}
		if done >= int64(requests) {
			return report
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("only %d of %d requests were compared: %+v", done, requests, report)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// mend takes the differences away, and shows that there are none left.
func (c *cutOver) mend() {
	c.t.Helper()
	c.first.mend()
	c.command(append([]string{"legacy", "anew", "--reason", "mended"}, readActions...)...)
	begin()
	c.scripts.askAll(c.t.Context(), questions(300))
	c.settled(300)
	c.command(append([]string{"legacy", "report", "--check"}, readActions...)...)
}

// verify answers more and more here, while the original is asked beside it.
func (c *cutOver) verify() {
	c.t.Helper()
	for _, share := range []string{"25", "100"} {
		for _, action := range readActions {
			c.command("legacy", "mode", "set", action, "verify", "--share", share)
		}
		c.command(append([]string{"legacy", "anew", "--reason", share + " percent are answered here"}, readActions...)...)
		begin()
		c.scripts.askAll(c.t.Context(), questions(300))
		c.settled(300)
		c.command(append([]string{"legacy", "report", "--check"}, readActions...)...)
	}
}

// local copies what changed last, moves the writes, and does without the original.
func (c *cutOver) local() {
	c.t.Helper()
	c.first.noise.Store(false)
	c.scripts.write("target=peering&action=updateSession&id=1&note=last", "")
	c.command("legacy", "import")
	c.command("legacy", "import", "--verify")
	for _, action := range readActions {
		c.command("legacy", "mode", "unset", action)
	}
	c.command("legacy", "mode", "set", "*", "local", "--reason", "cut over")
	c.first.Close()
	c.first.mu.Lock()
	clear(c.first.given)
	c.first.mu.Unlock()
	c.scripts.askAll(c.t.Context(), questions(200))
	// The server behind the lens goes on living as the original would have: it must
	// say the same, the ids of what is new included.
	for _, asked := range []string{
		"target=peering&action=addSession&public_id=1&peer_asn=64498&peer_ipaddr=192.0.2.98&source_ipaddr=192.0.2.64",
		"target=peering&action=updateSession&id=1&note=after&prfx_max=77",
		"target=lir&action=add&meta[name]=Fourth&meta[type]=entry&meta[section]=lir&fields[rir][]=RIPE&fields[asn][]=64500",
		"target=peering&action=updatePeer&participant_id=4&public_id=1&qualified=0",
		"target=peering&action=deleteSession&peer_ipaddr=192.0.2.97",
		"target=resource&action=add&meta[name]=Rack&meta[type]=rack",
	} {
		c.scripts.write(asked, c.behind.url)
	}
	c.t.Logf("%d requests of scripts, none of which failed or changed", c.scripts.asked.Load())
}
