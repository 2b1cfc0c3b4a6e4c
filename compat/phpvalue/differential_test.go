package phpvalue_test

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

// pieces are what numbers, almost numbers and words for true and false are made
// of.
var pieces = []string{
	"0", "1", "2", "9", "10", "00", "123", "64500", "9223372036854775807", "9223372036854775808", "9223372036854775806",
	"18446744073709551615", "4294967295", "e", "E", "e5", "e-3", "e+", "e309", "e-400", ".", ".5", "..", "+", "-", " ", "\t", "\n", "\v", "\f", "\r",
	"\x00", "\xa0", "x", "0x1A", "0b1", "_", ",", "true", "TRUE", "False", "on", "Off", "yes", "NO", "null", "inf", "INF", "nan", "AS", "a", "%", "é",
}

// wrapped is what PHP reads wrongly: 19 digits and an exponent without digits
// make it look one byte off for the end of the range, so that an integer too
// large wraps around to a negative one.
var wrapped = regexp.MustCompile(`[0-9]{19}[eE][+-]`)

// text makes a text of a few pieces.
func text(r *rand.Rand) string {
	for {
		var b strings.Builder
		for range r.IntN(5) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		if s := b.String(); !wrapped.MatchString(s) {
			return s
		}
	}
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// coerced gives the conversions of a string as the oracle does.
func coerced(s string) []byte {
	number := "false"
	if n, ok := phpvalue.FilterInt(s); ok {
		number = strconv.FormatInt(n, 10)
	}
	truth := "null"
	if b, ok := phpvalue.FilterBool(s); ok {
		truth = bit(b)
	}
	return fmt.Appendf(nil, "%d\n%016x\n%s\n%s\n%s\n%d\n%d\n%d\n%d\n%s\n%s",
		phpvalue.Intval(s),
		math.Float64bits(phpvalue.Floatval(s)),
		bit(phpvalue.Boolval(s)),
		bit(phpvalue.IsNumeric(s)),
		bit(phpvalue.CtypeDigit(s)),
		phpvalue.LooseCompareInt(s, 0),
		phpvalue.LooseCompareInt(s, 1),
		phpvalue.LooseCompareInt(s, math.MaxInt64),
		phpvalue.LooseCompareInt(s, math.MinInt64),
		number,
		truth,
	)
}

// TestConversionsDifferential compares with the functions of PHP that the
// conversions are named after.
func TestConversionsDifferential(t *testing.T) {
	t.Parallel()
	oracle := phporacle.Start(t, 1000)
	phporacle.Comparison[string]{
		Generate: text,
		Ours:     coerced,
		Theirs:   phporacle.Asker(oracle, phporacle.Coerce, func(s string) []byte { return []byte(s) }),
		Smaller:  phporacle.SmallerText,
		Show:     strconv.Quote,
	}.Run(t, phporacle.Random(t), phporacle.Cases(t))
}

// TestLooseEqualStringDifferential compares with PHP's == between strings.
func TestLooseEqualStringDifferential(t *testing.T) {
	t.Parallel()
	type pair [2]string
	oracle := phporacle.Start(t, 1000)
	phporacle.Comparison[pair]{
		Generate: func(r *rand.Rand) pair {
			p := pair{text(r), text(r)}
			if r.IntN(2) == 0 {
				p[1] = p[0] + pieces[r.IntN(len(pieces))]
			}
			return p
		},
		Ours: func(p pair) []byte { return []byte(bit(phpvalue.LooseEqualString(p[0], p[1]))) },
		Theirs: phporacle.Asker(oracle, phporacle.Equal, func(p pair) []byte {
			return append(binary.LittleEndian.AppendUint32(nil, uint32(len(p[0]))), p[0]+p[1]...)
		}),
		Smaller: func(p pair) iter.Seq[pair] {
			return func(yield func(pair) bool) {
				for i, s := range p {
					for smaller := range phporacle.SmallerText(s) {
						q := p
						q[i] = smaller
						if !yield(q) {
							return
						}
					}
				}
			}
		},
		Show: func(p pair) string { return fmt.Sprintf("%q == %q", p[0], p[1]) },
	}.Run(t, phporacle.Random(t), phporacle.Cases(t))
}
