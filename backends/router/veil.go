package router

import (
	"regexp"
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
	known   []*regexp.Regexp
}

const hidden = "<secret>"

func newVeil(d *dialect.Dialect, secrets ...string) *veil {
	v := &veil{dialect: d}
	for _, s := range secrets {
		v.remember(s)
	}
	return v
}

// remember adds a secret. A very short one, such as the 0 that stands for no
// password, is hidden only where it is a word of its own.
func (v *veil) remember(secret string) {
	if secret = strings.TrimSpace(secret); secret == "" {
		return
	}
	expression := regexp.QuoteMeta(secret)
	if utf8.RuneCountInString(secret) < 4 {
		expression = `(?:\b|^)` + expression + `(?:\b|$)`
	}
	v.known = append(v.known, regexp.MustCompile(expression))
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
				if word = strings.Trim(word, quotes); utf8.RuneCountInString(word) >= 4 {
					v.remember(word)
				}
			}
		}
	}
}

// between returns what stands in line where masked has the mark.
func between(line, masked string) []string {
	var expression strings.Builder
	expression.WriteString(`\A`)
	for i, part := range strings.Split(masked, hidden) {
		if i > 0 {
			expression.WriteString(`(.+?)`)
		}
		expression.WriteString(regexp.QuoteMeta(part))
	}
	expression.WriteString(`\z`)
	m := regexp.MustCompile(expression.String()).FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	return m[1:]
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

func (v *veil) hide(text string) string {
	for _, k := range v.known {
		text = k.ReplaceAllLiteralString(text, hidden)
	}
	return text
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
