package redact

import (
	"strings"
)

// Query returns a raw query string, or an urlencoded body, without its secrets.
// Order, encoding and everything else stay as they are; placeholders are written
// without percent-encoding.
func (r *Redactor) Query(raw string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.query(raw)
}

// URL returns an address, or the path and query of one, without its secrets.
func (r *Redactor) URL(raw string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	base, query, some := strings.Cut(raw, "?")
	if some {
		query = "?" + r.query(query)
	}
	return r.replaceText(plain, base) + query
}

func (r *Redactor) query(raw string) string {
	pairs := strings.Split(raw, "&")
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		r.learnPair(name, value)
	}
	for i, pair := range pairs {
		pairs[i] = r.pair(pair)
	}
	return strings.Join(pairs, "&")
}

func (r *Redactor) learnPair(name, value string) {
	kind := classifyParameter(decode(name, true))
	if kind == plain || kind == configuration {
		r.shown(kind, decode(value, true))
		return
	}
	text := decode(value, true)
	p := r.learn(kind, text)
	// Signatures are sent with a bare + (vendor's SDK), which PHP reads as a
	// space: both are the same secret.
	if plus := decode(value, false); plus != text && len(plus) >= least && !harmless(plus) && r.placeholders[plus] == "" {
		r.placeholders[plus] = p
		r.want(plus, p)
	}
}

func (r *Redactor) pair(pair string) string {
	name, value, assigned := strings.Cut(pair, "=")
	text := decode(value, true)
	kind := classifyParameter(decode(name, true))
	if kind != plain && kind != configuration {
		if harmless(text) {
			return pair
		}
		return r.encoded(plain, name) + "=" + r.learn(kind, text)
	}
	if !assigned {
		return r.encoded(plain, name)
	}
	return r.encoded(plain, name) + "=" + r.encoded(kind, value)
}

// encoded replaces in a percent-encoded name or value and keeps the encoding of
// the rest.
func (r *Redactor) encoded(kind class, raw string) string {
	text := decode(raw, true)
	spans := r.spansOfText(kind, text)
	if len(spans) == 0 || len(text) == len(raw) {
		return replaceSpans(raw, spans)
	}
	offsets := make([]int, 0, len(text)+1)
	for at := 0; at < len(raw); at++ {
		offsets = append(offsets, at)
		if percent(raw[at:]) >= 0 {
			at += 2
		}
	}
	offsets = append(offsets, len(raw))
	for i, s := range spans {
		spans[i].from, spans[i].to = offsets[s.from], offsets[s.to]
	}
	return replaceSpans(raw, spans)
}

// decode decodes as PHP's urldecode, or with plus false as its rawurldecode:
// what is not a percent-encoding stays.
func decode(text string, plus bool) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if c := percent(text[i:]); c >= 0 {
			b = append(b, byte(c))
			i += 2
		} else if plus && text[i] == '+' {
			b = append(b, ' ')
		} else {
			b = append(b, text[i])
		}
	}
	return string(b)
}
