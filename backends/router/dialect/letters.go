package dialect

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ownLetters are letters of the Latin alphabet that do not decompose, and
// punctuation that has an equal in ASCII.
var ownLetters = strings.NewReplacer(
	"ß", "ss", "ẞ", "SS", "æ", "ae", "Æ", "AE", "œ", "oe", "Œ", "OE",
	"ø", "o", "Ø", "O", "đ", "d", "Đ", "D", "ð", "d", "Ð", "D",
	"þ", "th", "Þ", "Th", "ł", "l", "Ł", "L", "ħ", "h", "Ħ", "H",
	"ı", "i", "ŋ", "ng", "Ŋ", "Ng", "ŧ", "t", "Ŧ", "T", "ə", "e", "Ə", "E",
	"‘", "'", "’", "'", "ʼ", "'", "‐", "-", "‑", "-", "–", "-", "—", "-", "−", "-", "·", "-",
)

// plainLetters writes text with the letters of ASCII where they exist: accents
// and other marks are taken off, ligatures and wide forms are spelled out. What
// has no such letters is left as it is.
func plainLetters(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	s = norm.NFKD.String(ownLetters.Replace(strings.ToValidUTF8(s, " ")))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}
