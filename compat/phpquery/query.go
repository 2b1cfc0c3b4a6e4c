// Package phpquery reads a request the way PHP 8.2 does: the query string into
// what $_GET holds, a form body into what $_POST holds, and both into what
// $_REQUEST holds.
//
// Go's net/url reads the same text differently (it keeps no order, knows no
// brackets, drops pairs with a semicolon and refuses a stray percent sign), so
// the scripts' requests have to be read here. Nothing in this package fails:
// PHP makes something of every input, and so do these functions.
//
// The rules are those of PHP's main/php_variables.c and main/rfc1867.c, checked
// against the PHP interpreter itself.
package phpquery

import (
	"strings"

	"provision-gateway/compat/phpvalue"
)

// DefaultMaxVars is how many variables PHP takes from the query string, and
// again from the body, unless max_input_vars says otherwise. Further variables
// are ignored.
const DefaultMaxVars = 1000

// ParseQuery gives what $_GET holds for a raw query string, without its leading
// question mark. Variables after the first maxVars are ignored; empty pieces
// between separators are not counted, pieces that PHP discards are. The result
// may refer to the memory of raw.
func ParseQuery(raw string, maxVars int) *phpvalue.Array {
	// For PHP the query string ends at a NUL byte, as every C string.
	raw = untilNUL(raw)
	vars := phpvalue.NewArraySize(pieces(raw, maxVars))
	for count := 0; raw != ""; {
		var piece string
		piece, raw, _ = strings.Cut(raw, "&")
		if piece == "" {
			continue
		}
		if count++; count > maxVars {
			break
		}
		name, value, _ := strings.Cut(piece, "=")
		register(vars, untilNUL(decode(name)), decode(value))
	}
	return vars
}

// ParseForm gives what $_POST holds for an urlencoded body. It differs from
// ParseQuery as PHP does: a NUL byte does not end the body, empty pieces count
// as variables, and the limit is checked after a variable is taken, so that one
// more than maxVars enters.
func ParseForm(body string, maxVars int) *phpvalue.Array {
	vars := phpvalue.NewArraySize(pieces(body, maxVars))
	for count := 0; body != "" && count <= maxVars; count++ {
		var piece string
		piece, body, _ = strings.Cut(body, "&")
		name, value, _ := strings.Cut(piece, "=")
		register(vars, untilNUL(decode(name)), decode(value))
	}
	return vars
}

// pieces gives a number of entries worth reserving for a query.
func pieces(raw string, maxVars int) int {
	const most = 64
	return max(0, min(strings.Count(raw, "&")+1, maxVars, most))
}

// decode is PHP's urldecode: '+' is a space, '%' and two hexadecimal digits are
// a byte, and any other '%' stays as it is.
func decode(s string) string {
	first := 0
	for first < len(s) && s[first] != '%' && s[first] != '+' {
		first++
	}
	if first == len(s) {
		return s
	}
	out := make([]byte, first, len(s))
	copy(out, s)
	for i := first; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s) && hex[s[i+1]] >= 0 && hex[s[i+2]] >= 0:
			c = byte(hex[s[i+1]]<<4 | hex[s[i+2]])
			i += 2
		}
		out = append(out, c)
	}
	return string(out)
}

// hex holds the value of every hexadecimal digit and -1 for other bytes.
var hex = func() (table [256]int16) {
	for c := range table {
		table[c] = -1
	}
	for i, c := range "0123456789" {
		table[c] = int16(i)
	}
	for i, c := range "abcdef" {
		table[c], table[c-'a'+'A'] = int16(10+i), int16(10+i)
	}
	return table
}()

// untilNUL gives what C takes a string for: the bytes before the first NUL.
func untilNUL(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}
