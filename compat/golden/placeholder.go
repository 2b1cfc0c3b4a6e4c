package golden

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// PlaceholdersSetting is the name of the setting that says which placeholders a
// file has. It is the only one that is not about the server.
const PlaceholdersSetting = "placeholders"

// Kind is a kind of values that differ from server to server, or are not to be
// shown, and for which a file holds placeholders.
type Kind string

// The kinds, and the placeholders that they switch on; N counts from 1.
const (
	// IDs is <id-N>: decimal digits.
	IDs Kind = "ids"
	// Times is <time-N>, as 2014-05-22 23:14:54, and <seconds-N>, a Unix time of
	// nine to eleven digits.
	Times Kind = "times"
	// Secrets is <secret-N> and <hash>: any text within a JSON string.
	Secrets Kind = "secrets"
	// Bodies is <body> and, for text of which only the length was kept, <N
	// bytes>: any text within a JSON string.
	Bodies Kind = "bodies"
)

var kindPatterns = map[Kind]string{
	IDs: `id-[1-9][0-9]*`, Times: `(?:time|seconds)-[1-9][0-9]*`, Secrets: `secret-[1-9][0-9]*|hash`,
	Bodies: `body|[1-9][0-9]* bytes(?: that are not JSON)?`,
}

// Placeholders is how a file writes values that differ from server to server.
//
// A file has placeholders only when a setting says so and of which kinds:
//
//	# placeholders: ids, times
//
// Without it, <id-1> is text like any other. In a file that has it, a text that
// only looks like a placeholder of one of its kinds has <lt> in place of its <,
// and so has a text that is <lt> itself.
//
// A placeholder stands for the same value wherever it is in the file: in an
// answer, the first one takes the value that the server gives (see Match), and
// those behind it, in the same answer, in later requests and in their answers,
// demand that value. Two placeholders may have the same value. Only those without
// a number are another value each time.
type Placeholders struct {
	kinds   []Kind
	pattern *regexp.Regexp
}

// NewPlaceholders are the placeholders of some kinds; of none, all text is
// literal.
func NewPlaceholders(kinds ...Kind) (Placeholders, error) {
	for _, kind := range kinds {
		if kindPatterns[kind] == "" {
			return Placeholders{}, fmt.Errorf("setting %s: %q is none of ids, times, secrets, bodies", PlaceholdersSetting, kind)
		}
	}
	if len(kinds) == 0 {
		return Placeholders{}, nil
	}
	names, sorted := []string{"lt"}, []Kind{}
	for _, kind := range []Kind{IDs, Times, Secrets, Bodies} {
		if slices.Contains(kinds, kind) {
			names, sorted = append(names, kindPatterns[kind]), append(sorted, kind)
		}
	}
	return Placeholders{sorted, regexp.MustCompile(`<(` + strings.Join(names, "|") + `)>`)}, nil
}

// Placeholders are those that the settings of a file switch on. The error is a
// kind that does not exist.
func (f *File) Placeholders() (Placeholders, error) {
	value, ok := f.Setting(PlaceholdersSetting)
	if !ok {
		return Placeholders{}, nil
	}
	var kinds []Kind
	for word := range strings.SplitSeq(value, ", ") {
		kinds = append(kinds, Kind(word))
	}
	return NewPlaceholders(kinds...)
}

// Setting is the setting that switches them on; ok is false when there are none.
func (p Placeholders) Setting() (s Setting, ok bool) {
	var words []string
	for _, kind := range p.kinds {
		words = append(words, string(kind))
	}
	return Setting{PlaceholdersSetting, strings.Join(words, ", ")}, len(words) > 0
}

// Quote writes a text that is to be literal.
func (p Placeholders) Quote(text string) string {
	if p.pattern == nil {
		return text
	}
	return p.pattern.ReplaceAllString(text, "<lt>$1>")
}

// Bindings are the values of the placeholders of a file, by their names without
// brackets (id-1). It is made empty for each run of a file.
type Bindings map[string]string

// part is a stretch of a text: literal, or a placeholder by its name.
type part struct {
	literal, name string
	// at is where the part begins in the text.
	at int
}

func (p Placeholders) parts(text string) []part {
	var parts []part
	from := 0
	if p.pattern != nil {
		for _, m := range p.pattern.FindAllStringSubmatchIndex(text, -1) {
			if m[0] > from {
				parts = append(parts, part{literal: text[from:m[0]], at: from})
			}
			if name := text[m[2]:m[3]]; name == "lt" {
				parts = append(parts, part{literal: "<", at: m[0]})
			} else {
				parts = append(parts, part{name: name, at: m[0]})
			}
			from = m[1]
		}
	}
	if from < len(text) {
		parts = append(parts, part{literal: text[from:], at: from})
	}
	return parts
}

// Fill puts values in the place of placeholders, as encode writes them; nil
// leaves them as they are. What has no value yet is left as a placeholder, and
// missing names it.
func (p Placeholders) Fill(text string, values Bindings, encode func(string) string) (filled string, missing []string) {
	var b strings.Builder
	for _, part := range p.parts(text) {
		value, bound := values[part.name]
		switch {
		case part.name == "":
			b.WriteString(part.literal)
		case !bound:
			b.WriteString("<" + part.name + ">")
			missing = append(missing, part.name)
		case encode != nil:
			b.WriteString(encode(value))
		default:
			b.WriteString(value)
		}
	}
	return b.String(), missing
}

// Match holds a text that a server gave against what a file expects, and binds
// the placeholders that have no value yet. When they are not the same, wantAt
// and gotAt are the bytes at which they part, a placeholder counting as one that
// differs at its first byte; the placeholders in front of that are bound all the
// same.
func (p Placeholders) Match(want, got string, values Bindings) (wantAt, gotAt int, ok bool) {
	at, parts := 0, p.parts(want)
	for i, part := range parts {
		if part.name == "" {
			n := commonPrefix(part.literal, got[at:])
			if n < len(part.literal) {
				return part.at + n, at + n, false
			}
			at += n
			continue
		}
		value, ok := valueAt(part.name, got[at:], parts[i+1:])
		if !ok {
			return part.at, at, false
		}
		if numbered(part.name) {
			if bound, known := values[part.name]; known && bound != value {
				return part.at, at, false
			}
			values[part.name] = value
		}
		at += len(value)
	}
	return len(want), at, at == len(got)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// numbered tells whether a placeholder stands for the same value each time.
func numbered(name string) bool {
	last := name[len(name)-1]
	return last >= '0' && last <= '9'
}

// valueAt gives the value that a placeholder stands for at the start of a text;
// ok is false when there is none.
func valueAt(name, text string, behind []part) (value string, ok bool) {
	switch {
	case strings.HasPrefix(name, "id-"):
		n := digits(text)
		return text[:n], n > 0
	case strings.HasPrefix(name, "seconds-"):
		n := digits(text)
		return text[:n], n >= 9 && n <= 11
	case strings.HasPrefix(name, "time-"):
		n := min(len(text), len(time.DateTime))
		return text[:n], IsTime(text[:n])
	}
	text = text[:stringEnd(text)]
	if len(behind) == 0 || behind[0].literal == "" {
		return text, true
	}
	// What is literal behind it in the same string does not belong to it.
	literal := behind[0].literal
	if end := stringEnd(literal); end < len(literal) {
		return strings.TrimSuffix(text, literal[:end]), true
	}
	if i := strings.Index(text, literal); i >= 0 {
		return text[:i], true
	}
	return text, true
}

func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// stringEnd is where a JSON string ends that text is within.
func stringEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// IsTime tells whether a text is a time as answers write it, 2014-05-22
// 23:14:54. The day must exist: 0000-00-00 00:00:00 is no time.
func IsTime(text string) bool {
	_, err := time.Parse(time.DateTime, text)
	return err == nil && len(text) == len(time.DateTime)
}
