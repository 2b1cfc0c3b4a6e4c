package contract

import (
	"slices"
	"unicode/utf8"

	"provision-gateway/compat"
	"provision-gateway/compat/golden"
	"provision-gateway/compat/redact"
	"provision-gateway/compat/shadow"
)

// Miss is an answer that is not the one that a golden file expects.
type Miss struct {
	// Pair is the number of the pair in its file, counted from 1.
	Pair int `json:"pair"`
	// Request is the request line of the file.
	Request string `json:"request"`
	// Expected and Got are both answers as a golden file would hold them; in the
	// expected one, placeholders that have a value are filled in.
	Expected string `json:"expected"`
	Got      string `json:"got"`
	// ExpectedAt and GotAt are the bytes, from 0, at which they part.
	ExpectedAt int `json:"expected_at"`
	GotAt      int `json:"got_at"`
	// Path leads to the first difference, as package shadow writes it:
	// $.data[2].name, or status or content_type. It is empty when that is no
	// place in JSON.
	Path string `json:"path"`
	// Kind says how the two differ there; see package shadow.
	Kind shadow.Kind `json:"kind,omitempty"`
	// Differences is how many there are in all.
	Differences int `json:"differences"`
	// Nearest is another golden file whose answer to the same action is nearer
	// to what came, when there is one.
	Nearest *Nearest `json:"nearest,omitempty"`
}

// Nearest names a pair of a golden file.
type Nearest struct {
	File string `json:"file"`
	Pair int    `json:"pair"`
	// Same tells that its answer is the one that came, to the byte.
	Same bool `json:"same"`
}

// compare gives nil when the answer is the expected one.
func compare(p golden.Placeholders, pair golden.Pair, number int, got golden.Answer, values golden.Bindings) *Miss {
	want, text := pair.Answer.String(), got.String()
	wantAt, gotAt, ok := p.Match(want, text, values)
	if ok {
		return nil
	}
	align(p, pair.Answer.Body, got.Body, values)
	front, _ := p.Fill(want[:wantAt], values, nil)
	whole, _ := p.Fill(want, values, nil)
	m := &Miss{Pair: number, Request: pair.Request.Line, Expected: whole, Got: text, ExpectedAt: len(front), GotAt: gotAt}
	// The path is that of the answer that came; what it lacks, the expected one
	// has.
	m.Path = pathIn(text, gotAt)
	if path := pathIn(whole, m.ExpectedAt); len(path) > len(m.Path) {
		m.Path = path
	}
	m.name(golden.ParseAnswer(whole), got, pair.Request.Action())
	return m
}

// name says how the two answers differ at the first byte that does, or, where
// that is in no value of its own, in the first place.
func (m *Miss) name(expected, got golden.Answer, action *compat.Action) {
	key := ""
	if action != nil {
		key = action.Key()
	}
	result := shadow.Compare(key, asShadow(expected), asShadow(got), nil)
	m.Differences = result.Total
	if len(result.Differences) == 0 {
		return
	}
	first := slices.IndexFunc(result.Differences, func(d shadow.Difference) bool { return d.Path == m.Path })
	m.Path, m.Kind = result.Differences[max(0, first)].Path, result.Differences[max(0, first)].Kind
}

func asShadow(a golden.Answer) shadow.Answer {
	return shadow.Answer{Status: a.Status, ContentType: a.ContentType, Body: []byte(a.Body)}
}

// align gives values to the placeholders behind the first difference, where the
// answer that came has one of their shape at the same path. Only so can the rest
// of the two be held against each other, and can later requests be sent.
func align(p golden.Placeholders, want, got string, values golden.Bindings) {
	at := map[string]string{}
	for _, l := range leaves(got) {
		at[l.path] = got[l.start:l.end]
	}
	for _, l := range leaves(want) {
		if text, some := at[l.path]; some {
			p.Match(want[l.start:l.end], text, values)
		}
	}
}

// redact takes secrets out of both answers. What is left to see begins to differ
// elsewhere, or not at all when only secrets differ.
func (m *Miss) redact(secrets ...string) {
	r := redact.New(secrets...)
	before := m.Expected + m.Got
	m.Expected, m.Got = redactAnswer(r, m.Expected), redactAnswer(r, m.Got)
	if m.Expected+m.Got == before {
		return
	}
	at := 0
	for at < len(m.Expected) && at < len(m.Got) && m.Expected[at] == m.Got[at] {
		at++
	}
	m.ExpectedAt, m.GotAt = at, at
}

// redactAnswer keeps the lines in front of a body.
func redactAnswer(r *redact.Redactor, text string) string {
	a := golden.ParseAnswer(text)
	a.Body = string(r.Answer([]byte(a.Body)))
	return a.String()
}

// pathIn is the path at a byte of an answer that may have lines in front of its
// body.
func pathIn(text string, at int) string {
	body := golden.ParseAnswer(text).Body
	if at -= len(text) - len(body); at < 0 {
		return ""
	}
	path := pathAt(body, at)
	if path != "" && path[0] != '[' {
		path = "." + path
	}
	return "$" + path
}

// around is how many bytes of an answer are shown in front of the first
// difference and behind it.
const around = 48

// Excerpts are both answers around the first difference, each in one line:
// control characters are escaped as in Go, and what is left out is shown as an
// ellipsis.
func (m *Miss) Excerpts() (expected, got string) {
	return excerpt(m.Expected, m.ExpectedAt), excerpt(m.Got, m.GotAt)
}

func excerpt(text string, at int) string {
	from, to := max(0, at-around), min(len(text), at+around)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	shown := escape(text[from:to])
	if from > 0 {
		shown = "…" + shown
	}
	if to < len(text) {
		shown += "…"
	}
	if at >= len(text) {
		shown += " (ends here)"
	}
	return shown
}
