package router

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

// documented is the configuration of the vendor's documentation, as a client
// sends it.
const documented = "conf t\r\nrouter bgp 64500\r\n" +
	" no neighbor 192.0.2.9\r\n neighbor 192.0.2.9 remote-as 64501\r\n neighbor 192.0.2.9 maximum-prefix 20 \r\n" +
	" neighbor 192.0.2.9 password 0 s3cret-key\r\n\r\nend\r\nwrite\r\n"

func TestPush(t *testing.T) {
	t.Parallel()
	commit := "configure\nset protocols bgp group peers neighbor 192.0.2.9 peer-as 64501\ncommit and-quit"
	for name, c := range map[string]struct {
		platform, text string
		answer         func(string) *routerfake.Answer
		// sent are the lines that the router got, running those it holds.
		sent, running []string
		saved         bool
		// text of the failure; "" for none.
		failure   string
		uncertain bool
	}{
		"as typed": {
			text:    documented,
			sent:    []string{"conf t", "router bgp 64500", "no neighbor 192.0.2.9", "neighbor 192.0.2.9 remote-as 64501", "neighbor 192.0.2.9 maximum-prefix 20", "neighbor 192.0.2.9 password 0 s3cret-key", "end", "write"},
			running: []string{"router bgp 64500", "no neighbor 192.0.2.9", "neighbor 192.0.2.9 remote-as 64501", "neighbor 192.0.2.9 maximum-prefix 20", "neighbor 192.0.2.9 password 0 s3cret-key"},
			saved:   true,
		},
		"left open": {
			text: "conf t\nrouter bgp 64500\n no neighbor 192.0.2.9",
			sent: []string{"conf t", "router bgp 64500", "no neighbor 192.0.2.9", "end"}, running: []string{"router bgp 64500", "no neighbor 192.0.2.9"},
		},
		"left by exit": {
			text: "conf t\nrouter bgp 64500\nexit\nexit\nexit\n",
			sent: []string{"conf t", "router bgp 64500", "exit", "exit"}, running: []string{"router bgp 64500", "exit"},
		},
		"renamed": {
			text: "conf t\nhostname r2\nrouter bgp 64500\nend\nwrite",
			answer: func(line string) *routerfake.Answer {
				if line == "hostname r2" {
					return &routerfake.Answer{Renamed: "other2"}
				}
				return nil
			},
			sent: []string{"conf t", "hostname r2", "router bgp 64500", "end", "write"}, running: []string{"hostname r2", "router bgp 64500"}, saved: true,
		},
		"not entered": {
			text: "router bgp 64500\nno neighbor 192.0.2.9", sent: []string{"router bgp 64500"},
			failure: "Configuration rejected: router bgp 64500: % Invalid input detected at '^' marker.",
		},
		"refused": {
			text: documented, answer: refusedAt("neighbor 192.0.2.9 password 0 s3cret-key", "% Invalid password s3cret-key"),
			sent:    []string{"conf t", "router bgp 64500", "no neighbor 192.0.2.9", "neighbor 192.0.2.9 remote-as 64501", "neighbor 192.0.2.9 maximum-prefix 20", "neighbor 192.0.2.9 password 0 s3cret-key", "end"},
			running: []string{"router bgp 64500", "no neighbor 192.0.2.9", "neighbor 192.0.2.9 remote-as 64501", "neighbor 192.0.2.9 maximum-prefix 20"},
			failure: "Configuration rejected: neighbor 192.0.2.9 password 0 <secret>: % Invalid password <secret>", uncertain: true,
		},
		"first line refused": {
			text: documented, answer: refusedAt("router bgp 64500", "% BGP is not allowed"),
			sent:    []string{"conf t", "router bgp 64500", "end"},
			failure: "Configuration rejected: router bgp 64500: % BGP is not allowed",
		},
		"committed": {
			platform: "juniper_junos", text: commit,
			sent:    strings.Split(commit, "\n"),
			running: []string{"set protocols bgp group peers neighbor 192.0.2.9 peer-as 64501"},
		},
		"not committed": {
			platform: "juniper_junos", text: strings.TrimSuffix(commit, "\ncommit and-quit"),
			sent:    []string{"configure", "set protocols bgp group peers neighbor 192.0.2.9 peer-as 64501", "top", "rollback", "exit configuration-mode"},
			failure: "Configuration rejected: end of text: the lines after the last commit are not committed",
		},
		"left without a commit": {
			platform: "juniper_junos", text: "configure\nset system x\nexit configuration-mode",
			sent:    []string{"configure", "set system x", "exit configuration-mode"},
			failure: "Configuration rejected: end of text: the lines after the last commit are not committed", uncertain: true,
		},
		"EOS session": {
			platform: "arista_eos", text: "configure session\nrouter bgp 64500\nno neighbor 192.0.2.9\ncommit\nwrite",
			sent:    []string{"configure session", "router bgp 64500", "no neighbor 192.0.2.9", "commit", "write"},
			running: []string{"router bgp 64500", "no neighbor 192.0.2.9"}, saved: true,
		},
		"EOS session without a commit": {
			platform: "arista_eos", text: "configure session\nrouter bgp 64500\nno neighbor 192.0.2.9\n",
			sent:    []string{"configure session", "router bgp 64500", "no neighbor 192.0.2.9", "abort"},
			failure: "Configuration rejected: end of text: ",
		},
		"EOS at once": {
			platform: "arista_eos", text: "conf t\nrouter bgp 64500\nno neighbor 192.0.2.9\nend\nwrite",
			sent:    []string{"conf t", "router bgp 64500", "no neighbor 192.0.2.9", "end", "write"},
			running: []string{"router bgp 64500", "no neighbor 192.0.2.9"}, saved: true,
		},
		"EOS at once, refused": {
			platform: "arista_eos", text: "conf t\nrouter bgp 64500\nno such thing\nend\nwrite",
			answer:  refusedAt("no such thing", "% Invalid input"),
			sent:    []string{"conf t", "router bgp 64500", "no such thing", "end"},
			running: []string{"router bgp 64500"},
			failure: "Configuration rejected: no such thing: % Invalid input", uncertain: true,
		},
		"ends in a question": {
			platform: "cisco_iosxr", text: "configure\nrouter bgp 64500\nend",
			sent:    []string{"configure", "router bgp 64500", "end", "abort"},
			failure: "Configuration rejected: end: ",
		},
		"refused after a commit": {
			platform: "cisco_iosxr", text: "configure\nrouter bgp 64500\ncommit\nroot\nno such thing\ncommit\nend",
			answer:  refusedAt("no such thing", "% Invalid input detected at '^' marker."),
			sent:    []string{"configure", "router bgp 64500", "commit", "root", "no such thing", "abort"},
			running: []string{"router bgp 64500"},
			failure: "Configuration rejected: no such thing: ", uncertain: true,
		},
		"help asked for": {
			text: "conf t\nneighbor 192.0.2.9 description who? me", failure: "Configuration rejected: line 2 holds a question mark",
		},
		"nothing": {text: " \r\n\n", failure: "Configuration rejected: no line in it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := routerfake.New(t, routerfake.Options{Platform: c.platform, Answer: c.answer})
			b, log := newBackend(patient())
			err := b.Push(t.Context(), accessTo(r, c.platform), c.text)
			if c.failure != "" {
				wantFailure(t, err, models.Invalid, c.failure, c.uncertain)
			} else if err != nil {
				t.Errorf("%v\n%s", err, log)
			}
			got := slices.DeleteFunc(r.Lines(), func(line string) bool { return opening[line] })
			if !slices.Equal(got, c.sent) {
				t.Errorf("the router got %q, want %q", got, c.sent)
			}
			if running := r.Running(); !slices.Equal(running, c.running) {
				t.Errorf("the router holds %q, want %q", running, c.running)
			}
			if saved := len(r.Saved()) > 0; saved != c.saved {
				t.Errorf("saved: %t, want %t", saved, c.saved)
			}
			wantNoSecret(t, log.String())
			wantGone(t, r)
		})
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{})
	config := patient()
	for _, pattern := range []string{`conf t|end|write`, `router bgp \d+`, `(?i)(no )?neighbor [\d.]+( (remote-as|maximum-prefix) \d+)?`, `neighbor \S+ password .*`} {
		config.Allow = append(config.Allow, regexp.MustCompile(pattern))
	}
	b, log := newBackend(config)
	for name, c := range map[string]struct{ text, failure string }{
		"all allowed":       {text: documented},
		"another case":      {text: "conf t\nNO NEIGHBOR 192.0.2.9\nend"},
		"one is not":        {"conf t\nreload\nend", "Configuration rejected: reload: line 2 is not among the lines that this gateway lets pass"},
		"more behind it":    {"conf t\nend ; reload", "Configuration rejected: end ; reload: line 2 is not"},
		"more before it":    {"do conf t", "Configuration rejected: do conf t: line 1 is not"},
		"one with a secret": {"username x password 0 s3cret-key", "Configuration rejected: username x password 0 <secret>: line 1 is not"},
		"one alternative":   {"conf tt", "Configuration rejected: conf tt: line 1 is not"},
	} {
		t.Run(name, func(t *testing.T) {
			a := accessTo(r, "")
			if c.failure != "" {
				// Nothing may be connected for a line that is not let pass.
				a.Port = closedPort(t)
			}
			err := b.Push(t.Context(), a, c.text)
			if c.failure != "" {
				wantFailure(t, err, models.Invalid, c.failure, false)
			} else if err != nil {
				t.Errorf("%v\n%s", err, log)
			}
		})
	}
	// The lines that are made here need no leave.
	if err := b.Configure(t.Context(), accessTo(r, ""), neighbor("2001:db8::9")); err != nil {
		t.Error(err)
	}
}
