package router

import (
	"slices"
	"testing"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routerfake"
)

func TestEveryPlatformTakesSessions(t *testing.T) {
	t.Parallel()
	for _, platform := range dialect.Names() {
		for family, address := range map[string]string{"IPv4": "192.0.2.9", "IPv6": "2001:db8::9"} {
			t.Run(platform+" "+family, func(t *testing.T) {
				t.Parallel()
				r := routerfake.New(t, routerfake.Options{Platform: platform, Answer: noSessions})
				b, log := newBackend(patient())
				a := accessTo(r, platform)
				d, _ := dialect.Lookup(platform)
				n := neighbor(address)
				var want []string
				for _, step := range []struct {
					name  string
					do    func() error
					lines func() ([]string, error)
				}{
					{"new", func() error { return b.Configure(t.Context(), a, n) }, func() ([]string, error) { return d.Change(n) }},
					{"again", func() error { return b.Configure(t.Context(), a, n) }, func() ([]string, error) { return d.Change(n) }},
					{"removed", func() error { return b.Remove(t.Context(), a, n) }, func() ([]string, error) { return d.Remove(n) }},
				} {
					if err := step.do(); err != nil {
						t.Fatalf("%s: %v\n%s", step.name, err, log)
					}
					lines, err := step.lines()
					if err != nil {
						t.Fatal(err)
					}
					want = append(want, lines...)
				}
				got := slices.DeleteFunc(r.Lines(), func(line string) bool { return opening[line] || noSessions(line) != nil })
				if !slices.Equal(got, want) {
					t.Errorf("the router got %q, want %q", got, want)
				}
				wantGone(t, r)
				wantNoSecret(t, log.String())
			})
		}
	}
}

// noSessions answers the list of sessions, which is asked for after a session
// in a peer group was configured.
func noSessions(line string) *routerfake.Answer {
	if line == "show bgp summary json" {
		return &routerfake.Answer{Text: "{}"}
	}
	return nil
}

// opening are the lines that prepare a terminal.
var opening = map[string]bool{
	"terminal length 0": true, "terminal width 512": true, "terminal width 511": true, "terminal width 32767": true,
	"set cli screen-width 511": true, "set cli screen-length 0": true, "set cli complete-on-space off": true,
}
