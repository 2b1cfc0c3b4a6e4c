package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const planted = "pl4nt3d"

func TestDatabaseIsMasked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, address, want string }{
		{"sqlite", "sqlite:/srv/gateway.db", "sqlite:/srv/gateway.db"},
		{"password", "mysql:app:pl4nt3d@tcp(db:3306)/gateway", "mysql:app:<secret>@tcp(db:3306)/gateway"},
		{"parameters", "mysql:app:pl4nt3d@tcp(db:3306)/gateway?timeout=2s", "mysql:app:<secret>@tcp(db:3306)/gateway?timeout=2s"},
		{"at sign and slash in the password", "mysql:app:pl4@/:nt3d@tcp(db:3306)/gateway", "mysql:app:<secret>@tcp(db:3306)/gateway"},
		{"socket", "mysql:app:pl4nt3d@unix(/run/mysqld.sock)/gateway", "mysql:app:<secret>@unix(/run/mysqld.sock)/gateway"},
		{"no password", "mysql:app@tcp(db:3306)/gateway", "mysql:app@tcp(db:3306)/gateway"},
		{"empty password", "mysql:app:@tcp(db:3306)/gateway", "mysql:app:@tcp(db:3306)/gateway"},
		{"no user", "mysql:tcp(db:3306)/gateway", "mysql:tcp(db:3306)/gateway"},
		{"not a DSN", "mysql:app:pl4nt3d@db", "mysql:<secret>"},
		{"another kind", "postgres://app:pl4nt3d@db", "<secret>"},
		{"empty", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := NewDatabase(tc.address)
			if s.String() != tc.want || s.Reveal() != tc.address {
				t.Errorf("shown %q, want %q; value %q", s, tc.want, s.Reveal())
			}
		})
	}
}

func TestSecretInEveryMarshaller(t *testing.T) {
	t.Parallel()
	type holder struct {
		Exported Secret
		hidden   Secret
	}
	for name, secret := range map[string]Secret{"secret": NewSecret(planted), "database": NewDatabase("mysql:app:" + planted + "@tcp(db:3306)/gateway")} {
		h := holder{secret, secret}
		if h.hidden.Reveal() == "" {
			t.Fatal("no value")
		}
		outputs := map[string]string{}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			outputs[verb] = fmt.Sprintf(verb, secret)
			outputs["holder "+verb] = fmt.Sprintf(verb, h)
			outputs["pointer "+verb] = fmt.Sprintf(verb, &h)
		}
		if out, err := json.Marshal(h); err != nil {
			t.Error(err)
		} else {
			outputs["json"] = string(out)
		}
		if out, err := yaml.Marshal(h); err != nil {
			t.Error(err)
		} else {
			outputs["yaml"] = string(out)
		}
		if out, err := xml.Marshal(h); err != nil {
			t.Error(err)
		} else {
			outputs["xml"] = string(out)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", "secret", secret, "holder", h)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "secret", secret, "holder", h)
		outputs["slog"] = log.String()
		for how, out := range outputs {
			if strings.Contains(out, planted) || strings.Contains(out, fmt.Sprintf("%x", planted)) {
				t.Errorf("%s, %s: %s", name, how, out)
			}
		}
		for _, how := range []string{"%v", "%#v", "json", "yaml", "xml", "slog"} {
			if out := outputs[how]; !strings.Contains(out, "secret") {
				t.Errorf("%s, %s does not say that something is masked: %s", name, how, out)
			}
		}
	}
}

func TestEmptySecretShowsNothing(t *testing.T) {
	t.Parallel()
	if s := NewSecret(""); s.String() != "" || s.Reveal() != "" {
		t.Errorf("%v, %q", s, s.Reveal())
	}
}

func TestDatabaseFile(t *testing.T) {
	t.Parallel()
	const inFile, inSetting = "mysql:gateway:planted-secret@tcp(127.0.0.1:3306)/gateway", "sqlite:setting.db"
	twin := filepath.Join("testdata", "database")
	home := "HOME=/nonexistent"
	for _, tc := range []struct {
		name          string
		file, environ []string
		args          []string
		want          string
	}{
		{name: "twin alone", file: []string{"database_file: " + twin}, want: inFile},
		{name: "twin by variable beats setting in the file", file: []string{"database: " + inSetting},
			environ: []string{"PROVISION_GATEWAY_DATABASE_FILE=" + twin}, want: inFile},
		{name: "setting by flag beats twin in the file", file: []string{"database_file: nowhere"}, args: []string{"--database", inSetting}, want: inSetting},
		{name: "twin by flag beats setting by variable", environ: []string{"PROVISION_GATEWAY_DATABASE=" + inSetting},
			args: []string{"--database-file", twin}, want: inFile},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			environ := append(tc.environ, home, source(t, "gateway.yaml", strings.Join(tc.file, "\n")))
			c := load(t, Options{Environ: environ, Flags: parse(t, tc.args...)})
			if c.Database.Reveal() != tc.want {
				t.Errorf("database %v, want the other", c.Database)
			}
			var yaml bytes.Buffer
			if err := c.WriteYAML(&yaml); err != nil {
				t.Fatal(err)
			}
			if text := yaml.String() + shown(t, c) + fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(text, "planted-secret") {
				t.Errorf("printed with its password: %s", text)
			}
			if file, err := os.ReadFile(twin); err != nil || !strings.Contains(string(file), "planted-secret") {
				t.Fatalf("the test plants nothing: %v", err)
			}
		})
	}
}
