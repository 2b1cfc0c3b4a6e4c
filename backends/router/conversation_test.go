package router

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

func TestRoutersOfManyManners(t *testing.T) {
	t.Parallel()
	asks := func(at string, a routerfake.Answer) func(string) *routerfake.Answer {
		return func(line string) *routerfake.Answer {
			if line == at {
				return &a
			}
			return nil
		}
	}
	for name, c := range map[string]routerfake.Options{
		"slow, byte by byte": {Delay: 500 * time.Microsecond},
		"slow, Junos":        {Delay: 500 * time.Microsecond, Platform: "juniper_junos"},
		"asks before saving": {Answer: asks("write", routerfake.Answer{Question: "Overwrite the previous NVRAM configuration?[confirm]"})},
		"asks slowly":        {Delay: 2 * time.Millisecond, Answer: asks("write", routerfake.Answer{Question: "Really (a [confirm] of its own)? [no]: "})},
		"asks for a file": {Platform: "cisco_nxos", Answer: asks("copy running-config startup-config",
			routerfake.Answer{Question: "Destination filename [startup-config]? "})},
		"repeats little":        {Repeat: 40},
		"remarks":               {Answer: asks("conf t", routerfake.Answer{})},
		"long name":             {Name: "a-very-long-router-name-in-paris"},
		"pages that turn":       {Page: 3},
		"colours of a greeting": {Greeting: "\x1b[1mr1# \x1b[0m\n\x1b[?2004h"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "remarks" {
				c.Answer = nil
			}
			r := routerfake.New(t, c)
			b, log := newBackend(patient())
			if err := b.Configure(t.Context(), accessTo(r, c.Platform), neighbor("192.0.2.9")); err != nil {
				t.Fatalf("%v\n%s", err, log)
			}
			if lines := r.Running(); len(lines) < 4 {
				t.Errorf("the router holds %q", lines)
			}
			wantGone(t, r)
		})
	}
}

func TestQuestionsWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, expect := range map[string]string{"never settled": "yes"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := routerfake.New(t, routerfake.Options{Answer: func(line string) *routerfake.Answer {
				if line == "write" {
					return &routerfake.Answer{Question: "Really? (yes/no) ", Expect: expect}
				}
				return nil
			}})
			config := patient()
			config.CommandTimeout = 2 * time.Second
			b, _ := newBackend(config)
			begun := time.Now()
			err := b.Configure(t.Context(), accessTo(r, ""), neighbor("192.0.2.9"))
			wantWithin(t, begun, config.CommandTimeout+5*time.Second)
			wantFailure(t, err, models.Internal, "Router edge1 asks a question that Enter does not settle after: write", true)
			wantGone(t, r)
		})
	}
}

func TestOutputWithoutEnd(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Answer: func(line string) *routerfake.Answer {
		if strings.HasPrefix(line, "show") {
			return &routerfake.Answer{Text: strings.Repeat(strings.Repeat("x", 1000)+"\n", mostOutput/1000+100)}
		}
		return nil
	}})
	b, _ := newBackend(patient())
	_, err := b.Neighbors(t.Context(), accessTo(r, ""))
	wantFailure(t, err, models.Internal, "shows no end of output after: show bgp ipv4 unicast summary", false)
	wantGone(t, r)
}

// refusedAt refuses one line as the platform does.
func refusedAt(line, text string) func(string) *routerfake.Answer {
	return func(l string) *routerfake.Answer {
		if l == line {
			return &routerfake.Answer{Text: text}
		}
		return nil
	}
}

// Whichever line a router refuses: the line is named, nothing of the session
// stays on the router, and the error is certain.
func TestEveryLineMayBeRefused(t *testing.T) {
	t.Parallel()
	for _, platform := range dialect.Names() {
		d, _ := dialect.Lookup(platform)
		lines, err := d.Change(neighbor("192.0.2.9"))
		if err != nil {
			t.Fatal(err)
		}
		refusal := map[bool]string{false: "% Invalid input detected at '^' marker.", true: "syntax error, expecting <command>."}[platform == "juniper_junos"]
		for i, line := range lines {
			if slices.Contains(lines[:i], line) {
				continue
			}
			t.Run(fmt.Sprintf("%s line %d", platform, i), func(t *testing.T) {
				t.Parallel()
				var refusals atomic.Int32
				r := routerfake.New(t, routerfake.Options{Platform: platform, Answer: func(l string) *routerfake.Answer {
					if l == line && refusals.Add(1) == 1 {
						return &routerfake.Answer{Text: refusal}
					}
					return nil
				}})
				b, log := newBackend(patient())
				err := b.Configure(t.Context(), accessTo(r, platform), neighbor("192.0.2.9"))
				committed := slices.ContainsFunc(lines[:i], isCommit)
				wantFailure(t, err, models.Invalid, "Configuration rejected: "+d.Mask(line)+": ", committed)
				running := r.Running()
				switch {
				case d.Candidate && !committed && (len(running) > 0 || r.Commits() > 0):
					t.Errorf("the router holds %q after %d commits", running, r.Commits())
				case !d.Candidate && len(running) > 0 && running[len(running)-1] != "no neighbor 192.0.2.9":
					t.Errorf("the router holds %q", running)
				}
				wantNoSecret(t, log.String())
				wantGone(t, r)
			})
		}
	}
}

// Where the way back is refused too, nobody knows what the router holds.
func TestNoWayBack(t *testing.T) {
	t.Parallel()
	for _, platform := range dialect.Names() {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			d, _ := dialect.Lookup(platform)
			lines, err := d.Change(neighbor("192.0.2.9"))
			if err != nil {
				t.Fatal(err)
			}
			last := slices.IndexFunc(lines, isCommit)
			if last < 0 {
				last = len(lines) - 2
			}
			way := append(slices.Clone(d.AbortLines), "end", "commit and-quit")
			r := routerfake.New(t, routerfake.Options{Platform: platform, Answer: func(l string) *routerfake.Answer {
				if l == lines[last] || slices.Contains(way, l) {
					return &routerfake.Answer{Text: "error: % no"}
				}
				return nil
			}})
			b, _ := newBackend(patient())
			err = b.Configure(t.Context(), accessTo(r, platform), neighbor("192.0.2.9"))
			wantFailure(t, err, models.Invalid, "Configuration rejected: ", true)
			wantGone(t, r)
		})
	}
}

func TestOtherASRuns(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Platform: "frrouting",
		Answer: refusedAt("router bgp 64500", "BGP is already running; AS is 65001")})
	b, _ := newBackend(patient())
	err := b.Configure(t.Context(), accessTo(r, "frrouting"), neighbor("192.0.2.9"))
	wantFailure(t, err, models.Invalid, "Configuration rejected: router bgp 64500: BGP is already running; AS is 65001", false)
	if lines := r.Running(); len(lines) > 0 {
		t.Errorf("the router holds %q", lines)
	}
}

// The sign of a line that was not taken may be the prompt alone.
func TestWrongMode(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"": "the router did not enter the mode that this line leads to", "Not today": "Not today"} {
		r := routerfake.New(t, routerfake.Options{Answer: refusedAt("router bgp 64500", name)})
		b, _ := newBackend(patient())
		err := b.Remove(t.Context(), accessTo(r, ""), neighbor("192.0.2.9"))
		wantFailure(t, err, models.Invalid, "Configuration rejected: router bgp 64500: "+text, false)
	}
}

func TestWhyACommitFailed(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Platform: "cisco_iosxr", Answer: func(line string) *routerfake.Answer {
		switch line {
		case "commit":
			return &routerfake.Answer{Text: "% Failed to commit one or more configuration items. Please issue 'show configuration failed'"}
		case "show configuration failed":
			return &routerfake.Answer{Text: "!! SEMANTIC ERRORS\nrouter bgp 64500\n password clear s3cret-key\n!!% The group 'peers' does not exist"}
		}
		return nil
	}})
	b, _ := newBackend(patient())
	err := b.Configure(t.Context(), accessTo(r, "cisco_iosxr"), neighbor("192.0.2.9"))
	wantFailure(t, err, models.Invalid, "The group 'peers' does not exist", false)
	if r.Commits() > 0 || len(r.Running()) > 0 {
		t.Errorf("the router holds %q", r.Running())
	}
}

// A commit that sounds refused and yet was made leaves nothing certain.
func TestCommitInDoubt(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Platform: "juniper_junos", Answer: func(line string) *routerfake.Answer {
		if line == "commit and-quit" {
			return &routerfake.Answer{Text: "error: could not tell the other routing engine", Question: "Go on? [yes] "}
		}
		return nil
	}})
	b, _ := newBackend(patient())
	err := b.Configure(t.Context(), accessTo(r, "juniper_junos"), neighbor("192.0.2.9"))
	wantFailure(t, err, models.Invalid, "Configuration rejected: commit and-quit: error: could not tell", true)
	if r.Commits() != 1 {
		t.Errorf("%d commits", r.Commits())
	}
}

// A value that a platform cannot express is found before anything is connected.
func TestValueRefused(t *testing.T) {
	t.Parallel()
	b, _ := newBackend(patient())
	n := neighbor("192.0.2.9")
	n.Password = "s3cret-key with a space"
	a := Access{Name: "edge1", Host: "192.0.2.1", Platform: "frrouting", Username: "u", Password: "p"}
	err := b.Configure(t.Context(), a, n)
	wantFailure(t, err, models.Invalid, "Invalid value for password", false)
	err = b.Configure(t.Context(), a, dialect.Neighbor{LocalASN: 64500, RemoteASN: 64511})
	wantFailure(t, err, models.Invalid, "Invalid value for peer_ipaddr", false)
}
