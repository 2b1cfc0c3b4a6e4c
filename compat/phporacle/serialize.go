package phporacle

import (
	"math"
	"strconv"

	"provision-gateway/compat/phpvalue"
)

// AppendSerialized appends a value in the format of PHP's serialize. It is the
// exact text PHP writes, except for floats, of which PHP reads this form too.
func AppendSerialized(dst []byte, v phpvalue.Value) []byte {
	switch v.Kind() {
	case phpvalue.KindBool:
		if v.BoolVal() {
			return append(dst, "b:1;"...)
		}
		return append(dst, "b:0;"...)
	case phpvalue.KindInt:
		return appendInt(dst, v.IntVal())
	case phpvalue.KindFloat:
		dst = append(dst, "d:"...)
		switch f := v.FloatVal(); {
		case math.IsNaN(f):
			dst = append(dst, "NAN"...)
		case math.IsInf(f, 1):
			dst = append(dst, "INF"...)
		case math.IsInf(f, -1):
			dst = append(dst, "-INF"...)
		default:
			dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
		}
		return append(dst, ';')
	case phpvalue.KindString:
		return appendText(dst, v.Text())
	case phpvalue.KindArray:
		return appendEntries(append(dst, "a:"...), v.Array(), false)
	case phpvalue.KindObject:
		return appendEntries(append(dst, `O:8:"stdClass":`...), v.Array(), true)
	}
	return append(dst, "N;"...)
}

// appendEntries appends the entries of an array, or the properties of an object,
// whose names are always text.
func appendEntries(dst []byte, a *phpvalue.Array, object bool) []byte {
	dst = strconv.AppendInt(dst, int64(a.Len()), 10)
	dst = append(dst, ":{"...)
	for key, v := range a.All() {
		if key.IsInt() && !object {
			dst = appendInt(dst, key.Int())
		} else {
			dst = appendText(dst, key.Text())
		}
		dst = AppendSerialized(dst, v)
	}
	return append(dst, '}')
}

func appendInt(dst []byte, n int64) []byte {
	dst = append(dst, "i:"...)
	return append(strconv.AppendInt(dst, n, 10), ';')
}

func appendText(dst []byte, s string) []byte {
	dst = append(dst, "s:"...)
	dst = strconv.AppendInt(dst, int64(len(s)), 10)
	dst = append(dst, `:"`...)
	dst = append(dst, s...)
	return append(dst, `";`...)
}
