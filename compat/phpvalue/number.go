package phpvalue

import (
	"math"
	"strconv"
)

// number is the number at the start of a string: leading white space, a sign,
// digits, a fraction, an exponent. PHP and MySQL read the same form and differ
// in what they make of it.
type number struct {
	text    string // the sign and what follows it, "" when there is no number
	end     int    // where the number ends in the string
	whole   int    // digits before the point, without leading zeros
	decimal bool   // there is a point or an exponent
	tail    bool   // the string goes on behind the number
}

// scanNumber finds the number at the start of s.
func scanNumber(s string) number {
	start := 0
	for start < len(s) && isSpace(s[start]) {
		start++
	}
	i := start
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	whole := skipDigits(s, i)
	digits := whole - i
	end, decimal := whole, false
	if whole < len(s) && s[whole] == '.' {
		fraction := skipDigits(s, whole+1)
		// A point alone is no number, one digit on either side is enough.
		if digits += fraction - whole - 1; digits > 0 {
			end, decimal = fraction, true
		}
	}
	if digits == 0 {
		return number{end: start}
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		exponent := end + 1
		if exponent < len(s) && (s[exponent] == '-' || s[exponent] == '+') {
			exponent++
		}
		if last := skipDigits(s, exponent); last > exponent {
			end, decimal = last, true
		}
	}
	for i < whole && s[i] == '0' {
		i++
	}
	return number{text: s[start:end], end: end, whole: whole - i, decimal: decimal, tail: end < len(s)}
}

// float gives the number as a float: 0 when there is none, an infinity when it
// is out of range.
func (n number) float() float64 {
	if n.text == "" {
		return 0
	}
	// The text has been scanned, so the only possible error is the range error
	// that comes with an infinity.
	f, _ := strconv.ParseFloat(n.text, 64)
	return f
}

// integer gives the number when it is written as an integer and fits. PHP takes
// the lowest integer for too large when anything follows it.
func (n number) integer() (int64, bool) {
	if n.text == "" || n.decimal {
		return 0, false
	}
	i, err := strconv.ParseInt(n.text, 10, 64)
	return i, err == nil && (i != math.MinInt64 || !n.tail)
}

// overflow gives the sign of what PHP takes for an integer that does not fit: 20
// digits, whatever follows them, or fewer that are written as an integer. It is
// 0 for every other number.
func (n number) overflow() int {
	if n.text == "" {
		return 0
	}
	if _, fits := n.integer(); n.whole < 20 && (fits || n.decimal) {
		return 0
	}
	if n.text[0] == '-' {
		return -1
	}
	return 1
}

// isSpace tells white space as C's isspace does.
func isSpace(c byte) bool { return c == ' ' || (c >= '\t' && c <= '\r') }

func skipDigits(s string, i int) int {
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}
