package phpjson_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

// pieces are what texts are made of: everything that json_encode treats
// specially, the ends of each range of UTF-8, and bytes that are not valid.
var pieces = []string{
	"a", "Amazon.com", "AS64500", "0", "12", "-1", " ", "/", "\\", "\"", "'", "<", ">", "&", "\b", "\f", "\n", "\r", "\t", "\v",
	"\x00", "\x01", "\x1f", "\x7f", "\u0080", "\u00e9", "\u07ff", "\u0800", "\u2028", "\u2029", "\ud7ff", "\ue000", "\ufeff",
	"\ufffd", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff", "http://x/y",
}

var invalid = []string{
	"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
	"\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xa0",
}

// text makes a text, one time in a hundred with something that is not UTF-8.
func text(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(6) {
		b.WriteString(pieces[r.IntN(len(pieces))])
		if r.IntN(400) == 0 {
			b.WriteString(invalid[r.IntN(len(invalid))])
		}
	}
	if r.IntN(300) == 0 {
		for range r.IntN(8) {
			b.WriteByte(byte(r.IntN(256)))
		}
	}
	return b.String()
}

// float makes a float from any part of the range, with few digits or all.
func float(r *rand.Rand) float64 {
	switch r.IntN(8) {
	case 0:
		return math.Float64frombits(r.Uint64()) // any bits, also NaN and infinities
	case 1:
		return math.Pow(10, float64(r.IntN(50)-25))
	case 2:
		return float64(r.IntN(2_000_001)-1_000_000) / 100
	case 3:
		return math.Ldexp(1, r.IntN(140)-70)
	case 4:
		return []float64{0, math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxInt64, math.MinInt64, 0.1 + 0.2}[r.IntN(7)]
	case 5:
		digits := strconv.FormatUint(r.Uint64N(1e17), 10)
		f, err := strconv.ParseFloat(digits[:1+r.IntN(len(digits))]+"e"+strconv.Itoa(r.IntN(44)-24), 64)
		if err != nil {
			panic(err) // the exponent is far from the ends of the range
		}
		return f
	}
	return (r.Float64() - 0.5) * math.Pow(10, float64(r.IntN(40)-18))
}

// value makes a value nested at most depth deep.
func value(r *rand.Rand, depth int) phpvalue.Value {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return phpvalue.String(text(r))
	case 1:
		return phpvalue.Int(int64(r.Uint64()) >> r.IntN(64))
	case 2:
		if f := float(r); r.IntN(20) == 0 || !math.IsNaN(f) && !math.IsInf(f, 0) {
			return phpvalue.Float(f)
		}
		return phpvalue.Float(0)
	case 3:
		return phpvalue.Bool(r.IntN(2) == 0)
	case 4:
		return phpvalue.Null()
	case 5:
		return phpvalue.FromObject(array(r, depth-1))
	}
	return phpvalue.FromArray(array(r, depth-1))
}

// array makes an array: a list, a list with a flaw, or names for values.
func array(r *rand.Rand, depth int) *phpvalue.Array {
	a := phpvalue.NewArray()
	for range r.IntN(5) {
		a.Append(value(r, depth))
	}
	switch r.IntN(4) {
	case 0:
		a.Delete(strconv.Itoa(r.IntN(3)))
		if r.IntN(2) == 0 {
			a.Append(value(r, depth))
		}
	case 1:
		for range r.IntN(4) {
			a.SetKey(phpvalue.IntKey(int64(r.IntN(9)-2)), value(r, depth))
		}
	case 2:
		for range r.IntN(20) {
			a.Set(text(r), value(r, depth))
		}
	}
	return a
}

// nested makes a value with about as many levels as json_encode allows, at the
// bottom of which there may be what it refuses.
func nested(r *rand.Rand) phpvalue.Value {
	v := value(r, 1)
	for range 505 + r.IntN(12) {
		a := phpvalue.NewArray()
		if r.IntN(2) == 0 {
			a.Append(v)
		} else {
			a.Set("k", v)
		}
		if r.IntN(100) == 0 {
			a.Append(value(r, 0))
		}
		v = phpvalue.FromArray(a)
		if r.IntN(10) == 0 {
			v = phpvalue.FromObject(a)
		}
	}
	return v
}

// smaller gives simpler variants of a value.
func smaller(v phpvalue.Value) iter.Seq[phpvalue.Value] {
	return func(yield func(phpvalue.Value) bool) {
		if v.Kind() == phpvalue.KindString {
			for s := range phporacle.SmallerText(v.Text()) {
				if !yield(phpvalue.String(s)) {
					return
				}
			}
			return
		}
		wrap := phpvalue.FromArray
		if v.Kind() == phpvalue.KindObject {
			wrap = phpvalue.FromObject
		}
		for key, child := range v.Array().All() {
			if !yield(child) {
				return
			}
			without := v.Array().Clone()
			without.Delete(key.Text())
			if !yield(wrap(without)) {
				return
			}
			for s := range smaller(child) {
				with := v.Array().Clone()
				with.SetKey(key, s)
				if !yield(wrap(with)) {
					return
				}
			}
		}
	}
}
