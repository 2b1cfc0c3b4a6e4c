package contract

import (
	"strconv"
	"strings"
)

// leaf is a value of a JSON text that is neither an object nor an array.
type leaf struct {
	// path leads to it: data[2].log_data[0].time. names is the same without
	// numbers: data[].log_data[].time.
	path, names string
	// member is the last name in the path.
	member string
	// start and end are where it stands, with quotes if it is a string.
	start, end int
}

// text is what the leaf holds, as it is written, without quotes.
func (l leaf) text(body string) string {
	raw := body[l.start:l.end]
	if l.quoted(body) {
		return raw[1 : len(raw)-1]
	}
	return raw
}

func (l leaf) quoted(body string) bool {
	return l.end-l.start >= 2 && body[l.start] == '"' && body[l.end-1] == '"'
}

// level is an object or array around a place in a JSON text.
type level struct {
	array bool
	index int
	key   string
}

// scanner goes through a JSON text without reading it as values, so that every
// byte stays where it is, and so that a placeholder may stand where a number
// does. What is not JSON gives odd leaves and no error.
type scanner struct {
	body   string
	at     int
	levels []level
	// inKey is true where the name of a member is due.
	inKey bool
}

// next gives the next leaf in front of the byte limit; ok is false when there is
// none.
func (s *scanner) next(limit int) (l leaf, ok bool) {
	for s.at < limit {
		start := s.at
		switch c := s.body[s.at]; c {
		case '{', '[':
			s.levels = append(s.levels, level{array: c == '['})
			s.inKey = c == '{'
			s.at++
		case '}', ']':
			if n := len(s.levels); n > 0 {
				s.levels = s.levels[:n-1]
			}
			s.inKey = false
			s.at++
		case ',':
			if top := s.top(); top != nil {
				top.index++
				top.key = ""
				s.inKey = !top.array
			}
			s.at++
		case ':':
			s.inKey = false
			s.at++
		case ' ', '\t', '\r', '\n':
			s.at++
		case '"':
			end := s.stringEnd(start)
			if top := s.top(); s.inKey && top != nil {
				if end <= limit {
					top.key = strings.Trim(s.body[start:end], `"`)
				}
				s.at = end
				continue
			}
			s.at = end
			return s.leaf(start), true
		default:
			for s.at < len(s.body) && !strings.ContainsRune(",:{}[]\" \t\r\n", rune(s.body[s.at])) {
				s.at++
			}
			return s.leaf(start), true
		}
	}
	return leaf{}, false
}

func (s *scanner) top() *level {
	if len(s.levels) == 0 {
		return nil
	}
	return &s.levels[len(s.levels)-1]
}

// stringEnd is the place behind the string that starts at a place.
func (s *scanner) stringEnd(start int) int {
	for i := start + 1; i < len(s.body); i++ {
		switch s.body[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s.body)
}

func (s *scanner) leaf(start int) leaf {
	l := leaf{path: s.path(true), names: s.path(false), start: start, end: s.at}
	for _, level := range s.levels {
		if !level.array {
			l.member = level.key
		}
	}
	return l
}

// path is that of the value which is due, or has just been read.
func (s *scanner) path(numbers bool) string {
	var b strings.Builder
	for _, level := range s.levels {
		switch {
		case level.array && numbers:
			b.WriteString("[" + strconv.Itoa(level.index) + "]")
		case level.array:
			b.WriteString("[]")
		case level.key != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(level.key)
		}
	}
	return b.String()
}

// leaves are all of a text, in its order.
func leaves(body string) []leaf {
	var all []leaf
	s := scanner{body: body}
	for {
		l, ok := s.next(len(body))
		if !ok {
			return all
		}
		all = append(all, l)
	}
}

// pathAt is the path of what stands at a byte of a JSON text: of the value, or,
// in a name or between values, of the object or array around it, or of the
// element that follows a comma. It is empty at the top, and in a text that is not
// JSON.
func pathAt(body string, at int) string {
	if !strings.HasPrefix(strings.TrimSpace(body), "{") && !strings.HasPrefix(strings.TrimSpace(body), "[") {
		return ""
	}
	s := scanner{body: body}
	for {
		l, ok := s.next(at + 1)
		if ok && at < l.end {
			return l.path
		}
		if !ok {
			break
		}
	}
	// The byte is of a name, or between values.
	if top := s.top(); top != nil && (s.inKey || top.array && body[min(at, len(body)-1)] != ',') {
		s.levels = s.levels[:len(s.levels)-1]
	}
	return s.path(true)
}
