package phpvalue

import "strconv"

// number is the number at the start of a string: leading white space, a sign,
// digits, a fraction, an exponent. PHP and MySQL read the same form and differ
// in what they make of it.
type number struct {
	text    string // the sign and what follows it, "" when there is no number
	end     int    // where the number ends in the string
	decimal bool   // there is a point or an exponent
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
	return number{text: s[start:end], end: end, decimal: decimal}
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

// integer gives the number when it is written as an integer and fits.
func (n number) integer() (int64, bool) {
	if n.text == "" || n.decimal {
		return 0, false
	}
	i, err := strconv.ParseInt(n.text, 10, 64)
	return i, err == nil
}

// overflow gives the sign of an integer that does not fit, and 0 for every other
// number.
func (n number) overflow() int {
	if _, ok := n.integer(); ok || n.text == "" || n.decimal {
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
