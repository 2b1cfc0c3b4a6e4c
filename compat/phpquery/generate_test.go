package phpquery_test

import (
	"math/rand/v2"
	"strings"
)

// words are the pieces that names and values are made of: plain ones, everything
// the rules of PHP treat specially, and what comes close to it.
var words = []string{
	"a", "b", "ab", "id", "meta", "fields", "rir", "0", "1", "2", "7", "00", "01", "-1", "-0", "-5", "+1", "1e3", "1.5",
	"9223372036854775807", "9223372036854775806", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
	"99999999999999999999", "2147483648", "_", "__", "__Host-", "__Secure-", "_.Host-", "..Host-", ". Secure-", "__Host", "__host-", "..Host", "..Secure", "Secure-",
	"[", "]", "[]", "[ ]", "[[", "]]", "][", "[a]", "[0]", "[1]", "[-1]", "[ a]", "[a.b]", "[.", "[ ", "[\t]", "[\n", "[\v]",
	".", " ", "+", "%20", "%2E", "%2e", "%5B", "%5D", "%5b", "%00", "%0", "%", "%%", "%zz", "%4", "%41", "%2B", "%26", "%3D",
	"\x00", "\t", "\r\n", "\xa0", "\xff", "\xc3", "é", "%C3%A9", "%FF", "😀", "%F0%9F%98%80", "%ED%A0%80", ";", "&amp;", "=", "==",
	"/", "\\", "\"", "'", "<", "#", "?", "GLOBALS", "this", "_GET", "apiKey", "hash",
}

// text makes a text of up to most words.
func text(r *rand.Rand, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(words[r.IntN(len(words))])
	}
	return b.String()
}

// name makes a name as clients send it, and sometimes one with a fault.
func name(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return text(r, 6)
	}
	var b strings.Builder
	if r.IntN(8) == 0 {
		b.WriteString([]string{" ", "+", "%20", "."}[r.IntN(4)])
	}
	b.WriteString(words[r.IntN(len(words))])
	depth := r.IntN(4)
	if r.IntN(200) == 0 {
		depth = 60 + r.IntN(8)
	}
	opening, closing := "[", "]"
	if r.IntN(3) == 0 {
		opening, closing = "%5B", "%5D"
	}
	for range depth {
		b.WriteString(opening)
		if r.IntN(3) > 0 {
			b.WriteString(words[r.IntN(len(words))])
		}
		if r.IntN(20) > 0 {
			b.WriteString(closing)
		}
	}
	if r.IntN(10) == 0 {
		b.WriteString(text(r, 2))
	}
	return b.String()
}

// query makes a query string or an urlencoded body. Names repeat, so that values
// meet in the same arrays.
func query(r *rand.Rand) string {
	switch r.IntN(40) {
	case 0:
		return randomBytes(r, 40)
	case 1:
		return text(r, 30)
	}
	count := 1 + r.IntN(8)
	if r.IntN(1000) == 0 {
		count = 990 + r.IntN(30)
	}
	names := []string{name(r), name(r), name(r)}
	var b strings.Builder
	for i := range count {
		if i > 0 {
			b.WriteString("&")
		}
		if r.IntN(30) == 0 {
			b.WriteString("&")
		}
		if r.IntN(3) > 0 {
			b.WriteString(names[r.IntN(len(names))])
		} else {
			b.WriteString(name(r))
		}
		if r.IntN(12) > 0 {
			b.WriteString("=")
		}
		b.WriteString(text(r, 2))
	}
	return b.String()
}

// randomBytes makes up to most bytes from those that matter and any others.
func randomBytes(r *rand.Rand, most int) string {
	const special = "[]=&%+ ._-\x00\t\n\r01ab;\"'"
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		if r.IntN(4) > 0 {
			b[i] = special[r.IntN(len(special))]
		} else {
			b[i] = byte(r.IntN(256))
		}
	}
	return string(b)
}
