package ordered

import (
	"strings"
	"unicode/utf8"
)

// escape is how long the escape is that a text begins with; 0 when it is none.
func escape(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := unit(s); ok {
			return 6
		}
	}
	return 0
}

// unit is the UTF-16 unit of an escape \uXXXX.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// Unescape reads the first character of what stands between the quotes of a
// string: the bytes that it means are appended to dst, and size is how many
// bytes it was written in. A lone surrogate becomes the three bytes that UTF-8
// would have for it, so that different strings stay different.
func Unescape(dst []byte, s string) (text []byte, size int) {
	if s[0] != '\\' || len(s) < 2 {
		return append(dst, s[0]), 1
	}
	switch s[1] {
	case 'b':
		return append(dst, '\b'), 2
	case 'f':
		return append(dst, '\f'), 2
	case 'n':
		return append(dst, '\n'), 2
	case 'r':
		return append(dst, '\r'), 2
	case 't':
		return append(dst, '\t'), 2
	case 'u':
		r, ok := unit(s)
		if !ok {
			return append(dst, s[0]), 1
		}
		if r < 0xd800 || r > 0xdfff {
			return utf8.AppendRune(dst, r), 6
		}
		if low, ok := unit(s[6:]); ok && r < 0xdc00 && low >= 0xdc00 && low <= 0xdfff {
			return utf8.AppendRune(dst, 0x10000+(r-0xd800)<<10+(low-0xdc00)), 12
		}
		return append(dst, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f), 6
	}
	return append(dst, s[1]), 2
}

// Decode returns the text of a string that is written with its quotes. What is
// not written with quotes is returned as it is.
func Decode(raw string) string {
	if len(raw) < 2 || raw[0] != '"' {
		return raw
	}
	s := raw[1 : len(raw)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	text := make([]byte, 0, len(s))
	for s != "" {
		var size int
		text, size = Unescape(text, s)
		s = s[size:]
	}
	return string(text)
}
