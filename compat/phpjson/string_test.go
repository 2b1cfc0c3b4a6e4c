package phpjson_test

import (
	"math"
	"strings"
	"testing"

	"provision-gateway/compat/phpjson"
)

// escaped gives the JSON of a text, character by character.
func escaped(s string) string {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	const digits = "0123456789abcdef"
	var b strings.Builder
	unit := func(u rune) {
		b.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			b.WriteByte(digits[u>>shift&0xf])
		}
	}
	b.WriteByte('"')
	for _, r := range s {
		switch text, found := short[r]; {
		case found:
			b.WriteString(text)
		case r >= ' ' && r <= '\x7f':
			b.WriteRune(r)
		case r > 0xffff:
			unit(0xd800 + (r-0x10000)>>10)
			unit(0xdc00 + (r-0x10000)&0x3ff)
		default:
			unit(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// TestAppendStringEveryByte puts every byte at every place around the eight that
// are looked at together.
func TestAppendStringEveryByte(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for length := 1; length <= 18; length++ {
			for at := range length {
				for _, filler := range []string{"a", " ", "\x7f", "0", "!", "]"} {
					s := strings.Repeat(filler, at) + string([]byte{byte(c)}) + strings.Repeat(filler, length-at-1)
					want := escaped(s)
					if got := phpjson.AppendString(nil, s); string(got) != want {
						t.Fatalf("AppendString(%q) = %s, want %s", s, got, want)
					}
					if got := phpjson.AppendStringBytes(nil, []byte(s)); string(got) != want {
						t.Fatalf("AppendStringBytes(%q) = %s, want %s", s, got, want)
					}
				}
			}
		}
	}
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty", "", `""`},
		{"slash", "AS8038/1.2.3.5", `"AS8038\/1.2.3.5"`},
		{"markup is left alone", "<a href='x'>&</a>", `"<a href='x'>&<\/a>"`},
		{"control characters", "\x00\x1f\x7f", "\"\\u0000\\u001f\x7f\""},
		{"beyond ASCII", "Köln\u2028", `"K\u00f6ln\u2028"`},
		{"beyond the basic plane", "😀\U0010ffff", `"\ud83d\ude00\udbff\udfff"`},
		{"the replacement character itself", "\ufffd", `"\ufffd"`},
		{"each invalid byte", "a\xff\xfeb\xc3", `"a\ufffd\ufffdb\ufffd"`},
		{"surrogate", "\xed\xa0\x80", `"\ufffd\ufffd\ufffd"`},
		{"cut off", "12345678\xe2\x82", `"12345678\ufffd\ufffd"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := phpjson.AppendString([]byte("x"), test.in); string(got) != "x"+test.want {
				t.Errorf("AppendString(%q) = %s, want x%s", test.in, got, test.want)
			}
			if got := phpjson.AppendStringBytes(nil, []byte(test.in)); string(got) != test.want {
				t.Errorf("AppendStringBytes(%q) = %s, want %s", test.in, got, test.want)
			}
			if got := phpjson.AppendNullableString(nil, &test.in); string(got) != test.want {
				t.Errorf("AppendNullableString(%q) = %s, want %s", test.in, got, test.want)
			}
		})
	}
	if got := phpjson.AppendNullableString(nil, nil); string(got) != "null" {
		t.Errorf("AppendNullableString(nil) = %s, want null", got)
	}
	if got := phpjson.AppendStringBytes(nil, nil); string(got) != `""` {
		t.Errorf("AppendStringBytes(nil) = %s, want an empty string", got)
	}
}

func TestAppendScalars(t *testing.T) {
	t.Parallel()
	var out []byte
	out = append(phpjson.AppendInt(out, math.MinInt64), ' ')
	out = append(phpjson.AppendUint(out, math.MaxUint64), ' ')
	out = append(phpjson.AppendIntString(out, -51), ' ')
	out = append(phpjson.AppendUintString(out, math.MaxUint64), ' ')
	out = append(phpjson.AppendBool(out, true), ' ')
	out = append(phpjson.AppendBool(out, false), ' ')
	out = phpjson.AppendNull(out)
	const want = `-9223372036854775808 18446744073709551615 "-51" "18446744073709551615" true false null`
	if string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
}

func TestAppendFloat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "-0"},
		{10, "10"},
		{-1.5, "-1.5"},
		{0.30000000000000004, "0.30000000000000004"},
		{0.0001, "0.0001"},
		{0.00012, "0.00012"},
		{0.00001, "1.0e-5"},
		{1.25e-7, "1.25e-7"},
		{1e15, "1000000000000000"},
		{123456789012345680, "1.2345678901234568e+17"},
		{12345678901234568, "12345678901234568"},
		{1e16, "10000000000000000"},
		{1e17, "1.0e+17"},
		{1e25, "1.0e+25"},
		{math.MaxFloat64, "1.7976931348623157e+308"},
		{math.SmallestNonzeroFloat64, "5.0e-324"},
	}
	for _, test := range tests {
		got, err := phpjson.AppendFloat([]byte("x"), test.in)
		if err != nil || string(got) != "x"+test.want {
			t.Errorf("AppendFloat(%g) = %s (error %v), want x%s", test.in, got, err, test.want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, err := phpjson.AppendFloat([]byte("x"), f); err != phpjson.ErrInfOrNaN || string(got) != "x" {
			t.Errorf("AppendFloat(%g) = %s (error %v), want x and %v", f, got, err, phpjson.ErrInfOrNaN)
		}
	}
}
