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
				r := routerfake.New(t, routerfake.Options{Platform: platform})
				b, log := newBackend(patient())
				a := accessTo(r, platform)
				d, _ := dialect.Lookup(platform)
				n, before := neighbor(address), neighbor("192.0.2.8")
				var want []string
				for _, step := range []struct {
					name  string
					do    func() error
					lines func() ([]string, error)
				}{
					{"new", func() error { return b.Configure(t.Context(), a, n, nil) }, func() ([]string, error) { return d.Change(n) }},
					{"moved", func() error { return b.Configure(t.Context(), a, n, &before) }, func() ([]string, error) {
						remove, _ := d.Remove(before)
						change, err := d.Change(n)
						return together(d, remove, change), err
					}},
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
				got := slices.DeleteFunc(r.Lines(), func(line string) bool { return opening[line] })
				if !slices.Equal(got, want) {
					t.Errorf("the router got %q, want %q", got, want)
				}
				wantGone(t, r)
				wantNoSecret(t, log.String())
			})
		}
	}
}

// opening are the lines that prepare a terminal.
var opening = map[string]bool{
	"terminal length 0": true, "terminal width 512": true, "terminal width 511": true, "terminal width 32767": true,
	"set cli screen-width 511": true, "set cli screen-length 0": true, "set cli complete-on-space off": true,
}
