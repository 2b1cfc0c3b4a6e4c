package dialect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"provision-gateway/backends/router/dialect"
)

func TestSplitLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"only blank lines", "\n  \r\n\r", nil},
		{"the documentation's example", "conf t\n\nrouter bgp 32787\n\nneighbor 192.0.2.2 maximum-prefix 20 \nend\nwrite",
			[]string{"conf t", "router bgp 32787", "neighbor 192.0.2.2 maximum-prefix 20", "end", "write"}},
		{"all line ends", "a\r\nb\rc\nd\n\re", []string{"a", "b", "c", "d", "e"}},
		{"indentation stays", "router bgp 1\n neighbor x", []string{"router bgp 1", " neighbor x"}},
		{"comments and other letters", "! Größe\n# x", []string{"! Größe", "# x"}},
		{"longest line", strings.Repeat("a", 1024), []string{strings.Repeat("a", 1024)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := dialect.SplitLines(tt.text); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestUnsendableLines(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{
		"question mark": "who? me", "pipe": "show run | include x", "tab": "a\tb", "leading tab": "\tgeheim", "NUL": "a\x00",
		"escape": "\x1b[A", "backspace": "ab\b", "Ctrl-C": "a\x03", "Ctrl-Z": "\x1a", "vertical tab": "a\vb", "form feed": "a\f",
		"delete": "a\x7f", "C1": "a\u009bb", "next line": "a\u0085b", "line separator": "a\u2028b", "paragraph separator": "a\u2029b",
		"not UTF-8": "a\xffb", "too long": strings.Repeat("a", 1025),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, err := dialect.SplitLines("conf t\r\n\r\npassword geheim" + bad + "\nend")
			var l *dialect.LineError
			if lines != nil || !errors.As(err, &l) || l.Line != 3 || l.Reason == "" {
				t.Fatalf("%q, %v", lines, err)
			}
			if !strings.HasPrefix(err.Error(), "Line 3 ") || strings.Contains(err.Error(), "geheim") {
				t.Errorf("error %q", err)
			}
		})
	}
}

func FuzzSplitLines(f *testing.F) {
	for _, s := range []string{"", "conf t\n\nend", "a\r\rb\n", "a?", "a|b", " \t", "a\x00b", "\u2028", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := dialect.SplitLines(text)
		if err != nil {
			var l *dialect.LineError
			if !errors.As(err, &l) || l.Line < 1 || l.Line > 1+strings.Count(text, "\n")+strings.Count(text, "\r") {
				t.Fatalf("error %v", err)
			}
			return
		}
		for _, line := range lines {
			if line == "" || strings.TrimRight(line, " ") != line || strings.ContainsFunc(line, unicode.IsControl) ||
				strings.ContainsAny(line, "?|\u2028\u2029") || !strings.Contains(text, line) {
				t.Fatalf("line %q", line)
			}
		}
		again, err := dialect.SplitLines(strings.Join(lines, "\r\n"))
		if err != nil || !slices.Equal(again, lines) {
			t.Fatalf("%q becomes %q, %v", lines, again, err)
		}
	})
}
