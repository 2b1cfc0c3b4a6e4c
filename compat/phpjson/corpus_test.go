package phpjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

// typed is a value as the corpus writes it: an object with one key that names
// the type.
type typed struct {
	String *string               `json:"s"` // bytes, one character each
	Int    *string               `json:"i"`
	Float  *string               `json:"f"` // the bits in hexadecimal, NAN, INF or -INF
	Bool   *bool                 `json:"b"`
	Null   int                   `json:"n"`
	Array  []([]json.RawMessage) `json:"a"`
	Object []([]json.RawMessage) `json:"o"`
}

// typedValue decodes a typed value.
func typedValue(t *testing.T, data json.RawMessage) phpvalue.Value {
	t.Helper()
	var in typed
	if err := json.Unmarshal(data, &in); err != nil {
		t.Fatal(err)
	}
	switch {
	case in.String != nil:
		return phpvalue.String(phporacle.Bytes(*in.String))
	case in.Int != nil:
		n, err := strconv.ParseInt(*in.Int, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return phpvalue.Int(n)
	case in.Float != nil:
		return phpvalue.Float(typedFloat(t, *in.Float))
	case in.Bool != nil:
		return phpvalue.Bool(*in.Bool)
	case in.Array != nil:
		return phpvalue.FromArray(typedArray(t, in.Array))
	case in.Object != nil:
		return phpvalue.FromObject(typedArray(t, in.Object))
	case in.Null == 1:
		return phpvalue.Null()
	}
	t.Fatalf("%s is of no type", data)
	return phpvalue.Null()
}

func typedFloat(t *testing.T, s string) float64 {
	t.Helper()
	switch s {
	case "NAN":
		return math.NaN()
	case "INF":
		return math.Inf(1)
	case "-INF":
		return math.Inf(-1)
	}
	bits, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return math.Float64frombits(bits)
}

func typedArray(t *testing.T, pairs [][]json.RawMessage) *phpvalue.Array {
	t.Helper()
	a := phpvalue.NewArray()
	for _, pair := range pairs {
		v := typedValue(t, pair[1])
		var name string
		if err := json.Unmarshal(pair[0], &name); err == nil {
			a.Set(phporacle.Bytes(name), v)
			continue
		}
		var number int64
		if err := json.Unmarshal(pair[0], &number); err != nil {
			t.Fatal(err)
		}
		a.SetKey(phpvalue.IntKey(number), v)
	}
	return a
}

// nest gives the helper of the corpus that its expressions for deep nesting
// call: an array nested n levels deep.
func nest(expression string) (v phpvalue.Value, ok bool) {
	text, found := strings.CutPrefix(expression, "nest(")
	if !found {
		return phpvalue.Null(), false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(text, ")"))
	if err != nil {
		return phpvalue.Null(), false
	}
	a := phpvalue.NewArray()
	for range n - 1 {
		outer := phpvalue.NewArray()
		outer.Append(phpvalue.FromArray(a))
		a = outer
	}
	return phpvalue.FromArray(a), true
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	messages := map[error]string{
		phpjson.ErrInvalidUTF8: "Malformed UTF-8 characters, possibly incorrectly encoded",
		phpjson.ErrDepth:       "Maximum stack depth exceeded",
		phpjson.ErrInfOrNaN:    "Inf and NaN cannot be JSON encoded",
	}
	type line struct {
		ID    string          `json:"id"`
		PHP   string          `json:"php"`
		JSON  json.RawMessage `json:"json"`
		Error string          `json:"err"`
		In    json.RawMessage `json:"in"`
	}
	phporacle.Corpus(t, "json-dev.jsonl", 338, func(c line) {
		v, ok := nest(c.PHP)
		if c.In != nil {
			v = typedValue(t, c.In)
		} else if !ok {
			t.Errorf("%s: %s has no input", c.ID, c.PHP)
			return
		}
		got, err := phpjson.Append(nil, v)
		if c.Error != "" {
			var text string
			for e, message := range messages {
				if errors.Is(err, e) {
					text = message
				}
			}
			if text != c.Error || string(c.JSON) != "false" || len(got) != 0 {
				t.Errorf("%s: %s gives %q and the error %v, want %s", c.ID, c.PHP, got, err, c.Error)
			}
			return
		}
		var want string
		if err := json.Unmarshal(c.JSON, &want); err != nil {
			t.Fatal(err)
		}
		if err != nil || string(got) != want {
			t.Errorf("%s: %s = %s (error %v), want %s", c.ID, c.PHP, got, err, want)
		}
		if lenient := phpjson.AppendLenient(nil, v); string(lenient) != want {
			t.Errorf("%s: AppendLenient(%s) = %s, want %s", c.ID, c.PHP, lenient, want)
		}
	})
}
