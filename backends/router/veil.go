package router

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"provision-gateway/backends/router/dialect"
)

// veil hides secrets in what is logged or answered: those that the dialect
// finds in a line by its form, and those that were sent to this router before,
// wherever the router repeats them.
type veil struct {
	dialect *dialect.Dialect
	known   []string
}

const hidden = "<secret>"

func newVeil(d *dialect.Dialect, secrets ...string) *veil {
	v := &veil{dialect: d}
	for _, s := range secrets {
		v.remember(s)
	}
	return v
}

// remember adds a secret.
func (v *veil) remember(secret string) {
	if secret = strings.TrimSpace(secret); secret != "" && !slices.Contains(v.known, secret) {
		v.known = append(v.known, secret)
		// The longest first: what is left of it must not show.
		slices.SortStableFunc(v.known, func(a, b string) int { return len(b) - len(a) })
	}
}

// quotes may stand around a secret in a line and be missing where the router
// repeats it.
const quotes = `"';{}`

// learn remembers the secrets of lines that are going to be sent.
func (v *veil) learn(lines []string) {
	for _, line := range lines {
		masked := v.dialect.Mask(line)
		if masked == line {
			continue
		}
		for _, secret := range between(line, masked) {
			v.remember(secret)
			for _, word := range strings.Fields(secret) {
				if word = strings.Trim(word, quotes); len(word) >= shortest {
					v.remember(word)
				}
			}
		}
	}
}

// between returns what stands in line where masked has the mark.
func between(line, masked string) []string {
	parts := strings.Split(masked, hidden)
	rest, found := strings.CutPrefix(line, parts[0])
	if !found {
		return nil
	}
	var secrets []string
	for i, part := range parts[1:] {
		end := strings.Index(rest, part)
		if i == len(parts)-2 {
			end = len(rest) - len(part)
		}
		if end < 0 || !strings.HasPrefix(rest[end:], part) {
			return secrets
		}
		secrets = append(secrets, rest[:end])
		rest = rest[end+len(part):]
	}
	return secrets
}

// line is a line as it may be shown.
func (v *veil) line(line string) string { return printable(v.hide(v.dialect.Mask(line))) }

// said is what a router said as it may be shown: each line masked by its form,
// known secrets hidden, and on one line.
func (v *veil) said(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, v.dialect.Mask(line))
		}
	}
	return printable(v.hide(strings.Join(lines, " ")))
}

// hide replaces the known secrets. A very short one, such as the 0 that stands
// for no password, is hidden only where it is a word of its own.
func (v *veil) hide(text string) string {
	for _, secret := range v.known {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, hidden)
			continue
		}
		var b strings.Builder
		for {
			before, after, found := strings.Cut(text, secret)
			b.WriteString(before)
			if !found {
				break
			}
			if endsWord(b.String()) || beginsWord(after) {
				b.WriteString(secret)
			} else {
				b.WriteString(hidden)
			}
			text = after
		}
		text = b.String()
	}
	return text
}

// shortest is from how many bytes on a secret is hidden within words too.
const shortest = 4

func endsWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func beginsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// longest is how much of what a router said is passed on, in characters.
const longest = 300

// printable makes a text from elsewhere fit for an answer and a log: valid
// UTF-8 without control characters, and not too long.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return strings.TrimSpace(s)
}
