package dialect_test

import (
	"slices"
	"testing"

	"provision-gateway/backends/router/dialect"
)

// names are the platforms that routers may be configured with.
var names = []string{"arista_eos", "cisco_iosxe", "cisco_iosxr", "cisco_nxos", "frrouting", "juniper_junos"}

// lookup returns a dialect that must exist.
func lookup(t testing.TB, name string) *dialect.Dialect {
	t.Helper()
	d, ok := dialect.Lookup(name)
	if !ok {
		t.Fatalf("no dialect %s", name)
	}
	return d
}

func TestNames(t *testing.T) {
	t.Parallel()
	if got := dialect.Names(); !slices.Equal(got, names) {
		t.Errorf("names are %v, want %v", got, names)
	}
	for _, name := range names {
		if d := lookup(t, name); d.Name != name {
			t.Errorf("dialect %s calls itself %s", name, d.Name)
		}
	}
	for _, name := range []string{"", "Cisco_IOSXE", "cisco_ios", "frr"} {
		if _, ok := dialect.Lookup(name); ok {
			t.Errorf("a dialect for %q", name)
		}
	}
}

func TestLookupReturnsACopy(t *testing.T) {
	t.Parallel()
	d := lookup(t, "juniper_junos")
	d.Name, d.AbortLines[0] = "changed", "changed"
	if again := lookup(t, "juniper_junos"); again.Name != "juniper_junos" || again.AbortLines[0] == "changed" {
		t.Errorf("a caller changed the dialect of all: %s, %v", again.Name, again.AbortLines)
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                   string
		candidate, groupInPath bool
		commands               int
	}{
		{"arista_eos", true, false, 2},
		{"cisco_iosxe", false, false, 2},
		{"cisco_iosxr", true, false, 2},
		{"cisco_nxos", false, false, 2},
		{"frrouting", false, false, 1},
		{"juniper_junos", true, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := lookup(t, tt.name)
			if d.Candidate != tt.candidate || d.GroupInPath != tt.groupInPath {
				t.Errorf("Candidate is %t, GroupInPath is %t", d.Candidate, d.GroupInPath)
			}
			if n := len(d.SummaryCommands()); n != tt.commands {
				t.Errorf("%d summary commands", n)
			}
			if len(d.AbortLines) == 0 {
				t.Error("no lines lead out of the configuration")
			}
			// The last line of the way out must be known to leave it.
			if m, ok := d.After(d.AbortLines[len(d.AbortLines)-1]); !ok || m != dialect.Privileged {
				t.Errorf("after %v the mode is %q, %t", d.AbortLines, m, ok)
			}
		})
	}
}
