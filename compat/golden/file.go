// Package golden reads and writes golden files: requests to a server of the
// legacy API, each with the answer that is expected, byte for byte.
//
// A file is text:
//
//	# NAME: VALUE
//	METHOD PATH?QUERY
//	Header: value
//
//	body
//	----------------------------------------
//	answer
//	========================================
//	METHOD PATH?QUERY
//	----------------------------------------
//	answer
//
// It begins with any number of settings, a line each. Then come pairs of a
// request and its answer, with a line of 40 equal signs between two pairs; all
// pairs of a file go to the same server, in their order. A request is its line
// without the HTTP version, the headers that matter, and, where there is one, an
// empty line and the body. Host, Content-Length and Connection belong to the
// connection, and apiKey and hash to the caller: they are not in the file
// unless the file is about them. A line of 40 dashes ends the request, and all
// bytes up to the next line of equal signs, or up to the end of the file, are
// the answer: a line end at the end of a file would be part of the answer.
//
// An answer that is not HTTP 200 begins with a line with its status (401
// Unauthorized); one whose Content-Type is not application/json has the type in
// a line behind that. The rest is the body.
//
// A pair may lack its answer, with the line of dashes, as long as nobody has
// recorded it.
//
// Settings say what the server must be prepared with (fixture: lirs), and one
// of them belongs to the format: placeholders, for which see [Placeholders].
//
// Nothing in a file is escaped or trimmed, so that [Format] gives back the very
// bytes that [Parse] read. What cannot be written, such as an answer that holds
// one of the two lines, is an error.
package golden

import (
	"errors"
	"fmt"
	"strings"
)

// Extension ends the names of golden files.
const Extension = ".golden"

const (
	// dashes is between a request and its answer, equals between pairs.
	dashes = "\n----------------------------------------\n"
	equals = "\n========================================\n"
)

// File is a golden file.
type File struct {
	// Settings are in the order of the file, each name at most once.
	Settings []Setting
	// Pairs are at least one.
	Pairs []Pair
}

// Setting is a line at the start of a file: # NAME: VALUE.
type Setting struct{ Name, Value string }

// Pair is a request and the answer to it.
type Pair struct {
	Request Request
	// Answer is nil as long as none was recorded.
	Answer *Answer
}

// Setting gives the value of a setting, and whether the file has it.
func (f *File) Setting(name string) (value string, ok bool) {
	for _, s := range f.Settings {
		if s.Name == name {
			return s.Value, true
		}
	}
	return "", false
}

// Parse reads a file. The error names the pair, counted from 1, and what is
// wrong with it.
func Parse(data []byte) (*File, error) {
	f, rest := &File{}, string(data)
	for strings.HasPrefix(rest, "# ") {
		line, after, _ := strings.Cut(rest[2:], "\n")
		rest = after
		name, value, _ := strings.Cut(line, ": ")
		f.Settings = append(f.Settings, Setting{name, value})
	}
	for i, text := range strings.Split(rest, equals) {
		pair, err := parsePair(text)
		if err != nil {
			return nil, fmt.Errorf("pair %d: %w", i+1, err)
		}
		f.Pairs = append(f.Pairs, pair)
	}
	// What is written otherwise than it would be read is refused, so that no
	// two texts are the same file.
	again, err := Format(f)
	if err != nil {
		return nil, err
	}
	if string(again) != string(data) {
		return nil, errors.New("a setting is not written as # NAME: VALUE")
	}
	return f, nil
}

func parsePair(text string) (Pair, error) {
	request, answer, answered := strings.Cut(text, dashes)
	r, err := parseRequest(request)
	if err != nil || !answered {
		return Pair{Request: r}, err
	}
	a := ParseAnswer(answer)
	return Pair{r, &a}, nil
}

// Format writes a file. It is an error when the file could not be read back as
// it is: without pairs, with a line end in a setting, a request line or a
// header, with one of the separating lines in a body or an answer, or with an
// answer that would be read as another one.
func Format(f *File) ([]byte, error) {
	var b strings.Builder
	names := map[string]bool{}
	for _, s := range f.Settings {
		if err := s.check(); err != nil {
			return nil, err
		}
		if names[s.Name] {
			return nil, fmt.Errorf("setting %s is there twice", s.Name)
		}
		names[s.Name] = true
		b.WriteString("# " + s.Name + ": " + s.Value + "\n")
	}
	if len(f.Pairs) == 0 {
		return nil, errors.New("no request")
	}
	for i, pair := range f.Pairs {
		if i > 0 {
			b.WriteString(equals)
		}
		if err := pair.append(&b); err != nil {
			return nil, fmt.Errorf("pair %d: %w", i+1, err)
		}
	}
	return []byte(b.String()), nil
}

func (s Setting) check() error {
	if s.Name == "" || strings.ContainsAny(s.Name, ": \n") || strings.Contains(s.Value, "\n") {
		return fmt.Errorf("setting %q: its name is empty or has a colon or a space, or its value a line end", s.Name)
	}
	return nil
}

func (p Pair) append(b *strings.Builder) error {
	if err := p.Request.check(); err != nil {
		return err
	}
	text := p.Request.text()
	if p.Answer != nil {
		if err := p.Answer.check(); err != nil {
			return err
		}
		if strings.Contains(text+dashes[:len(dashes)-1], dashes) {
			return errors.New("the request holds the line of dashes that ends it")
		}
		text += dashes + p.Answer.String()
	} else if strings.Contains(text, dashes) {
		return errors.New("the request holds the line of dashes that ends it")
	}
	// The last line end of a separator may come from what follows.
	if strings.Contains(text+equals[:len(equals)-1], equals) {
		return errors.New("the request or the answer holds the line of equal signs that ends it")
	}
	b.WriteString(text)
	return nil
}
