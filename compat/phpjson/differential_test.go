package phpjson_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

// encoded gives a value as the oracle does: '=' and JSON, or '!' and the number
// that PHP has for the error.
func encoded(v phpvalue.Value) []byte {
	out, err := phpjson.Append([]byte{'='}, v)
	for e, number := range map[error]int{phpjson.ErrDepth: 1, phpjson.ErrInvalidUTF8: 5, phpjson.ErrInfOrNaN: 7} {
		if errors.Is(err, e) {
			return strconv.AppendInt([]byte{'!'}, int64(number), 10)
		}
	}
	return out
}

// TestAppendDifferential compares with PHP's json_encode, also in what is
// refused and why.
func TestAppendDifferential(t *testing.T) {
	t.Parallel()
	serialized := func(v phpvalue.Value) []byte { return phporacle.AppendSerialized(nil, v) }
	oracle := phporacle.Start(t, 1000)
	phporacle.Comparison[phpvalue.Value]{
		Generate: func(r *rand.Rand) phpvalue.Value {
			if r.IntN(1000) == 0 {
				return nested(r)
			}
			return value(r, r.IntN(4))
		},
		Ours:    encoded,
		Theirs:  phporacle.Asker(oracle, phporacle.JSON, serialized),
		Smaller: smaller,
		Show:    func(v phpvalue.Value) string { return strconv.Quote(string(serialized(v))) },
	}.Run(t, phporacle.Random(t), phporacle.Cases(t))
}
