package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// source writes a configuration file and returns the variable that names it.
func source(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return "PROVISION_GATEWAY_CONFIG=" + path
}

func parse(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	RegisterFlags(flags, true)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func load(t *testing.T, o Options) Config {
	t.Helper()
	c, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shown is the settings as they are printed, without where they came from.
func shown(t *testing.T, c Config) string {
	t.Helper()
	out, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	file := source(t, "gateway.yaml", "listen: 127.0.0.1:1\nlimits:\n  body: 11\n  variables: 12\n")
	for _, tc := range []struct {
		name      string
		environ   []string
		args      []string
		listen    string
		body      int64
		variables int
	}{
		{"defaults", nil, nil, "127.0.0.1:8080", 8388608, 1000},
		{"file", []string{file}, nil, "127.0.0.1:1", 11, 12},
		{"environment beats file", []string{file, "PROVISION_GATEWAY_LISTEN=127.0.0.1:2", "PROVISION_GATEWAY_LIMITS_BODY=21"}, nil, "127.0.0.1:2", 21, 12},
		{"flag beats both", []string{file, "PROVISION_GATEWAY_LISTEN=127.0.0.1:2", "PROVISION_GATEWAY_LIMITS_BODY=21"},
			[]string{"--listen=127.0.0.1:3", "--limits-variables", "32"}, "127.0.0.1:3", 21, 32},
		{"empty variable is none", []string{file, "PROVISION_GATEWAY_LISTEN="}, nil, "127.0.0.1:1", 11, 12},
		{"file by flag beats file by variable", []string{"PROVISION_GATEWAY_CONFIG=nowhere"},
			[]string{"--config", strings.TrimPrefix(file, "PROVISION_GATEWAY_CONFIG=")}, "127.0.0.1:1", 11, 12},
		{"variable of nobody", []string{"PROVISION_GATEWAY_SERVICE_HOST=10.0.0.1"}, nil, "127.0.0.1:8080", 8388608, 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := load(t, Options{Environ: tc.environ, Flags: parse(t, tc.args...)})
			if c.Listen != tc.listen || c.Limits.Body != tc.body || c.Limits.Variables != tc.variables {
				t.Errorf("got %s, %d, %d", c.Listen, c.Limits.Body, c.Limits.Variables)
			}
		})
	}
}

func TestSourcesAreNamed(t *testing.T) {
	t.Parallel()
	file := source(t, "gateway.yaml", "timezone: Europe/Berlin\nlog:\n  level: warn\n")
	c := load(t, Options{
		Environ:  []string{file, "PROVISION_GATEWAY_LOG_LEVEL=debug"},
		Flags:    parse(t, "--listen", "[::1]:80"),
		Defaults: map[string]any{"own_asns": []uint32{64500}},
	})
	got := map[string]string{}
	for _, v := range c.Values() {
		got[v.Key] = v.Source
	}
	for key, want := range map[string]string{
		"timezone": "file " + strings.TrimPrefix(file, "PROVISION_GATEWAY_CONFIG="), "log.level": "environment PROVISION_GATEWAY_LOG_LEVEL",
		"listen": "flag --listen", "cache.size": "default", "secrets.key_file": "follows from database",
	} {
		if got[key] != want {
			t.Errorf("%s is from %q, want %q", key, got[key], want)
		}
	}
	if !reflect.DeepEqual(c.OwnASNs, []uint32{64500}) {
		t.Errorf("own ASNs %v, want the replaced default", c.OwnASNs)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	want := shown(t, load(t, Options{Environ: []string{source(t, "a.yaml", `
own_asns: [64500, 4294967295]
limits: {key_rate: 2.5, body: 100000000}
auth: {max_age: 5m}
lir:
  # all by default
`)}}))
	for name, content := range map[string]string{
		"a.json":   `{"own_asns":[64500,4294967295],"limits":{"key_rate":2.5,"body":100000000},"auth":{"max_age":"5m"}}`,
		"a.toml":   "own_asns = [64500, 4294967295]\nlimits.key_rate = 2.5\nlimits.body = 100000000\nauth.max_age = '5m'\n",
		"noending": "own_asns: AS64500, as4294967295\nlimits.key_rate: 2.5\nlimits.body: 100000000\nAuth: {Max_Age: 300s}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, shown(t, load(t, Options{Environ: []string{source(t, name, content)}}))); diff != "" {
				t.Errorf("settings (-yaml +%s):\n%s", name, diff)
			}
		})
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	const mysql = "PROVISION_GATEWAY_DATABASE=mysql:app:app@tcp(127.0.0.1:3306)/gateway"
	for _, tc := range []struct {
		name    string
		environ []string
		want    string
	}{
		{"beside the SQLite file", []string{"PROVISION_GATEWAY_DATABASE=sqlite:/srv/g.db"}, "/srv/g.db.key"},
		{"given", []string{mysql, "PROVISION_GATEWAY_SECRETS_KEY_FILE=/srv/keys"}, "/srv/keys"},
		{"home", []string{mysql, "HOME=/home/op"}, "/home/op/.config/provision-gateway/secrets.key"},
		{"configuration folder", []string{mysql, "HOME=/home/op", "XDG_CONFIG_HOME=/cfg"}, "/cfg/provision-gateway/secrets.key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := load(t, Options{Environ: tc.environ}).KeyFile; got != tc.want {
				t.Errorf("key file %q, want %q", got, tc.want)
			}
		})
	}
	if _, err := Load(Options{Environ: []string{mysql}}); err == nil || !strings.Contains(err.Error(), "secrets.key_file: is needed") {
		t.Errorf("without a home: %v", err)
	}
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	if _, err := Load(Options{Environ: []string{"PROVISION_GATEWAY_CONFIG=testdata/nowhere.yaml"}}); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("error %v does not name the file", err)
	}
}

// TestEveryFieldHasASetting finds a field of Config that was forgotten in the
// table: with every setting away from its default, no field may be zero.
func TestEveryFieldHasASetting(t *testing.T) {
	t.Parallel()
	c := load(t, Options{Environ: []string{
		"PROVISION_GATEWAY_OWN_ASNS=1", "PROVISION_GATEWAY_AUTH_MAX_AGE=1s", "PROVISION_GATEWAY_LIMITS_KEY_RATE=1", "PROVISION_GATEWAY_LOG_LEVEL=warn",
		"PROVISION_GATEWAY_MAIL_SERVER=mx.example.net:587", "PROVISION_GATEWAY_MAIL_CA_FILE=load_test.go", "PROVISION_GATEWAY_MAIL_USERNAME=u",
		"PROVISION_GATEWAY_MAIL_PASSWORD=p", "PROVISION_GATEWAY_MAIL_FROM=a@example.net", "PROVISION_GATEWAY_MAIL_REPLY_TO=b@example.net",
		"PROVISION_GATEWAY_MAIL_REDIRECT_TO=c@example.net", "PROVISION_GATEWAY_MAIL_TEMPLATES=testdata", "PROVISION_GATEWAY_MAIL_COOLDOWN=1h",
		"PROVISION_GATEWAY_MAIL_HOURLY_CAP=1", "PROVISION_GATEWAY_ROUTER_ALLOW_LINES=end", "PROVISION_GATEWAY_PEERINGDB_API_KEY=k",
		"PROVISION_GATEWAY_PEERINGDB_SYNC_INTERVAL=1h", "PROVISION_GATEWAY_PEERINGDB_PAUSE=1s", "PROVISION_GATEWAY_IXAPI_TERMS_URL=https://www.example.net/terms",
		"PROVISION_GATEWAY_LEGACY_URL=https://provision.example/api.php", "PROVISION_GATEWAY_LEGACY_API_KEY=k",
		"PROVISION_GATEWAY_LEGACY_API_SECRET=s", "PROVISION_GATEWAY_LEGACY_CA_FILE=load_test.go", "PROVISION_GATEWAY_LEGACY_MODES=*=legacy",
		"PROVISION_GATEWAY_LEGACY_RULES=testdata/rules.yaml", "PROVISION_GATEWAY_LEGACY_VERDICT_MISMATCHES=1",
		`PROVISION_GATEWAY_EXCHANGES=[{"public_id":1,"url":"https://ix.example.net","api_key":"k","api_secret":"s"}]`,
		"PROVISION_GATEWAY_LEGACY_DEPRECATION=2026-12-01", "PROVISION_GATEWAY_LEGACY_SUNSET=2027-12-01", "PROVISION_GATEWAY_LEGACY_LINK=https://www.example.net/v1",
	}})
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Interface().(type) {
		case Secret, time.Duration, time.Time:
		default:
			if v.Kind() == reflect.Struct {
				for i := range v.NumField() {
					if v.Type().Field(i).IsExported() {
						walk(path+"."+v.Type().Field(i).Name, v.Field(i))
					}
				}
				return
			}
		}
		if v.IsZero() {
			t.Errorf("nothing sets Config%s", path)
		}
	}
	walk("", reflect.ValueOf(c))
}
