package mail

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Values of header fields are written so that folding at a space, which is what
// the message writer does, changes nothing that a reader sees.

// headerText writes a text for a header field that holds free text. Plain words
// stay as they are; the rest becomes encoded words (RFC 2047), also what would
// look like one ("=?…") and what folding would harm: long words, several spaces.
func headerText(s string) string {
	if isPlain(s) {
		return s
	}
	return encodedWords(s)
}

// header writes an address for a header field.
func (a address) header() string {
	bracketed := "<" + a.mailbox + ">"
	switch {
	case a.name == "":
		return bracketed
	case isPlain(a.name):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.name) + `" ` + bracketed
	default:
		return encodedWords(a.name) + " " + bracketed
	}
}

// headerList writes addresses for a header field that takes a list.
func headerList(list []address) string {
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = a.header()
	}
	return strings.Join(parts, ", ")
}

// isPlain reports whether a text may stand in a header field as it is: printable
// ASCII, words that fit on a line, single spaces between them.
func isPlain(s string) bool {
	const longestWord = 50
	if strings.Contains(s, "=?") {
		return false
	}
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	for word := range strings.SplitSeq(s, " ") {
		if word == "" || len(word) > longestWord {
			return false
		}
	}
	return true
}

// encodedWords writes a text as encoded words in base64, cut between
// characters (RFC 2047 section 5). They are shorter than the 75 bytes that the
// RFC allows so that the first fits behind the name of its field.
func encodedWords(s string) string {
	const most = 30
	s = strings.ToValidUTF8(s, "\uFFFD")
	var words []string
	for len(s) > 0 {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > most {
				break
			}
			n += size
		}
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}
