package phpvalue

import "math"

// Number is the number that MySQL reads from a quoted string where it compares
// the string with a numeric column.
type Number struct {
	value float64
}

// MySQLNumber gives the number that MySQL and MariaDB take a quoted string for
// in a comparison with a numeric column: the number that the string starts
// with, after white space, and 0 when there is none. What follows the number is
// ignored: "1abc" and "1,2" are 1, "1e3" is 1000, "AS64500" and "" are 0.
func MySQLNumber(s string) Number { return Number{value: scanNumber(s).float()} }

// Float gives the number itself; one beyond the range of a float is an infinity.
func (n Number) Float() float64 { return n.value }

// Uint gives the number as the value of an unsigned integer column. The boolean
// is false when no such column can hold it, because it has a fraction, is
// negative or too large; then the comparison matches no row.
func (n Number) Uint() (uint64, bool) {
	if n.value < 0 || n.value >= math.MaxUint64 || n.value != math.Trunc(n.value) {
		return 0, false
	}
	return uint64(n.value), true
}

// Int gives the number as the value of a signed integer column. The boolean is
// false when no such column can hold it; then the comparison matches no row.
func (n Number) Int() (int64, bool) {
	if n.value < math.MinInt64 || n.value >= math.MaxInt64 || n.value != math.Trunc(n.value) {
		return 0, false
	}
	return int64(n.value), true
}
