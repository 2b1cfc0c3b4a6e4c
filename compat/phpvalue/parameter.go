package phpvalue

import (
	"strings"
	"unicode/utf8"
)

// Boolean reads a boolean parameter of the API: empty, "0", "false", "no" and
// "off", in any case, are false, everything else is true. A missing parameter
// reads as "" and is false.
//
// Which spellings the original accepted is not known. Its documentation writes
// TRUE and FALSE, and a plain PHP condition would take FALSE for true, so the
// words that can only mean no are listed.
func Boolean(s string) bool {
	switch strings.ToLower(s) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

// ValidUTF8 gives s unchanged when it is valid UTF-8, and otherwise with every
// invalid byte replaced by U+FFFD.
func ValidUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*utf8.UTFMax)
	for _, r := range s {
		b.WriteRune(r) // an invalid byte is the rune U+FFFD here
	}
	return b.String()
}
