package shadow

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// step is a piece of a path: a member or an element, and in a pattern also any
// of them.
type step struct {
	name string
	// index counts for elements, which have no name.
	index   int
	element bool
	// any is every member or every element: .* and [*].
	any bool
	// deep is any number of steps before this one: ..name.
	deep bool
}

// simple reports whether a name needs no quotes in a path.
func simple(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

// render writes a path. A generalised one has [*] for every index, and .* for
// names of digits only, which are the ids by which PHP's arrays are keyed.
func render(steps []step, general bool) string {
	b := make([]byte, 1, 64)
	b[0] = '$'
	for _, s := range steps {
		if s.deep {
			b = append(b, '.')
			if s.element || !s.any && !simple(s.name) {
				b = append(b, '.')
			}
		}
		switch {
		case s.element && (s.any || general):
			b = append(b, "[*]"...)
		case s.element:
			b = append(strconv.AppendInt(append(b, '['), int64(s.index), 10), ']')
		case s.any || general && digits(s.name):
			b = append(b, ".*"...)
		case simple(s.name):
			b = append(append(b, '.'), s.name...)
		default:
			b = append(strconv.AppendQuote(append(b, '['), s.name), ']')
		}
	}
	return string(b)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// generalise is the generalised form of a path; what is no path stays.
func generalise(path string) string {
	if steps, err := parsePath(path); err == nil {
		return render(steps, true)
	}
	return path
}

// parsePath reads a path or a pattern: $.data[*].modified, $.data[3]["a.b"],
// $..time, $.data[*].*.
func parsePath(text string) ([]step, error) {
	if !strings.HasPrefix(text, "$") {
		return nil, errors.New("a path begins with $")
	}
	var steps []step
	for rest := text[1:]; rest != ""; {
		var s step
		if strings.HasPrefix(rest, "..") {
			s.deep = true
			rest = rest[1:]
			if strings.HasPrefix(rest, ".[") {
				rest = rest[1:]
			}
		}
		var err error
		if rest, err = s.parse(rest); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func (s *step) parse(rest string) (string, error) {
	switch {
	case rest[0] == '.':
		rest = rest[1:]
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		if s.name = rest[:end]; s.name == "*" {
			s.any, s.name = true, ""
		} else if !simple(s.name) {
			return "", fmt.Errorf("%q must be written as [%q]", s.name, s.name)
		}
		return rest[end:], nil
	case strings.HasPrefix(rest, "[*]"):
		s.any, s.element = true, true
		return rest[3:], nil
	case strings.HasPrefix(rest, `["`):
		quoted, err := strconv.QuotedPrefix(rest[1:])
		if err == nil {
			s.name, err = strconv.Unquote(quoted)
		}
		if rest = strings.TrimPrefix(rest, "["+quoted); err != nil || !strings.HasPrefix(rest, "]") {
			return "", errors.New("a quoted name does not end")
		}
		return rest[1:], nil
	case rest[0] == '[':
		number, after, found := strings.Cut(rest[1:], "]")
		n, err := strconv.Atoi(number)
		if !found || err != nil || n < 0 || !digits(number) {
			return "", fmt.Errorf("[%s] is no index", number)
		}
		s.index, s.element = n, true
		return after, nil
	}
	return "", fmt.Errorf("%q follows no dot", rest)
}

// matches reports whether a pattern matches a path, or with below a path or what
// it begins with.
func matches(pattern, path []step, below bool) bool {
	if len(pattern) == 0 {
		return below || len(path) == 0
	}
	p := pattern[0]
	for at := range path {
		s := path[at]
		if s.element == p.element && (p.any || s.name == p.name && s.index == p.index) && matches(pattern[1:], path[at+1:], below) {
			return true
		}
		if !p.deep {
			break
		}
	}
	return false
}
