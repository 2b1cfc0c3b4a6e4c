package phpjson_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phpvalue"
)

// fuzzed makes a value from the fuzzer's bytes: each byte says what comes next.
func fuzzed(data []byte, depth int) (phpvalue.Value, []byte) {
	if len(data) == 0 {
		return phpvalue.Null(), nil
	}
	kind, rest := data[0], data[1:]
	take := func(n int) []byte {
		n = min(n, len(rest))
		taken := rest[:n]
		rest = rest[n:]
		return taken
	}
	number := func() (n uint64) {
		for _, c := range take(8) {
			n = n<<8 | uint64(c)
		}
		return n
	}
	size := int(kind >> 3)
	switch kind & 7 {
	case 0:
		return phpvalue.Bool(size&1 == 1), rest
	case 1:
		return phpvalue.Int(int64(number())), rest
	case 2:
		return phpvalue.Float(math.Float64frombits(number())), rest
	case 3, 4:
		return phpvalue.String(string(take(size))), rest
	}
	if depth == 0 {
		return phpvalue.Null(), rest
	}
	a := phpvalue.NewArray()
	for range size {
		var v phpvalue.Value
		if kind&7 == 5 {
			v, rest = fuzzed(rest, depth-1)
			a.Append(v)
			continue
		}
		key := string(take(3))
		v, rest = fuzzed(rest, depth-1)
		a.Set(key, v)
	}
	if kind&7 == 7 {
		return phpvalue.FromObject(a), rest
	}
	return phpvalue.FromArray(a), rest
}

// decoded gives the value that encoding/json should read from the JSON of a
// value. Numbers are compared as floats, properties PHP hides are left out, and
// of two names that are equal once repaired the last one counts.
func decoded(v phpvalue.Value) any {
	switch v.Kind() {
	case phpvalue.KindBool:
		return v.BoolVal()
	case phpvalue.KindInt:
		return float64(v.IntVal())
	case phpvalue.KindFloat:
		if f := v.FloatVal(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
		return 0.0
	case phpvalue.KindString:
		return phpvalue.ValidUTF8(v.Text())
	case phpvalue.KindArray:
		if v.Array().IsList() {
			out := []any{}
			for _, child := range v.Array().All() {
				out = append(out, decoded(child))
			}
			return out
		}
	case phpvalue.KindNull:
		return nil
	}
	out := map[string]any{}
	for key, child := range v.Array().All() {
		name := key.Text()
		if v.Kind() == phpvalue.KindArray || !strings.HasPrefix(name, "\x00") {
			out[phpvalue.ValidUTF8(name)] = decoded(child)
		}
	}
	return out
}

// FuzzAppend looks for values whose JSON encoding/json does not read as the same
// value, and for differences between the two ways of encoding.
func FuzzAppend(f *testing.F) {
	f.Add([]byte("\x23text"))
	f.Add([]byte{5<<3 | 5, 1, 0, 0, 0, 0, 0, 0, 0, 7, 8, 2, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0})
	f.Add([]byte("\x16abc\x1bxyz\x0b/"))
	f.Add([]byte{3<<3 | 3, 0xc3, 0x28, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		v, _ := fuzzed(data, 6)
		lenient := phpjson.AppendLenient(nil, v)
		for _, c := range lenient {
			if c < ' ' || c >= utf8.RuneSelf {
				t.Fatalf("%q holds the byte %#x", lenient, c)
			}
		}
		var got any
		if err := json.Unmarshal(lenient, &got); err != nil {
			t.Fatalf("%s is not JSON: %v", lenient, err)
		}
		if want := decoded(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s reads as %v, want %v", lenient, got, want)
		}
		strict, err := phpjson.Append([]byte("x"), v)
		if err != nil {
			if string(strict) != "x" {
				t.Fatalf("refusing leaves %q in the buffer", strict)
			}
			return
		}
		if string(strict[1:]) != string(lenient) {
			t.Fatalf("Append gives %s and AppendLenient %s", strict[1:], lenient)
		}
	})
}

// BenchmarkAppendString writes texts as answers hold them.
func BenchmarkAppendString(b *testing.B) {
	texts := []struct{ name, text string }{
		{"word", "Selective"},
		{"label", "Session added: Amazon.com (AS8038/1.2.3.5) - (AS16509/206.126.236.68)"},
		{"plain 1 kB", strings.Repeat("Peering policy of a network, ", 35)},
		{"not ASCII", strings.Repeat("Zürich, Düsseldorf, Łódź ", 10)},
	}
	for _, test := range texts {
		b.Run(test.name, func(b *testing.B) {
			buffer := make([]byte, 0, 8*len(test.text))
			b.SetBytes(int64(len(test.text)))
			b.ReportAllocs()
			for b.Loop() {
				buffer = phpjson.AppendString(buffer[:0], test.text)
			}
		})
	}
}

// BenchmarkAppend writes a network as getPeers does.
func BenchmarkAppend(b *testing.B) {
	v := phpvalue.FromArray(pairs(
		"id", phpvalue.String("1909"), "name", phpvalue.String("ASDASD srl"), "asn", phpvalue.String("28929"),
		"website", phpvalue.String("http://www.asdasd.it/"), "public_id", phpvalue.Null(), "is_peer", phpvalue.Int(0),
		"qualified", phpvalue.Bool(true), "log_data", phpvalue.FromArray(nil),
	))
	buffer := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buffer, err = phpjson.Append(buffer[:0], v); err != nil {
			b.Fatal(err)
		}
	}
}
