package redact

import (
	"regexp"
	"slices"
	"strings"
)

// span is a piece of a text and what replaces it.
type span struct {
	from, to    int
	replacement string
}

var (
	// userInfo is the password inside an address.
	userInfo = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.\-]*://[^\s/@:]*:([^\s/@]+)@`)
	// bearer is what an Authorization header holds.
	bearer = regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+([a-z0-9+/=_.\-]{8,})`)
	// privateKey is a key in PEM.
	privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`)
	// configured is what follows, in a line of router configuration, a word
	// after which a secret stands.
	configured = regexp.MustCompile(`(?im)(?:^|[\s"'{-])(?:pass(?:w(?:o(?:r(?:d)?)?)?)?|passwd|passphrase|secret|psk|md5|sha\d*|key-string|key|[\w-]+-key|[\w-]+-password|[\w-]+-secret|community)["']?[ \t]+([^\r\n]+)`)
)

// spansOfText finds what must not stay in a text that is no secret as a whole:
// secrets that the text itself shows to be some, and known ones. They are in
// order and do not overlap.
func (r *Redactor) spansOfText(kind class, text string) []span {
	spans := r.shown(kind, text)
	spans = append(spans, r.known(text)...)
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	merged := spans[:1]
	for _, s := range spans[1:] {
		last := &merged[len(merged)-1]
		if s.from >= last.to {
			merged = append(merged, s)
		} else if s.to > last.to {
			last.to = s.to
		}
	}
	return merged
}

// shown finds secrets by what stands beside them, and makes them known.
func (r *Redactor) shown(kind class, text string) []span {
	var spans []span
	add := func(from, to int) {
		value := text[from:to]
		if harmless(value) || placeholderSize(value) > 0 {
			return
		}
		spans = append(spans, span{from, to, r.learn(secret, value)})
	}
	lower := lowerASCII(text)
	if kind == configuration || strings.Contains(lower, "configuration rejected") {
		for _, m := range configured.FindAllStringSubmatchIndex(text, -1) {
			add(m[2], m[3])
		}
	}
	// An error repeats the value of a parameter, maybe cut, up to its end.
	const invalid = "invalid value for "
	if at := strings.Index(lower, invalid); at >= 0 {
		at += len(invalid)
		name, value, found := strings.Cut(text[at:], ": ")
		if found && len(name) <= 200 && classifyParameter(name) != plain {
			at += len(name) + len(": ")
			add(at, at+len(strings.TrimRight(value, "….")))
		}
	}
	for at := 0; ; at++ {
		next := strings.IndexAny(text[at:], "=:")
		if next < 0 {
			break
		}
		at += next
		if from, to := assigned(text, at); to > from {
			add(from, to)
			at = to - 1
		}
	}
	if strings.Contains(text, "://") && strings.Contains(text, "@") {
		for _, m := range userInfo.FindAllStringSubmatchIndex(text, -1) {
			add(m[2], m[3])
		}
	}
	if strings.Contains(lower, "bearer") || strings.Contains(lower, "basic") {
		for _, m := range bearer.FindAllStringSubmatchIndex(text, -1) {
			add(m[2], m[3])
		}
	}
	if strings.Contains(text, "-----BEGIN") {
		for _, m := range privateKey.FindAllStringIndex(text, -1) {
			add(m[0], m[1])
		}
	}
	return spans
}

// lowerASCII lowers letters of ASCII, so that offsets stay.
func lowerASCII(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// assigned finds the secret in name=value or name: value, as addresses and
// messages have them, from the sign in the middle. Without one from is to.
func assigned(text string, sign int) (from, to int) {
	const longest = 80
	end := sign
	for end > 0 && strings.IndexByte(` "'`, text[end-1]) >= 0 && end > sign-2 {
		end--
	}
	begin := end
	for begin > 0 && end-begin < longest && nameByte(text[begin-1]) {
		begin--
	}
	if kind := classifyParameter(decode(text[begin:end], true)); kind != secret && kind != signature {
		return 0, 0
	}
	from = sign + 1
	for from < len(text) && strings.IndexByte(` "'`, text[from]) >= 0 && from < sign+3 {
		from++
	}
	to = from
	for to < len(text) && strings.IndexByte(" \t\r\n&\"'<>", text[to]) < 0 {
		to++
	}
	return from, to
}

// nameByte reports whether a byte can be part of the name of a parameter.
func nameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("_-.%[]", c) >= 0
}

// known finds the secrets that were seen before.
func (r *Redactor) known(text string) []span {
	var spans []span
	if len(r.wanted) == 0 {
		return nil
	}
	coded := strings.ContainsAny(text, `%\&+`)
	for at := 0; at < len(text); {
		if n := placeholderSize(text[at:]); n > 0 {
			at += n
			continue
		}
		end := -1
		if r.begins[text[at]] {
			for _, w := range r.wanted {
				n := 0
				if strings.HasPrefix(text[at:], w.text) {
					n = len(w.text)
				} else if coded {
					n = match(w.text, text[at:])
				}
				if n > 0 {
					end = at + n
					spans = append(spans, span{at, end, w.placeholder})
					break
				}
			}
		}
		at = max(at+1, end)
	}
	return spans
}

// replaceText replaces in a text that is not written in JSON.
func (r *Redactor) replaceText(kind class, text string) string {
	return replaceSpans(text, r.spansOfText(kind, text))
}

func replaceSpans(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.from])
		b.WriteString(s.replacement)
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}
