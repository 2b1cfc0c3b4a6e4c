package phpvalue

import "strconv"

// Key is the key of an array entry: an integer, or a string that is not the
// decimal form of one. The zero Key is the integer 0.
//
// Keys are comparable: two keys are equal exactly when PHP takes them for the
// same key.
type Key struct {
	text   string
	number int64
	isText bool
}

// IntKey gives an integer key.
func IntKey(n int64) Key { return Key{number: n} }

// NewKey gives the key that PHP uses for a name: a canonical decimal that fits
// 64 bits ("0", "12", "-5") is an integer key, everything else, as "", "01",
// "+1", "-0", "1.5" and "1e3", is a string key.
func NewKey(name string) Key {
	if n, ok := canonicalInt(name); ok {
		return Key{number: n}
	}
	return Key{text: name, isText: true}
}

// IsInt reports whether the key is an integer.
func (k Key) IsInt() bool { return !k.isText }

// Int gives the number of an integer key and 0 for a string key.
func (k Key) Int() int64 { return k.number }

// Text gives the key as PHP prints it: the bytes of a string key, the decimal
// form of an integer key.
func (k Key) Text() string {
	if k.isText {
		return k.text
	}
	return strconv.FormatInt(k.number, 10)
}

// canonicalInt reads the decimal form that PHP itself would print for an
// integer, from the lowest (-9223372036854775808) to the highest.
func canonicalInt(s string) (int64, bool) {
	digits := s
	negative := false
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
		negative = true
	}
	if len(digits) == 0 || len(digits) > 19 {
		return 0, false
	}
	if digits[0] == '0' && len(s) > 1 {
		return 0, false
	}
	var n uint64
	for i := 0; i < len(digits); i++ {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	if negative {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}
