package config

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const example = "../deploy/provision-gateway.example.yaml"

func TestExampleIsTheDefaults(t *testing.T) {
	t.Parallel()
	want := shown(t, load(t, Options{}))
	got := shown(t, load(t, Options{Environ: []string{"PROVISION_GATEWAY_CONFIG=" + example}}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
}

func TestExampleExplainsEverySetting(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	section, explained := "", false
	found := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		text := strings.TrimSpace(line)
		// Twins stand in comments, since each excludes the other.
		for _, key := range twins {
			name := key[strings.LastIndexByte(key, '.')+1:] + twinSuffix + ": "
			text = strings.Replace(text, "# "+name, name, 1)
		}
		name, value, isKey := strings.Cut(text, ":")
		switch {
		case strings.HasPrefix(text, "#"):
			explained = true
		case text == "":
			explained = false
		case isKey && value == "":
			section = name + "."
		case isKey:
			if !strings.HasPrefix(line, "  ") {
				section = ""
			}
			found[section+name] = true
			// Settings that stand together share an explanation.
			if !explained {
				t.Errorf("nothing is said about %s", section+name)
			}
		}
	}
	for _, s := range settings {
		if !found[s.key] {
			t.Errorf("%s is not in the example", s.key)
		}
	}
	if len(found) != len(settings) {
		t.Errorf("the example has %d settings, the table %d", len(found), len(settings))
	}
}

func TestPrintedSettingsLoadAgain(t *testing.T) {
	t.Parallel()
	c := load(t, Options{Environ: []string{
		"PROVISION_GATEWAY_OWN_ASNS=64500,64501", "PROVISION_GATEWAY_TIMEZONE=Europe/Berlin", "PROVISION_GATEWAY_LIMITS_KEY_RATE=0.5",
		"PROVISION_GATEWAY_DATABASE=sqlite:dir: with # \"odd\" {name}?.db", "PROVISION_GATEWAY_LOG_LEVEL=error",
	}})
	var printed bytes.Buffer
	if err := c.WriteYAML(&printed); err != nil {
		t.Fatal(err)
	}
	again := load(t, Options{Environ: []string{source(t, "printed.yaml", printed.String())}})
	if diff := cmp.Diff(shown(t, c), shown(t, again)); diff != "" {
		t.Errorf("after a round trip (-before +after):\n%s", diff)
	}
	// JSON is a configuration file too.
	again = load(t, Options{Environ: []string{source(t, "printed.json", shown(t, c))}})
	if diff := cmp.Diff(shown(t, c), shown(t, again)); diff != "" {
		t.Errorf("after a round trip through JSON (-before +after):\n%s", diff)
	}
}

func TestFlagsNameTheirDefaults(t *testing.T) {
	t.Parallel()
	usage := parse(t).FlagUsages()
	for _, want := range []string{"--listen HOST:PORT", "(default 127.0.0.1:8080)", "--lir-rirs NAME,…", "(default ARIN,RIPE,LACNIC,AfriNIC,APNIC,1918)",
		"--limits-read-timeout DURATION", "(default 1m0s)", "--config FILE"} {
		if !strings.Contains(usage, want) {
			t.Errorf("the usage does not say %q:\n%s", want, usage)
		}
	}
}

func FuzzFile(f *testing.F) {
	data, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add("limits: [1, {a: 2}]\nlog: {level: {}}\n? [a]\n: b\n")
	f.Add("own_asns: 2001-01-01\ndatabase: 1e400\n'': x\nlimits.body.x: 1\nlimits: {body: 1}\n")
	path := f.TempDir() + "/fuzz.yaml"
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(Options{Environ: []string{"PROVISION_GATEWAY_CONFIG=" + path, "HOME=/nonexistent"}})
		if err == nil && (c.KeyFile == "" || c.Timezone == nil || c.Limits.Body < 1) {
			t.Errorf("accepted as %#v", c)
		}
	})
}
