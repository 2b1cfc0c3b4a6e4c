package contract

import (
	"strings"
	"unicode/utf8"

	"provision-gateway/compat/golden"
)

// Miss is an answer that is not the one that a golden file expects.
type Miss struct {
	// Pair is the number of the pair in its file, from 1.
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
	// Path leads to the first difference: data[2].name. It is empty when that is
	// no place in JSON.
	Path string `json:"path"`
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
	front, _ := p.Fill(want[:wantAt], values, nil)
	whole, _ := p.Fill(want, values, nil)
	m := &Miss{Pair: number, Request: pair.Request.Line, Expected: whole, Got: text, ExpectedAt: len(front), GotAt: gotAt}
	// The path is that of the answer that came; what it lacks, the expected one
	// has.
	m.Path = pathIn(text, got.Body, gotAt)
	if path := pathIn(whole, pair.Answer.Body, m.ExpectedAt); len(path) > len(m.Path) {
		m.Path = path
	}
	return m
}

// pathIn is the path at a byte of an answer that may have lines in front of its
// body.
func pathIn(text, body string, at int) string {
	front := strings.IndexAny(text, "{[")
	if body == "" || front < 0 || at < front {
		return ""
	}
	return pathAt(text[front:], at-front)
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
