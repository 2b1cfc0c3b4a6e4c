// Package phpjson writes JSON byte for byte as PHP's json_encode does with its
// default flags.
//
// Scripts compare answers of the legacy API as text, cut them with regular
// expressions, or store them, so the bytes matter: slashes are escaped, every
// character beyond ASCII is \uxxxx, and whether an array is a list or an object
// follows from its keys. Go's encoding/json differs in each of these.
//
// The functions append to a buffer and give the extended buffer, as append does.
// Apart from growing the buffer they do not allocate.
package phpjson

import (
	"unicode/utf8"
	"unsafe"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Bytes that are not valid UTF-8 become
// \ufffd, one for each; PHP would make nothing of the whole answer.
func AppendString(dst []byte, s string) []byte {
	dst, _ = appendString(dst, s, false)
	return dst
}

// AppendStringBytes appends s as a JSON string, as AppendString does.
func AppendStringBytes(dst []byte, s []byte) []byte {
	return AppendString(dst, unsafe.String(unsafe.SliceData(s), len(s)))
}

// AppendNullableString appends the string that s points to, and null when s is
// nil.
func AppendNullableString(dst []byte, s *string) []byte {
	if s == nil {
		return AppendNull(dst)
	}
	return AppendString(dst, *s)
}

// appendString appends s as a JSON string. A strict call stops at invalid UTF-8
// and reports false; the buffer then ends with part of the string.
func appendString(dst []byte, s string, strict bool) ([]byte, bool) {
	dst = append(dst, '"')
	for {
		n := plainPrefix(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"'), true
		}
		s = s[n:]
		if c := s[0]; c < utf8.RuneSelf {
			dst = appendEscaped(dst, c)
			s = s[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if strict && r == utf8.RuneError && size == 1 {
			return dst, false
		}
		dst = appendRune(dst, r)
		s = s[size:]
	}
}

// plainPrefix gives the length of the start of s that needs no escaping. It
// looks at eight bytes at a time: answers are mostly plain ASCII, and this is
// where most of the time of writing one goes.
func plainPrefix(s string) int {
	const (
		ones = 0x0101010101010101
		high = 0x8080808080808080
	)
	i := 0
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		// The high bit of a byte of special is set when the byte is below 0x20,
		// one of the three escaped characters, or beyond ASCII. A borrow from a
		// lower byte may set it for a plain byte too, but only above one for
		// which it is set rightly, so the test of the whole word is exact.
		quote, slash, backslash := w^'"'*ones, w^'/'*ones, w^'\\'*ones
		special := (w-0x20*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash | (backslash-ones)&^backslash | w
		if special&high != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if !plain[s[i]] {
			return i
		}
	}
	return len(s)
}

// plain marks the bytes that stand for themselves in a JSON string.
var plain = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\' && c != '/'
	}
	return table
}()

// appendEscaped appends an ASCII character that needs escaping.
func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '\b':
		c = 'b'
	case '\f':
		c = 'f'
	case '\n':
		c = 'n'
	case '\r':
		c = 'r'
	case '\t':
		c = 't'
	case '"', '\\', '/':
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	}
	return append(dst, '\\', c)
}

// appendRune appends a character beyond ASCII: four hexadecimal digits, or two
// times four, the UTF-16 surrogates, beyond the basic plane.
func appendRune(dst []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		dst = appendUnit(dst, 0xd800|r>>10)
		r = 0xdc00 | r&0x3ff
	}
	return appendUnit(dst, r)
}

func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', hexDigits[u>>12&0xf], hexDigits[u>>8&0xf], hexDigits[u>>4&0xf], hexDigits[u&0xf])
}
