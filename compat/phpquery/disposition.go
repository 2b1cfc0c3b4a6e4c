package phpquery

import "strings"

// whiteSpace is what C's isspace takes for white space.
const whiteSpace = " \t\n\v\f\r"

func isSpace(c byte) bool { return c == ' ' || (c >= '\t' && c <= '\r') }

// disposition is what a Content-Disposition says of a part.
type disposition struct {
	name     string
	named    bool
	filename string
	upload   bool // there is a file name, maybe an empty one
}

// parseDisposition reads a Content-Disposition as PHP does: the type does not
// matter, of several names the last one counts.
func parseDisposition(header string) disposition {
	var d disposition
	rest := strings.TrimLeft(header, whiteSpace)
	for rest != "" {
		var word string
		word, rest = cutWord(rest, ';')
		rest = strings.TrimLeft(rest, whiteSpace)
		if !strings.Contains(word, "=") {
			continue
		}
		key, value := cutWord(word, '=')
		switch lowerASCII(key) {
		case "name":
			d.name, d.named = unquote(value), true
		case "filename":
			d.filename, d.upload = unquote(value), true
		}
	}
	return d
}

// cutWord splits a text at a stop byte outside of quotes, and drops the stop
// bytes. Inside of quotes a backslash guards the quote.
func cutWord(s string, stop byte) (word, rest string) {
	i := 0
	for i < len(s) && s[i] != stop {
		quote := s[i]
		i++
		if quote != '"' && quote != '\'' {
			continue
		}
		for i < len(s) && s[i] != quote {
			if s[i] == '\\' && i+1 < len(s) && s[i+1] == quote {
				i++
			}
			i++
		}
		i = min(i+1, len(s))
	}
	word = s[:i]
	for i < len(s) && s[i] == stop {
		i++
	}
	return word, s[i:]
}

// unquote gives the value of a parameter: what is between quotes, or the text up
// to white space. A backslash guards another one, and the quote.
func unquote(s string) string {
	s = strings.TrimLeft(s, whiteSpace)
	if s == "" {
		return ""
	}
	quote := s[0]
	if quote == '"' || quote == '\'' {
		s = s[1:]
	} else {
		quote = 0
		if end := strings.IndexAny(s, whiteSpace); end >= 0 {
			s = s[:end]
		}
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s) && (quote == 0 || s[i] != quote); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || (quote != 0 && s[i+1] == quote)) {
			i++
		}
		out = append(out, s[i])
	}
	return string(out)
}

// lowerASCII gives s with the letters A to Z in lower case, and nothing else
// changed: what C's strcasecmp ignores.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			out := []byte(s)
			for ; i < len(out); i++ {
				if out[i] >= 'A' && out[i] <= 'Z' {
					out[i] += 'a' - 'A'
				}
			}
			return string(out)
		}
	}
	return s
}
