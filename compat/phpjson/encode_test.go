package phpjson_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phpvalue"
)

func list(values ...phpvalue.Value) phpvalue.Value {
	a := phpvalue.NewArray()
	for _, v := range values {
		a.Append(v)
	}
	return phpvalue.FromArray(a)
}

func pairs(keysAndValues ...any) *phpvalue.Array {
	a := phpvalue.NewArray()
	for i := 0; i < len(keysAndValues); i += 2 {
		a.Set(keysAndValues[i].(string), keysAndValues[i+1].(phpvalue.Value))
	}
	return a
}

// deep gives a value inside of a number of lists.
func deep(levels int, v phpvalue.Value) phpvalue.Value {
	for range levels {
		v = list(v)
	}
	return v
}

func TestAppend(t *testing.T) {
	t.Parallel()
	one, two := phpvalue.Int(1), phpvalue.Int(2)
	gap := pairs("0", one, "1", two)
	gap.Delete("0")
	tests := []struct {
		name string
		in   phpvalue.Value
		want string
	}{
		{"null", phpvalue.Null(), `null`},
		{"zero value", phpvalue.Value{}, `null`},
		{"booleans", list(phpvalue.Bool(true), phpvalue.Bool(false)), `[true,false]`},
		{"integers", list(phpvalue.Int(math.MinInt64), phpvalue.Int(math.MaxInt64)), `[-9223372036854775808,9223372036854775807]`},
		{"floats", list(phpvalue.Float(10), phpvalue.Float(0.1)), `[10,0.1]`},
		{"numeric string", phpvalue.String("1"), `"1"`},
		{"empty array", phpvalue.FromArray(nil), `[]`},
		{"empty object", phpvalue.FromObject(nil), `{}`},
		{"order of keys", phpvalue.FromArray(pairs("b", one, "a", two)), `{"b":1,"a":2}`},
		{"keys out of order", phpvalue.FromArray(pairs("1", one, "0", two)), `{"1":1,"0":2}`},
		{"gap", phpvalue.FromArray(gap), `{"1":2}`},
		{"object with numbers", phpvalue.FromObject(pairs("0", one, "1", two)), `{"0":1,"1":2}`},
		{"key to be escaped", phpvalue.FromArray(pairs("a/é", one, "", two)), `{"a\/\u00e9":1,"":2}`},
		{"private property", phpvalue.FromObject(pairs("\x00A\x00b", one, "c", two)), `{"c":2}`},
		{"array key with NUL", phpvalue.FromArray(pairs("\x00A", one)), `{"\u0000A":1}`},
		{"deepest", deep(512, one), strings.Repeat("[", 512) + "1" + strings.Repeat("]", 512)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := phpjson.Append([]byte("x"), test.in)
			if err != nil || string(got) != "x"+test.want {
				t.Errorf("Append = %s (error %v), want x%s", got, err, test.want)
			}
			if got := phpjson.AppendLenient([]byte("x"), test.in); string(got) != "x"+test.want {
				t.Errorf("AppendLenient = %s, want x%s", got, test.want)
			}
		})
	}
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	bad, nan, one := phpvalue.String("a\xffb"), phpvalue.Float(math.NaN()), phpvalue.Int(1)
	badKey := phpvalue.FromArray(pairs("\xff", one))
	tests := []struct {
		name    string
		in      phpvalue.Value
		want    error
		lenient string
	}{
		{"string", bad, phpjson.ErrInvalidUTF8, `"a\ufffdb"`},
		{"nested string", list(one, list(bad)), phpjson.ErrInvalidUTF8, `[1,["a\ufffdb"]]`},
		{"key", badKey, phpjson.ErrInvalidUTF8, `{"\ufffd":1}`},
		{"NaN", nan, phpjson.ErrInfOrNaN, `0`},
		{"infinities", list(phpvalue.Float(math.Inf(1)), phpvalue.Float(math.Inf(-1))), phpjson.ErrInfOrNaN, `[0,0]`},
		{"too deep", deep(513, one), phpjson.ErrDepth, strings.Repeat("[", 513) + "1" + strings.Repeat("]", 513)},
		{"the string ends it", list(nan, bad, nan), phpjson.ErrInvalidUTF8, `[0,"a\ufffdb",0]`},
		{"a later number replaces the key", list(badKey, nan), phpjson.ErrInfOrNaN, `[{"\ufffd":1},0]`},
		{"depth replaces the key", deep(512, badKey), phpjson.ErrDepth, strings.Repeat("[", 512) + `{"\ufffd":1}` + strings.Repeat("]", 512)},
		{"string in the deepest", deep(513, bad), phpjson.ErrInvalidUTF8, strings.Repeat("[", 513) + `"a\ufffdb"` + strings.Repeat("]", 513)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := phpjson.Append([]byte("x"), test.in)
			if !errors.Is(err, test.want) || string(got) != "x" {
				t.Errorf("Append = %.40s (error %v), want x and %v", got, err, test.want)
			}
			if got := phpjson.AppendLenient(nil, test.in); string(got) != test.lenient {
				t.Errorf("AppendLenient = %s, want %s", got, test.lenient)
			}
		})
	}
}
