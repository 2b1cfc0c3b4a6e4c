package router

import (
	"strings"
	"testing"
)

func TestEchoIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shown, line, rest string
		found             bool
	}{
		"plain":                 {"conf t", "conf t", "", true},
		"with what follows":     {"conf t\nEnter", "conf t", "\nEnter", true},
		"behind an old prompt":  {"\nr1#conf t", "conf t", "", true},
		"wrapped by a terminal": {"neighbor 192.0.2.9 descr \n\niption x", "neighbor 192.0.2.9 description x", "", true},
		"other spaces":          {"a b", "a   b", "", true},
		"not complete":          {"conf", "conf t", "conf", false},
		"begins twice":          {"coconf t", "conf t", "", true},
		"something else":        {"%SYS-5-CONFIG_I: Configured\n", "end", "%SYS-5-CONFIG_I: Configured\n", false},
		"letters in order only": {"extend\n", "end", "\n", true},
		"letters far apart":     {"e n-d", "end", "e n-d", false},
		"a line of white space": {"x", "  ", "x", true},
		"nothing shown":         {"", "end", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := screen{}
			s.show([]byte(c.shown))
			if found := s.dropEcho(c.line); found != c.found || string(s.shown) != c.rest {
				t.Errorf("found %t, rest %q; want %t, %q", found, s.shown, c.found, c.rest)
			}
		})
	}
}

func TestPromptIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seen, shown    string
		before, prompt string
		found          bool
	}{
		"same":                      {"r1#", "\nr1#", "", "r1#", true},
		"other mode":                {"r1#", "\nEnter\nr1(config)#", "Enter", "r1(config)#", true},
		"space behind":              {"r1# ", "\nr1(config-router)# ", "", "r1(config-router)#", true},
		"IOS XR":                    {"RP/0/RP0/CPU0:r1#", "\nSun Nov 22\nRP/0/RP0/CPU0:r1(config-bgp)#", "Sun Nov 22", "RP/0/RP0/CPU0:r1(config-bgp)#", true},
		"Junos":                     {"netops@r1> ", "\nEntering configuration mode\n\n[edit]\nnetops@r1# ", "Entering configuration mode", "netops@r1#", true},
		"Junos with two engines":    {"netops@r1> ", "\nx\n\n{master}[edit protocols]\nnetops@r1# ", "x", "netops@r1#", true},
		"long name, shortened":      {"a-very-long-router-name-in-paris#", "\na-very-long-router-n(config)#", "", "a-very-long-router-n(config)#", true},
		"name of another":           {"r1#", "\nx9#", "", "", false},
		"not at the end":            {"r1#", "\nr1#\nmore", "", "", false},
		"within a line":             {"r1#", "\ndescription to r1#", "", "", false},
		"no new line yet":           {"r1#", "r1#", "", "", false},
		"no prompt was seen before": {"?", "\nanything@all:7>", "", "anything@all:7>", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := screen{}
			s.show([]byte(c.shown))
			before, prompt, found := s.prompt(newPromptPattern(c.seen))
			if before != c.before || prompt != c.prompt || found != c.found {
				t.Errorf("%q, %q, %t; want %q, %q, %t", before, prompt, found, c.before, c.prompt, c.found)
			}
		})
	}
}

func TestQuestionsAndPages(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string]string{
		"Destination filename [startup-config]? ":               "question",
		"Proceed with reload? [confirm]":                        "question",
		"Overwrite the previous NVRAM configuration?[confirm]":  "question",
		"This removes the group. Are you sure? (yes/no) [no]: ": "question",
		"commit them before exiting(yes/no/cancel)? [cancel]:":  "question",
		"Do you wish to proceed anyway? (y/n)  [n] ":            "question",
		"Overwrite?": "question",
		"Exit with uncommitted changes? [yes,no] (yes) ": "question",
		"really (y/n)":                               "question",
		"Building configuration...\n[OK]":            "",
		"[##########          ]  40%":                "",
		"[########################################]": "",
		"Who? Me.": "",
		"Enter configuration commands, one per line.  End with CNTL/Z.": "",
		"[confirm]\n":      "",
		"text\n --More-- ": "page",
		"text\n--More--":   "page",
		"---(more)---":     "page",
		"---(more 45%)---": "page",
		"<--- More --->":   "page",
		"one more thing":   "",
		"--More-- \nr1":    "",
		"":                 "",
	} {
		t.Run(shown, func(t *testing.T) {
			t.Parallel()
			s := screen{}
			s.show([]byte(shown))
			got := ""
			switch {
			case s.pauses():
				got = "page"
			case s.asks():
				got = "question"
			}
			if got != want {
				t.Errorf("it is a %q, want %q", got, want)
			}
		})
	}
}

func TestPagesAreTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shown []string
		want  string
	}{
		"left in the line":            {[]string{"\na\n --More-- ", "b\n--More--", "c\nr1#"}, "a\nb\nc"},
		"erased":                      {[]string{"\na\n--More--", "\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\bb\nr1#"}, "a\nb"},
		"a value that looks like one": {[]string{"\n{\"desc\": \"--More--", "\"}\nr1#"}, "{\"desc\": \"--More--\"}"},
		"a line that looks like one":  {[]string{"\n--More--\nb\nr1#"}, "--More--\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := screen{}
			for _, part := range c.shown {
				s.show([]byte(part))
				s.turn()
			}
			if before, _, found := s.prompt(newPromptPattern("r1#")); !found || before != c.want {
				t.Errorf("%q (%t), want %q", before, found, c.want)
			}
		})
	}
}

func TestBackspaces(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string]string{
		"abc\b\bx":                 "ax",
		"\b\babc":                  "abc",
		"line\n\b\b\bnext":         "line\nnext",
		"--More--\b\b\b\b\b\b\b\b": "",
	} {
		s := screen{}
		s.show([]byte(shown))
		if string(s.shown) != want || s.received != len(shown) {
			t.Errorf("%q shows %q (%d bytes), want %q", shown, s.shown, s.received, want)
		}
	}
}

func TestTerminalFilter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ shown, want string }{
		"plain":         {"r1#show\r\n", "r1#show\n"},
		"colours":       {"\x1b[1;31mred\x1b[0m", "red"},
		"paste mode":    {"\x1b[?2004hr1# \x1b[?2004l", "r1# "},
		"title":         {"\x1b]0;r1\ar1#", "r1#"},
		"title, string": {"\x1b]0;r1\x1b\\r1#", "r1#"},
		"character set": {"\x1b(Br1\x1b#8#", "r1#"},
		"key pad":       {"\x1b=r1\x1b>#", "r1#"},
		"bell and zero": {"a\a\x00b", "ab"},
		"backspace":     {"a\bb", "a\bb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f terminalFilter
			if got := string(f.clean([]byte(c.shown))); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// It must not matter where the network splits the output.
func FuzzTerminalFilter(f *testing.F) {
	f.Add("\x1b[?2004hr1# \x1b]0;x\a--More--\b\b", 3)
	f.Add("\x1b\x1b\x1b[[\x1b]\x1b", 4)
	f.Fuzz(func(t *testing.T, shown string, at int) {
		var whole, parts terminalFilter
		want := string(whole.clean([]byte(shown)))
		at = min(max(at, 0), len(shown))
		got := string(parts.clean([]byte(shown[:at]))) + string(parts.clean([]byte(shown[at:])))
		if got != want {
			t.Errorf("split at %d: %q, want %q", at, got, want)
		}
		if strings.ContainsAny(want, "\x1b\r\a\x00") {
			t.Errorf("%q is not clean", want)
		}
	})
}

// Wherever a terminal wraps a line, it is found again, and nothing behind it is
// lost.
func FuzzEcho(f *testing.F) {
	f.Add("neighbor 192.0.2.9 description x", 7, "\n% what")
	f.Add("aab", 1, "aab")
	f.Fuzz(func(t *testing.T, line string, at int, after string) {
		if strings.ContainsAny(line, "\b\n\t\r\v\f\u0085\u00a0") || strings.TrimSpace(line) == "" || !isASCII(line) {
			return
		}
		line = strings.TrimSpace(line)
		at = min(max(at, 0), len(line)-1)
		s := screen{shown: []byte("\n#" + line[:at] + " \n" + line[at:] + after)}
		if !strings.HasPrefix(line, "#") && (!s.dropEcho(line) || string(s.shown) != after) {
			t.Errorf("rest %q, want %q", s.shown, after)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
