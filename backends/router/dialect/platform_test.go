package dialect_test

import (
	"regexp"
	"testing"

	"github.com/scrapli/scrapligo/driver/network"
	"github.com/scrapli/scrapligo/platform"
)

// driver builds scrapligo's driver of a platform without connecting it.
func driver(t *testing.T, name string) *network.Driver {
	t.Helper()
	p, err := platform.NewPlatform(lookup(t, name).Platform, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.GetNetworkDriver()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestScrapligoKnowsThePlatforms(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := driver(t, name)
			if len(d.PrivilegeLevels) == 0 || d.DefaultDesiredPriv == "" {
				t.Errorf("%d privilege levels, default %q", len(d.PrivilegeLevels), d.DefaultDesiredPriv)
			}
		})
	}
}

func TestScrapligoSeesThePrompts(t *testing.T) {
	t.Parallel()
	for _, tt := range promptsOf {
		d := driver(t, tt.platform)
		if !d.Channel.PromptPattern.MatchString(tt.prompt) {
			t.Errorf("%s: scrapligo does not see the prompt %q", tt.platform, tt.prompt)
		}
	}
}

func TestScrapligoLevelsOfFRRouting(t *testing.T) {
	t.Parallel()
	levels := driver(t, "frrouting").PrivilegeLevels
	for _, tt := range []struct{ prompt, level string }{
		{"r1> ", "exec"},
		{"r1# ", "privilege-exec"},
		{"r1(config)# ", "configuration"},
		{"r1(config-router)# ", "configuration"},
		{"r1(config-router-af)# ", "configuration"},
		{"r1(config-router-bfd-profile)# ", "configuration"},
		{"% Unknown command: r1#x", ""},
		{"Password for r1 is # ", ""},
	} {
		var got []string
		for name, level := range levels {
			if regexp.MustCompile(level.Pattern).MatchString(tt.prompt) {
				got = append(got, name)
			}
		}
		switch {
		case tt.level == "" && len(got) != 0:
			t.Errorf("%q is taken for a prompt of %v", tt.prompt, got)
		case tt.level != "" && (len(got) != 1 || got[0] != tt.level):
			t.Errorf("%q is a prompt of %v, want %s alone", tt.prompt, got, tt.level)
		}
	}
}
