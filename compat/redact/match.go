package redact

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// match says where an occurrence of a secret at the beginning of a text ends, or
// -1. Every character of the secret may be written as it is, percent-encoded
// (once or twice), as JSON writes it inside a string, or as an HTML entity; the
// ways may be mixed.
func match(secret, text string) int {
	// ends[i] are the places in text that the first i bytes of the secret can
	// reach to. Nearly always the first step fails, before anything is kept.
	var ends [][]int
	var buffer [4]step
	for i := 0; i < len(secret); i++ {
		from := []int{0}
		if i > 0 {
			if ends == nil {
				return -1
			}
			from = ends[i]
		}
		for _, at := range from {
			for _, s := range steps(buffer[:0], secret[i:], text[at:]) {
				if ends == nil {
					ends = make([][]int, len(secret)+1)
				}
				if to := i + s.secret; !slices.Contains(ends[to], at+s.text) {
					ends[to] = append(ends[to], at+s.text)
				}
			}
		}
	}
	if ends == nil || len(ends[len(secret)]) == 0 {
		return -1
	}
	return slices.Max(ends[len(secret)])
}

// step is a piece of a secret that was found: its bytes there and in the text.
type step struct{ secret, text int }

// steps appends the ways in which a text can begin with the next character of a
// secret.
func steps(dst []step, secret, text string) []step {
	if text == "" {
		return dst
	}
	c := secret[0]
	if text[0] == c || text[0] == '+' && c == ' ' {
		dst = append(dst, step{1, 1})
	}
	switch text[0] {
	case '%':
		if percent(text) == int(c) {
			dst = append(dst, step{1, 3})
		}
		if c == ' ' && percent(text) == '+' {
			dst = append(dst, step{1, 3})
		}
		if strings.HasPrefix(text, "%25") && percent("%"+text[3:]) == int(c) {
			dst = append(dst, step{1, 5})
		}
	case '\\':
		dst = stepEscape(dst, secret, text)
	case '&':
		dst = stepEntity(dst, secret, text)
	}
	return dst
}

// percent is the byte that a text begins with percent-encoded, or -1.
func percent(text string) int {
	if len(text) < 3 || text[0] != '%' {
		return -1
	}
	n, err := strconv.ParseUint(text[1:3], 16, 8)
	if err != nil {
		return -1
	}
	return int(n)
}

func stepEscape(dst []step, secret, text string) []step {
	if len(text) < 2 {
		return dst
	}
	if at := strings.IndexByte("bfnrt", text[1]); at >= 0 && "\b\f\n\r\t"[at] == secret[0] {
		return append(dst, step{1, 2})
	}
	if strings.IndexByte(`"\/`, text[1]) >= 0 && text[1] == secret[0] {
		return append(dst, step{1, 2})
	}
	want, size := utf8.DecodeRuneInString(secret)
	if got, n := unit(text); n > 0 {
		if utf16.IsSurrogate(got) {
			low, m := unit(text[n:])
			got, n = utf16.DecodeRune(got, low), n+m
		}
		if got == want && (want != utf8.RuneError || size > 1) {
			return append(dst, step{size, n})
		}
	}
	return dst
}

// unit is the UTF-16 unit that a text begins with as \uXXXX, with its size.
func unit(text string) (rune, int) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), 6
}

// entities are how PHP's htmlspecialchars and its like write characters.
var entities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

func stepEntity(dst []step, secret, text string) []step {
	end := strings.IndexByte(text[:min(len(text), 10)], ';')
	if end < 2 {
		return dst
	}
	name := text[1:end]
	got, known := entities[name]
	if !known && name[0] == '#' {
		digits, base := name[1:], 10
		if digits != "" && digits[0]|0x20 == 'x' {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 21)
		got, known = rune(n), err == nil
	}
	want, size := utf8.DecodeRuneInString(secret)
	if known && got == want {
		dst = append(dst, step{size, end + 1})
	}
	return dst
}
