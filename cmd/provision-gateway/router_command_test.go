package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"provision-gateway/backends/router/routertest"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// desk is where commands are given while a gateway runs on the same database.
type desk struct {
	t       *testing.T
	environ []string
	gateway *server
	lab     *routertest.Lab
}

// newDesk starts a gateway that does nothing by itself.
func newDesk(t *testing.T, environ []string, lab *routertest.Lab, settings ...string) *desk {
	t.Helper()
	environ = append(append([]string{"PROVISION_GATEWAY_ROUTER_POLL_INTERVAL=0"}, environ...), settings...)
	return &desk{t, environ, serve(t, environ), lab}
}

// query writes parameters of fields[…], given as pairs.
func fieldsQuery(pairs ...string) (query string) {
	for i := 0; i < len(pairs); i += 2 {
		query += "&fields[" + pairs[i] + "][]=" + url.QueryEscape(pairs[i+1])
	}
	return query
}

// added sends a request that adds something, and returns its id.
func (d *desk) added(query string) string {
	d.t.Helper()
	var added struct{ ID int }
	decode(d.t, d.gateway.succeeds(query).Data, &added)
	return fmt.Sprint(added.ID)
}

// router adds a router with the fields given as pairs.
func (d *desk) router(name string, pairs ...string) string {
	d.t.Helper()
	return d.added("target=resource&action=add&meta[type]=entry&meta[section]=router&meta[name]=" + url.QueryEscape(name) + fieldsQuery(pairs...))
}

// labRouter adds the router of the lab, but not its key.
func (d *desk) labRouter(name string, more ...string) string {
	d.t.Helper()
	return d.router(name, append([]string{"platform", "frrouting", "host", d.lab.Host, "port", fmt.Sprint(d.lab.Port),
		"username", d.lab.Username, "password", d.lab.Password, "local-address", d.lab.LocalIPv4.String()}, more...)...)
}

// fails runs a command that has to fail with one line on standard error and
// nothing on standard output, and without a secret.
func (d *desk) fails(code int, text string, args ...string) {
	d.t.Helper()
	failsInOneLine(d.t, d.environ, code, text, args...)
	if d.lab != nil && strings.Contains(run(d.t, d.environ, args...).stderr, d.lab.Password) {
		d.t.Errorf("%v shows the password", args)
	}
}

func failsInOneLine(t *testing.T, environ []string, code int, text string, args ...string) {
	t.Helper()
	r := run(t, environ, args...)
	if r.code != code || r.stdout != "" || !strings.HasPrefix(r.stderr, "provision-gateway: ") || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, text) {
		t.Errorf("%v: exit code %d, want %d with %q; said %q, %q", args, r.code, code, text, r.stdout, r.stderr)
	}
}

// otherKey is the host key of some other machine.
func otherKey(t *testing.T) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func fingerprint(t *testing.T, key string) string {
	t.Helper()
	f, err := sessions.Fingerprint(key)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// listed is the line of a router in the list.
func (d *desk) listed(id string) routerLine {
	d.t.Helper()
	for _, line := range mustJSON[[]routerLine](d.t, d.environ, "router", "list") {
		if fmt.Sprint(line.ID) == id {
			return line
		}
	}
	d.t.Fatalf("router %s is not listed", id)
	return routerLine{}
}

func TestRouterTrust(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	onEach(t, func(t *testing.T, environ []string) {
		d := newDesk(t, environ, lab)
		shown, other := fingerprint(t, lab.HostKey()), otherKey(t)
		id := d.labRouter("Edge ÄR1")
		if line := d.listed(id); line.state() != "no host key: provision-gateway router trust "+id || line.Fingerprint != "" {
			t.Errorf("before: %+v", line)
		}
		d.fails(exitFailure, "no host key is stored", "sessions", "discover", id)
		d.fails(exitFailure, "shows the key "+shown+", not SHA256:other", "router", "trust", id, "--fingerprint", "SHA256:other")
		d.fails(exitFailure, "not "+fingerprint(t, other), "router", "trust", id, "--fingerprint", fingerprint(t, other), "--replace")
		if line := d.listed(id); line.Fingerprint != "" {
			t.Errorf("a key with another fingerprint was stored: %+v", line)
		}
		if out := must(t, d.environ, "router", "trust", id, "--fingerprint", shown); out != "Router Edge ÄR1 is trusted with the key "+shown+".\n" {
			t.Errorf("trust says %q", out)
		}
		if line := d.listed(id); line.Fingerprint != shown || line.state() != "yes" || line.Name != "Edge ÄR1" || line.Host != lab.Host || line.Platform != "frrouting" || line.Username != lab.Username {
			t.Errorf("after: %+v", line)
		}
		// By every name, and again.
		for _, word := range []string{id, "edge äR1", models.Slugify("Edge ÄR1")} {
			if trusted := mustJSON[sessions.HostKey](t, d.environ, "router", "trust", word); trusted.Key != lab.HostKey() || trusted.Fingerprint != shown {
				t.Errorf("%q: %+v", word, trusted)
			}
		}
		must(t, d.environ, "sessions", "discover", id)

		d.gateway.succeeds("target=resource&action=update&meta[type]=entry&meta[id]=" + id + fieldsQuery("host-key", other))
		if line := d.listed(id); line.Fingerprint != fingerprint(t, other) {
			t.Errorf("with another key: %+v", line)
		}
		for _, more := range [][]string{nil, {"--fingerprint", shown}} {
			d.fails(exitFailure, "another one is stored: make sure that it was changed on purpose", append([]string{"router", "trust", id}, more...)...)
		}
		d.fails(exitFailure, ", not "+fingerprint(t, other), "router", "trust", id, "--replace", "--fingerprint", fingerprint(t, other))
		if line := d.listed(id); line.Fingerprint != fingerprint(t, other) {
			t.Errorf("the key was replaced without being asked to: %+v", line)
		}
		must(t, d.environ, "router", "trust", id, "--replace", "--fingerprint", shown)
		if line := d.listed(id); line.Fingerprint != shown {
			t.Errorf("replaced: %+v", line)
		}
		for _, out := range []string{must(t, d.environ, "router", "list"), must(t, d.environ, "router", "list", "--json"), d.gateway.log.String()} {
			if strings.Contains(out, lab.Password) {
				t.Errorf("the password is shown: %s", out)
			}
		}
	})
}

// TestRouterTrustNewKey has the router itself change its key.
func TestRouterTrustNewKey(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	environ, _ := onSQLite(t)
	d := newDesk(t, environ, lab)
	id := d.labRouter("ar1")
	must(t, d.environ, "router", "trust", "ar1")
	must(t, d.environ, "sessions", "discover", "ar1")
	before := fingerprint(t, lab.HostKey())
	lab.ChangeHostKey(t)
	after := fingerprint(t, lab.HostKey())
	d.fails(exitFailure, "Router ar1 is not trusted: its host key has changed from "+before+" to "+after, "sessions", "discover", "ar1")
	d.fails(exitFailure, "another one is stored", "router", "trust", "ar1")
	d.fails(exitFailure, "shows the key "+after+", not "+before, "router", "trust", "ar1", "--replace", "--fingerprint", before)
	if line := d.listed(id); line.Fingerprint != before {
		t.Errorf("listed: %+v", line)
	}
	must(t, d.environ, "router", "trust", "ar1", "--replace", "--fingerprint", after)
	must(t, d.environ, "sessions", "discover", "ar1")
	lab.KillSSH(t)
	d.fails(exitFailure, "Router ar1 ", "router", "trust", "ar1")
	d.fails(exitFailure, "Router ar1 ", "sessions", "refresh", "ar1")
	if line := d.listed(id); line.Fingerprint != after || line.state() != "yes" {
		t.Errorf("listed: %+v", line)
	}
}

func TestRouterNames(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		d := newDesk(t, environ, nil)
		if out := must(t, d.environ, "router", "list", "--json"); out != "[]\n" {
			t.Errorf("no routers are %q", out)
		}
		if out := must(t, d.environ, "router", "list"); strings.Count(out, "\n") != 1 {
			t.Errorf("no routers are %q", out)
		}
		first := d.router("Core")
		second := d.router("core")
		third := d.router(first)
		// What names a router stands in the error that follows.
		for word, says := range map[string]string{
			"nowhere": `there is no router "nowhere"`, "": `there is no router ""`, "0": `there is no router "0"`, "99999": `there is no router "99999"`,
			"CORE": `there are 2 routers "CORE": name one by its number`,
			first:  "Router Core has no host", second: "Router core has no host", third: "Router " + first + " has no host", "core-2": "Router core has no host",
		} {
			for _, command := range [][]string{{"router", "trust", word}, {"sessions", "discover", word}, {"sessions", "refresh", word}} {
				if word != "" || command[1] != "refresh" {
					d.fails(exitFailure, says, command...)
				}
			}
		}
	})
}

// TestRouterList says of each router what it lacks.
func TestRouterList(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	d := newDesk(t, environ, nil)
	const secret = "planted-router-password"
	key := otherKey(t)
	for _, tc := range []struct {
		name   string
		fields []string
		says   string
	}{
		{"bare", nil, "Router bare has no host"},
		{"no platform", []string{"host", "192.0.2.1", "password", secret}, "Router no platform has no platform that is known: one of "},
		{"no key", []string{"host", "192.0.2.1", "platform", "frrouting", "username", "netop", "password", secret}, "no host key: provision-gateway router trust "},
		{"odd key", []string{"host", "192.0.2.1", "platform", "frrouting", "username", "netop", "password", secret, "host-key", "ssh-ed25519 AAAA"}, "the host key cannot be read"},
		{"no user", []string{"host", "192.0.2.1", "platform", "frrouting", "password", secret, "host-key", key}, "no username or password"},
		{"no password", []string{"host", "192.0.2.1", "platform", "frrouting", "username", "netop", "host-key", key}, "no username or password"},
		{"complete", []string{"host", "2001:db8::1", "platform", "juniper_junos", "username", "netop", "password", secret, "host-key", key + "\n" + otherKey(t)}, "yes"},
	} {
		id := d.router(tc.name, tc.fields...)
		if line := d.listed(id); !strings.HasPrefix(line.state(), tc.says) || line.Name != tc.name || line.Ready != (tc.says == "yes") {
			t.Errorf("%s: %+v", tc.name, line)
		}
		if out := must(t, d.environ, "router", "list"); !strings.Contains(out, tc.says) {
			t.Errorf("%s: %s", tc.name, out)
		}
	}
	// Another section's entries are no routers.
	d.added("target=resource&action=add&meta[type]=entry&meta[section]=resource-holder&meta[name]=somebody")
	table := must(t, d.environ, "router", "list")
	if strings.Count(table, "\n") != 8 || strings.Contains(table, "somebody") || strings.Contains(table, secret) {
		t.Errorf("the table is\n%s", table)
	}
	// Without the key file the list cannot be made, and says so.
	d.fails(exitFailure, "does not exist, but the database holds secrets", "router", "list", "--secrets-key-file", t.TempDir()+"/other.key")
}

// TestRouterListJSON holds the names and types of what scripts read.
func TestRouterListJSON(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	d := newDesk(t, environ, nil)
	key := otherKey(t)
	ready := d.router("ready", "host", "192.0.2.1", "platform", "frrouting", "username", "netop", "password", "planted-router-password", "host-key", key)
	bare := d.router("bare", "host", "192.0.2.2", "platform", "arista_eos")
	want := []map[string]any{
		{
			"id": json.Number(ready), "name": "ready", "host": "192.0.2.1", "platform": "frrouting", "username": "netop",
			"fingerprint": fingerprint(t, key), "ready": true, "problem": nil,
		},
		{
			"id": json.Number(bare), "name": "bare", "host": "192.0.2.2", "platform": "arista_eos", "username": "",
			"fingerprint": "", "ready": false, "problem": "no host key: provision-gateway router trust " + bare,
		},
	}
	var got []map[string]any
	decoder := json.NewDecoder(strings.NewReader(must(t, d.environ, "router", "list", "--json")))
	decoder.UseNumber()
	if err := decoder.Decode(&got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

// TestRoutersWithProblems damages what is stored of some routers: they are
// listed with their problem, and all others can be used.
func TestRoutersWithProblems(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	onEach(t, func(t *testing.T, environ []string) {
		d := newDesk(t, environ, lab)
		unopened := d.labRouter("unopened", "host-key", lab.HostKey())
		odd := d.labRouter("odd", "host-key", lab.HostKey())
		good := d.labRouter("good", "host-key", lab.HostKey())
		database, _ := strings.CutPrefix(environ[0], "PROVISION_GATEWAY_DATABASE=")
		raw := modelstest.Raw(t, database)
		for _, damage := range []string{
			"UPDATE secrets SET sealed = 'x' WHERE id = (SELECT secret_id FROM field_values WHERE secret_id IS NOT NULL AND resource_id = " + unopened + ")",
			"UPDATE field_values SET value = 'ssh' WHERE slug = 'port' AND resource_id = " + odd,
		} {
			if _, err := raw.Exec(damage); err != nil {
				t.Fatal(err)
			}
		}
		for id, says := range map[string]string{
			unopened: "router unopened: its password cannot be read: open secret: ", odd: "Router odd has no usable port: ssh", good: "yes",
		} {
			if line := d.listed(id); !strings.HasPrefix(line.state(), says) || line.Ready != (id == good) || line.Host != lab.Host {
				t.Errorf("%s: %+v", says, line)
			}
			if id == good {
				must(t, d.environ, "sessions", "discover", id)
				continue
			}
			for _, command := range [][]string{{"router", "trust", id}, {"sessions", "discover", id}, {"sessions", "refresh", id}} {
				d.fails(exitFailure, says, command...)
			}
		}
		// What is sent anew mends them, and another port has to be trusted again.
		d.gateway.succeeds("target=resource&action=update&meta[type]=entry&meta[id]=" + unopened + fieldsQuery("password", lab.Password))
		d.gateway.succeeds("target=resource&action=update&meta[type]=entry&meta[id]=" + odd + fieldsQuery("port", fmt.Sprint(lab.Port)))
		d.fails(exitFailure, "no host key is stored", "sessions", "discover", odd)
		must(t, d.environ, "router", "trust", odd)
		for _, id := range []string{unopened, odd, good} {
			must(t, d.environ, "sessions", "discover", id)
		}
	})
}

// TestRouterListKeepsItsLines gives routers names that would move a terminal's
// cursor.
func TestRouterListKeepsItsLines(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	d := newDesk(t, environ, nil)
	for _, name := range []string{"one\ntwo", "three\tfour", "five\x1b[2Jsix", "seven\r\neight", "nine\u009bten"} {
		d.router(name, "host", "192.0.2.1")
	}
	out := must(t, d.environ, "router", "list")
	if strings.Count(out, "\n") != 6 || strings.ContainsAny(out, "\t\r\x1b\u009b") {
		t.Errorf("the table is %q", out)
	}
}
