package phpvalue_test

import (
	"math"
	"testing"

	"provision-gateway/compat/phpvalue"
)

func TestValue(t *testing.T) {
	t.Parallel()
	a := phpvalue.NewArray()
	a.Append(phpvalue.Int(1))
	type content struct {
		text  string
		truth bool
		n     int64
		f     float64
		array *phpvalue.Array
	}
	tests := []struct {
		kind phpvalue.Kind
		name string
		v    phpvalue.Value
		want content
	}{
		{phpvalue.KindNull, "null", phpvalue.Null(), content{}},
		{phpvalue.KindBool, "bool", phpvalue.Bool(true), content{truth: true}},
		{phpvalue.KindBool, "bool", phpvalue.Bool(false), content{}},
		{phpvalue.KindInt, "int", phpvalue.Int(math.MinInt64), content{n: math.MinInt64}},
		{phpvalue.KindInt, "int", phpvalue.Int(1), content{n: 1}},
		{phpvalue.KindFloat, "float", phpvalue.Float(-0.5), content{f: -0.5}},
		{phpvalue.KindString, "string", phpvalue.String("a\xff"), content{text: "a\xff"}},
		{phpvalue.KindArray, "array", phpvalue.FromArray(a), content{array: a}},
		{phpvalue.KindObject, "stdClass", phpvalue.FromObject(a), content{array: a}},
	}
	for _, test := range tests {
		got := content{test.v.Text(), test.v.BoolVal(), test.v.IntVal(), test.v.FloatVal(), test.v.Array()}
		if got != test.want {
			t.Errorf("%s holds %+v, want %+v", test.name, got, test.want)
		}
		if test.v.Kind() != test.kind || test.v.Kind().String() != test.name {
			t.Errorf("the kind is %v (%s), want %s", uint8(test.v.Kind()), test.v.Kind(), test.name)
		}
		if test.v.IsArray() != (test.kind == phpvalue.KindArray) || test.v.IsNull() != (test.kind == phpvalue.KindNull) {
			t.Errorf("%s: IsArray %t, IsNull %t", test.name, test.v.IsArray(), test.v.IsNull())
		}
	}
	if phpvalue.FromArray(nil).Array().Len() != 0 || phpvalue.FromObject(nil).Array() == nil {
		t.Error("a value made from no array has none")
	}
	if (phpvalue.Value{}) != phpvalue.Null() {
		t.Error("the zero value is not null")
	}
	if got := phpvalue.Kind(99).String(); got != "unknown" {
		t.Errorf("the name of no kind is %q", got)
	}
}

func TestMySQLNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in       string
		unsigned uint64
		fits     bool
		signed   int64
		fitsInt  bool
	}{
		{"1abc", 1, true, 1, true},
		{" \t\n\v\f\r7", 7, true, 7, true},
		{"1e3", 1000, true, 1000, true},
		{"15e-1", 0, false, 0, false},
		{"150e-1", 15, true, 15, true},
		{"1.0", 1, true, 1, true},
		{"1.5", 0, false, 0, false},
		{"-1", 0, false, -1, true},
		{"-0", 0, true, 0, true},
		{"", 0, true, 0, true},
		{"AS64500", 0, true, 0, true},
		{"0x1A", 0, true, 0, true},
		{"4294967295", 4294967295, true, 4294967295, true},
		{"18446744073709549568", 18446744073709549568, true, 0, false},
		{"18446744073709551616", 0, false, 0, false},
		{"-9223372036854775808", 0, false, math.MinInt64, true},
		{"1e400", 0, false, 0, false},
		{"-1e400", 0, false, 0, false},
	}
	for _, test := range tests {
		number := phpvalue.MySQLNumber(test.in)
		if n, ok := number.Uint(); n != test.unsigned || ok != test.fits {
			t.Errorf("Uint of %q = %d, %t, want %d, %t", test.in, n, ok, test.unsigned, test.fits)
		}
		if n, ok := number.Int(); n != test.signed || ok != test.fitsInt {
			t.Errorf("Int of %q = %d, %t, want %d, %t", test.in, n, ok, test.signed, test.fitsInt)
		}
	}
}

func TestBoolean(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "0", "false", "FALSE", "False", "no", "No", "off", "OFF"} {
		if phpvalue.Boolean(s) {
			t.Errorf("Boolean(%q) is true", s)
		}
	}
	for _, s := range []string{"1", "TRUE", "true", "yes", "on", "2", "00", " ", "0 ", "n", "f", "null", "fal\u017fe", "Array"} {
		if !phpvalue.Boolean(s) {
			t.Errorf("Boolean(%q) is false", s)
		}
	}
}

func TestValidUTF8(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", ""},
		{"Köln 😀 \ufffd", "Köln 😀 \ufffd"},
		{"a\xffb", "a\ufffdb"},
		{"\xe2\x82", "\ufffd\ufffd"},
		{"\xed\xa0\x80x", "\ufffd\ufffd\ufffdx"},
		{"\xc0\x80", "\ufffd\ufffd"},
	}
	for _, test := range tests {
		if got := phpvalue.ValidUTF8(test.in); got != test.want {
			t.Errorf("ValidUTF8(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}
