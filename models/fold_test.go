package models_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"provision-gateway/models"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"only spaces", "   ", ""},
		{"ASCII", "Example Net", "EXAMPLE NET"},
		{"spaces at the end do not count", "Example  ", "EXAMPLE"},
		{"spaces at the start do", "  Example", "  EXAMPLE"},
		{"a tab at the end does", "Example\t", "EXAMPLE\t"},
		{"signs between the cases", "a_[`{", "A_[`{"},
		{"accents stay", "Éé", "ÉÉ"},
		{"combining accents stay apart", "e\u0301", "E\u0301"},
		{"sharp s", "ßẞ", "ßß"},
		{"Turkish i", "iIıİ", "IIII"},
		{"Greek final sigma", "σςΣ", "ΣΣΣ"},
		{"signs that are letters", "\u212a\u2126\u00b5", "K\u03a9\u039c"},
		{"title case", "\u01c4\u01c5\u01c6", "\u01c4\u01c4\u01c4"},
		{"emoji", "a😀", "A😀"},
		{"NUL", "a\x00b", "A\x00B"},
		{"invalid bytes", "a\xff", "A\ufffd"},
		{"spaces before letters that are not ASCII", "é \u00a0 ", "É \u00a0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := models.Fold(test.text); got != test.want {
				t.Errorf("Fold(%+q) = %+q, want %+q", test.text, got, test.want)
			}
		})
	}
}

// A key must stay within its column, four bytes for each letter of a name, and
// all letters that differ only in case must have the same one.
func TestFoldOfEveryLetter(t *testing.T) {
	t.Parallel()
	// No letter beyond has cases.
	for r := rune(0); r < 0x20000; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		key := models.Fold(string(r) + "é")
		if len(key) > 4+2 {
			t.Errorf("the key of %U has %d bytes", r, len(key))
		}
		if again := models.Fold(key); again != key {
			t.Errorf("the key of %U is %+q, and the key of that %+q", r, key, again)
		}
		for _, other := range []rune{unicode.ToUpper(r), unicode.ToLower(r), unicode.ToTitle(r)} {
			if other != r && models.Fold(string(other)+"é") != key {
				t.Errorf("%U and %U have different keys", r, other)
			}
		}
		if !strings.HasSuffix(key, "É") {
			t.Errorf("%U changes the letter after it", r)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"", "Example Net ", "ÉCOLE", "e\u0301", "İstanbul", "\xff\xfe", "a\x00", "😀 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key := models.Fold(text)
		if !utf8.ValidString(key) {
			t.Errorf("the key %q is not UTF-8", key)
		}
		if again := models.Fold(key); again != key {
			t.Errorf("key %q, and its key %q", key, again)
		}
		if models.Fold(text+"  ") != key {
			t.Error("spaces at the end count")
		}
		other := strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' {
				return r - 'a' + 'A'
			}
			return r
		}, text)
		if models.Fold(other) != key {
			t.Error("the case of a to z counts")
		}
	})
}
