package models

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns the key by which texts are compared and ordered without regard
// to case. Two texts are equal for a filter when their keys are, and names are
// listed in the byte order of their keys.
//
// The key is the text in upper case, letter by letter, without trailing
// spaces. Upper case, because MySQL's *_general_ci collations, which the
// original's lists show, weigh letters so: `_` comes after `Z`. Without
// trailing spaces, because those collations pad. Accents stay significant.
func Fold(s string) string {
	s = strings.TrimRight(s, " ")
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToUpper(s)
	}
	return strings.Map(func(r rune) rune { return unicode.ToUpper(unicode.ToLower(r)) }, s)
}
