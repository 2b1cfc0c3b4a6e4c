package redact

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"provision-gateway/compat/shadow/ordered"
)

// Leaks names what looks like a secret that was not redacted in a stored text: a
// JSON document, lines of them, query strings, forms, headers, or a file that
// holds several of these. Each entry says the line and the field, never the
// value. It looks for values of secret fields that are neither empty, null, "0",
// true, false nor a placeholder (inside attr also no integer), for hexadecimal
// keys beside such names, and for private keys. Bodies of e-mails are no secrets
// here. Values that are allowed, such as those of the vendor's documentation, can
// be named.
func Leaks(data []byte, allowed ...string) []string {
	l := leaks{allowed: allowed}
	text := string(data)
	for _, m := range privateKey.FindAllStringIndex(text, -1) {
		l.add(lineOf(text, m[0]), "a private key")
	}
	if root, err := ordered.Parse(text); err == nil {
		l.json(text, 1, "$", root, plain, false)
		return l.found
	}
	l.parts(text)
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
			// A request may follow an answer that has no newline.
			if root, err := ordered.Parse(trimmed); err == nil {
				l.json(trimmed, number, "$", root, plain, false)
				continue
			}
		}
		l.line(number, line)
	}
	return l.found
}

var (
	// leakMember is a member of JSON that is not written as a whole document on
	// one line.
	leakMember = regexp.MustCompile(`"([A-Za-z0-9_\-.\[\] ]{1,80})"\s*:\s*(?:\[\s*)?("(?:[^"\\]|\\.)*"|-?[0-9.eE+]+)`)
	// leakPair is a parameter in a query or a form.
	leakPair = regexp.MustCompile(`(?:^|[?&\s"'])([A-Za-z0-9_\-.%\[\]+]{1,120})=([^&\s"']*)`)
	// leakHeader is a header whose value is secret.
	leakHeader = regexp.MustCompile(`(?i)^(authorization|cookie|set-cookie|x-[a-z0-9-]*(?:key|token|secret)[a-z0-9-]*):\s*(.+)$`)
	// hex is what looks like a key in hexadecimal, beside what stands before it
	// when it is one.
	hex    = regexp.MustCompile(`[0-9a-fA-F]{32,}`)
	beside = regexp.MustCompile(`(?i)(` + strings.Join(secretParts, "|") + `|api_key|hash|key)["'\]]{0,2}\s{0,3}[:=]?\s{0,3}["']?$`)
	// leakPart is a part of a multipart form.
	leakPart = regexp.MustCompile(`(?i)[;\s]name="([^"\r\n]*)"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n([^\r\n]*)`)
)

type leaks struct {
	allowed []string
	found   []string
}

func (l *leaks) add(line int, what string) {
	if text := fmt.Sprintf("line %d: %s", line, what); !slices.Contains(l.found, text) {
		l.found = append(l.found, text)
	}
}

// leaked reports whether a value of a secret field is one.
func (l *leaks) leaked(value string) bool {
	return !harmless(value) && placeholderSize(value) == 0 && !slices.Contains(l.allowed, value)
}

func lineOf(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

func (l *leaks) json(text string, first int, path string, n *ordered.Node, kind class, attributes bool) {
	for i := range n.Children {
		c := &n.Children[i]
		inner, attributes, at := kind, attributes, fmt.Sprintf("%s[%d]", path, i)
		if n.Kind == ordered.Object {
			name := c.Name()
			inner, attributes = kind.within(classifyParameter(name)), attributes || name == attr
			at = path + "." + name
		}
		l.json(text, first, at, c, inner, attributes)
	}
	line := first + lineOf(text, n.Start) - 1
	secretField := kind == secret || kind == signature
	switch {
	case secretField && (n.Kind == ordered.String || n.Kind == ordered.Number):
		if isSecret(n, attributes) && l.leaked(n.Text()) {
			l.add(line, path)
		}
	case n.Kind == ordered.String:
		l.hex(line, path+": ", n.Text())
		for _, m := range leakPair.FindAllStringSubmatch(n.Text(), -1) {
			l.pair(line, path+": ", m[1], m[2])
		}
	}
}

func (l *leaks) pair(line int, where, name, value string) {
	kind := classifyParameter(decode(name, true))
	if kind != secret && kind != signature {
		return
	}
	text := decode(value, true)
	if l.leaked(text) && !slices.Contains(l.allowed, decode(value, false)) {
		l.add(line, where+"parameter "+decode(name, true))
	}
}

func (l *leaks) line(number int, line string) {
	for _, m := range leakPair.FindAllStringSubmatch(line, -1) {
		l.pair(number, "", m[1], m[2])
	}
	for _, m := range leakMember.FindAllStringSubmatch(line, -1) {
		value := ordered.Decode(m[2])
		if kind := classifyParameter(m[1]); (kind == secret || kind == signature) && value != "0" && l.leaked(value) {
			l.add(number, "member "+m[1])
		}
	}
	if m := leakHeader.FindStringSubmatch(line); m != nil && l.leaked(m[2]) {
		l.add(number, "header "+m[1])
	}
	l.hex(number, "", line)
}

// hex finds keys in hexadecimal beside names of secrets.
func (l *leaks) hex(line int, where, text string) {
	for _, m := range hex.FindAllStringIndex(text, -1) {
		name := beside.FindStringSubmatch(text[max(0, m[0]-40):m[0]])
		if name != nil && l.leaked(text[m[0]:m[1]]) {
			l.add(line, where+"a key beside "+name[1])
		}
	}
}

func (l *leaks) parts(text string) {
	for _, m := range leakPart.FindAllStringSubmatchIndex(text, -1) {
		name, value := text[m[2]:m[3]], text[m[4]:m[5]]
		if kind := classifyParameter(name); (kind == secret || kind == signature) && l.leaked(value) {
			l.add(lineOf(text, m[4]), "part "+name)
		}
	}
}
