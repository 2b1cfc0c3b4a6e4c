package phpquery

import (
	"math"
	"strings"

	"provision-gateway/compat/phpvalue"
)

// What PHP allows in uploads unless its configuration says otherwise. Uploads do
// not enter $_POST, but how far PHP reads one decides where it goes on reading.
const (
	maxUploads    = 20
	maxUploadSize = 2 << 20
)

// ParseMultipart gives what $_POST holds for a multipart/form-data body. The
// boundary is taken from the content type; without one the result is empty.
// Parts with a file name are uploads and left out. At most maxVars form fields
// are taken; reading stops where PHP's does when the body is damaged.
//
// Names are not percent-decoded, but brackets and the bytes that PHP replaces in
// names count as elsewhere. (PHP's source also guards the names of uploads
// against fields of the same name. Its filter extension, which is always there,
// stores the fields before that, so they are stored here too.)
func ParseMultipart(contentType string, body []byte, maxVars int) *phpvalue.Array {
	p := &multipart{
		vars:      phpvalue.NewArray(),
		maxVars:   maxVars,
		partsLeft: maxVars + maxUploads,
		uploads:   maxUploads,
	}
	if boundary, ok := boundaryOf(contentType); ok {
		p.in = newBuffer(body, boundary)
		for !p.in.eof() && p.part() {
		}
	}
	return p.vars
}

// boundaryOf finds the boundary in a content type as PHP does, which is looser
// than the grammar: the value that follows the word, wherever that stands.
func boundaryOf(contentType string) (string, bool) {
	contentType = untilNUL(contentType)
	at := strings.Index(contentType, "boundary")
	if at < 0 {
		at = strings.Index(lowerASCII(contentType), "boundary")
	}
	if at < 0 {
		return "", false
	}
	_, boundary, ok := strings.Cut(contentType[at:], "=")
	if !ok {
		return "", false
	}
	if quoted, ok := strings.CutPrefix(boundary, `"`); ok {
		boundary, _, ok = strings.Cut(quoted, `"`)
		if !ok {
			return "", false
		}
	} else if end := strings.IndexAny(boundary, ",;"); end >= 0 {
		boundary = boundary[:end]
	}
	return boundary, len(boundary) <= blockSize-len("\r\n--")
}

// multipart is the state of reading one body.
type multipart struct {
	in      *buffer
	vars    *phpvalue.Array
	maxVars int

	fields    int // form fields so far, also those beyond maxVars
	partsLeft int // parts with a Content-Disposition that may still come

	uploads     int   // uploads that may still come
	noUploads   bool  // PHP has seen an upload that it refuses, and reads no more of them
	maxFileSize int64 // from a field of that name, 0 for none
}

// part reads one part of the body. It reports false when PHP reads no further.
func (p *multipart) part() bool {
	disposition, present, ok := p.in.header()
	if !ok {
		return false
	}
	if !present {
		return true // nothing of the part is used, the next boundary is looked for
	}
	if p.partsLeft--; p.partsLeft < 0 {
		return false
	}
	d := parseDisposition(disposition)
	switch {
	case d.named && !d.upload:
		p.field(d.name)
		return true
	case !d.named && !d.upload:
		return false
	}
	p.upload(d)
	return true
}

// field reads the value of a form field and stores it.
func (p *multipart) field(name string) {
	value := p.in.value()
	if p.fields++; p.fields <= p.maxVars {
		register(p.vars, name, value)
	}
	if lowerASCII(name) == "max_file_size" {
		p.maxFileSize = leadingInt(value)
	}
}

// upload passes over a part with a file name as far as PHP reads it.
func (p *multipart) upload(d disposition) {
	if p.uploads <= 0 || !balanced(d.name) {
		p.noUploads = true
	}
	if p.noUploads || d.filename == "" {
		return
	}
	p.uploads--
	p.skipFile()
}

// skipFile reads the content of an upload. PHP stops reading in the middle of
// one that is too large, and looks for the next boundary from there.
func (p *multipart) skipFile() {
	var total int64
	for {
		chunk := p.in.read()
		if len(chunk) == 0 {
			return
		}
		total += int64(len(chunk))
		if total > maxUploadSize || (p.maxFileSize != 0 && total > p.maxFileSize) {
			return
		}
	}
}

// balanced tells whether the brackets in the name of an upload are in order:
// PHP refuses others, so as to not repair what may be an attack.
func balanced(name string) bool {
	depth := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '[':
			depth++
		case ']':
			depth--
			if i+1 < len(name) && name[i+1] != '[' {
				return false
			}
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// leadingInt is C's strtoll with base 10.
func leadingInt(s string) int64 {
	s = strings.TrimLeft(untilNUL(s), " \t\n\v\f\r")
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	var n int64
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		d := int64(s[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			n = math.MaxInt64
			break
		}
		n = n*10 + d
	}
	if negative {
		return -n
	}
	return n
}
