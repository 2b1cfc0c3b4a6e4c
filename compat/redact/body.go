package redact

import (
	"regexp"
	"strings"
)

// Body returns the body of a request without its secrets, by its Content-Type:
// urlencoded forms, multipart forms and JSON keep their layout. Of any other
// body, of files and of parts that are not understood only the length is kept.
func (r *Redactor) Body(contentType string, body []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(body) == 0 || Placeholder(string(body)) {
		return body
	}
	media, parameters, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "application/x-www-form-urlencoded":
		return []byte(r.query(string(body)))
	case "multipart/form-data":
		if m := boundary.FindStringSubmatch(parameters); m != nil && m[1]+m[2] != "" {
			return []byte(r.multipart(string(body), "--"+m[1]+m[2]))
		}
	case "application/json", "application/problem+json":
		return []byte(r.json(string(body), plain, false))
	}
	return []byte(opaque(len(body), ""))
}

// Header returns the value of a header without its secrets. Authorization,
// cookies and keys are replaced as a whole.
func (r *Redactor) Header(name, value string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if kind := classify(name); kind != plain {
		return r.learn(secret, value)
	}
	return r.replaceText(plain, value)
}

var (
	boundary = regexp.MustCompile(`(?i)boundary\s*=\s*(?:"([^"]*)"|([^\s";,]+))`)
	// partName are the names in the headers of a part. PHP takes the last one.
	partName = regexp.MustCompile(`(?i)[;\s]name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;]*))`)
	fileName = regexp.MustCompile(`(?i)filename\s*\*?\s*=`)
	heading  = regexp.MustCompile(`(?i)content-disposition`)
)

// part is a part of a multipart body: the bounds of its headers and its content.
type part struct {
	head, content, end int
	kind               class
	// strange parts are kept by their length only.
	strange bool
}

func (r *Redactor) multipart(body, delimiter string) string {
	parts := split(body, delimiter)
	if len(parts) == 0 {
		return opaque(len(body), "")
	}
	for _, p := range parts {
		text := body[p.content:p.end]
		if p.kind != plain && p.kind != configuration && !p.strange {
			r.learn(p.kind, text)
		} else if !p.strange {
			r.shown(p.kind, text)
		}
	}
	var b strings.Builder
	at := 0
	for i, p := range parts {
		if i == 0 {
			// What stands before the first part has no meaning.
			first := strings.Index(body, delimiter)
			if first > 0 && strings.TrimSpace(body[:first]) != "" {
				b.WriteString(opaque(first, "") + "\r\n")
				at = first
			}
		}
		b.WriteString(r.replaceText(plain, body[at:p.head]))
		b.WriteString(r.replaceText(plain, body[p.head:p.content]))
		text := body[p.content:p.end]
		switch {
		case harmless(text):
			b.WriteString(text)
		case p.strange:
			b.WriteString(opaque(len(text), ""))
		case p.kind == plain || p.kind == configuration:
			b.WriteString(r.replaceText(p.kind, text))
		default:
			b.WriteString(r.learn(p.kind, text))
		}
		at = p.end
	}
	rest := body[at:]
	if end := strings.Index(rest, delimiter+"--"); end >= 0 {
		end += len(delimiter) + 2
		b.WriteString(r.replaceText(plain, rest[:end]))
		if rest = rest[end:]; strings.TrimSpace(rest) != "" {
			rest = "\r\n" + opaque(len(rest), "")
		}
	}
	b.WriteString(r.replaceText(plain, rest))
	return b.String()
}

// split finds the parts between delimiters that begin a line.
func split(body, delimiter string) []part {
	var starts []int
	for at := 0; ; {
		i := strings.Index(body[at:], delimiter)
		if i < 0 {
			break
		}
		if at += i; at == 0 || body[at-1] == '\n' {
			starts = append(starts, at)
		}
		at += len(delimiter)
	}
	var parts []part
	for i, start := range starts {
		end := len(body)
		if i+1 < len(starts) {
			end = starts[i+1]
			end -= len("\n")
			if end > start && body[end-1] == '\r' {
				end--
			}
		}
		if strings.HasPrefix(body[start+len(delimiter):], "--") {
			break
		}
		line := strings.IndexByte(body[start:], '\n')
		if line < 0 || start+line+1 > end {
			continue
		}
		parts = append(parts, newPart(body, start+line+1, end))
	}
	return parts
}

func newPart(body string, head, end int) part {
	p := part{head: head, content: head, end: end}
	for {
		line := strings.IndexByte(body[p.content:end], '\n')
		if line < 0 {
			// Headers without an end: nothing is understood.
			return part{head: head, content: head, end: end, strange: true}
		}
		text := strings.TrimRight(body[p.content:p.content+line], "\r")
		p.content += line + 1
		if text == "" {
			break
		}
	}
	headers := body[head:p.content]
	names := partName.FindAllStringSubmatch(headers, -1)
	for _, m := range names {
		p.kind = p.kind.within(classifyParameter(strings.ReplaceAll(m[1]+m[2]+m[3], `\`, "")))
	}
	p.strange = len(names) == 0 || fileName.MatchString(headers) || heading.MatchString(body[p.content:end])
	return p
}
