package phpvalue

import (
	"math"
	"strings"
)

// The functions of this file are the conversions of PHP 8.2, each named after
// the PHP function or operator that it is.

// Intval is PHP's intval of a string, which is the same as the cast (int): the
// number that the string starts with, without its fraction, 0 when there is
// none. "1abc" is 1, "1e3" is 1000, "AS64500" is 0. Numbers out of range become
// the nearest integer, but those beyond the range of a float ("1e309") become 0.
func Intval(s string) int64 {
	n := scanNumber(s)
	if i, ok := n.integer(); ok {
		return i
	}
	f := n.float()
	switch {
	case math.IsInf(f, 0):
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// Floatval is PHP's floatval of a string: the number that the string starts
// with, 0 when there is none.
func Floatval(s string) float64 { return scanNumber(s).float() }

// Boolval is PHP's boolval of a string: only "" and "0" are false. For a boolean
// parameter of the API use Boolean.
func Boolval(s string) bool { return s != "" && s != "0" }

// IsNumeric is PHP's is_numeric of a string: a number, with white space before
// and after it allowed, and nothing else.
func IsNumeric(s string) bool {
	n := scanNumber(s)
	return n.text != "" && strings.TrimLeft(s[n.end:], " \t\n\r\v\f") == ""
}

// CtypeDigit is PHP's ctype_digit of a string: at least one byte, and decimal
// digits only.
func CtypeDigit(s string) bool { return s != "" && skipDigits(s, 0) == len(s) }

// LooseEqualString is PHP's == between two strings: by number when both are
// numeric, by bytes otherwise.
func LooseEqualString(a, b string) bool {
	if !IsNumeric(a) || !IsNumeric(b) {
		return a == b
	}
	x, y := scanNumber(a), scanNumber(b)
	i, xInteger := x.integer()
	j, yInteger := y.integer()
	if xInteger && yInteger {
		return i == j
	}
	xOver, yOver := x.overflow(), y.overflow()
	f, g := x.float(), y.float()
	switch {
	case xOver != 0 && xOver == yOver, f == g && math.IsInf(f, 0):
		// Two numbers beyond the same end of the range would be equal as
		// floats far too often, so PHP compares them as text.
		return a == b
	case xOver != 0 && yInteger, yOver != 0 && xInteger:
		return false
	}
	return f == g
}

// LooseCompareInt is PHP's <=> between a string and an integer: by number when
// the string is numeric, by text otherwise. It gives -1, 0 or 1; 0 is PHP's ==.
func LooseCompareInt(s string, n int64) int {
	if !IsNumeric(s) {
		return strings.Compare(s, IntKey(n).Text())
	}
	if i, ok := scanNumber(s).integer(); ok {
		switch {
		case i < n:
			return -1
		case i > n:
			return 1
		}
		return 0
	}
	switch f := Floatval(s); {
	case f < float64(n):
		return -1
	case f > float64(n):
		return 1
	}
	return 0
}

// FilterInt is PHP's filter_var with FILTER_VALIDATE_INT: white space around it
// is dropped, then it must be a decimal integer in range without leading zeros.
// The boolean is false where PHP returns false.
func FilterInt(s string) (int64, bool) {
	s = strings.Trim(s, " \t\n\r\v")
	unsigned := s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		unsigned = s[1:]
	}
	if !CtypeDigit(unsigned) || (unsigned[0] == '0' && len(unsigned) > 1) {
		return 0, false
	}
	return scanNumber(s).integer()
}

// FilterBool is PHP's filter_var with FILTER_VALIDATE_BOOL: white space around
// it is dropped, then 1, true, on and yes are true, 0, false, off, no and the
// empty string are false, in any case. The second boolean is false for every
// other string, where PHP returns false, or null with FILTER_NULL_ON_FAILURE.
func FilterBool(s string) (value, valid bool) {
	switch strings.ToLower(strings.Trim(s, " \t\n\r\v")) {
	case "1", "true", "on", "yes":
		return true, true
	case "", "0", "false", "off", "no":
		return false, true
	}
	return false, false
}
