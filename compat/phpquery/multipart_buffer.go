package phpquery

import (
	"bytes"
	"strings"
)

// blockSize is how much of a multipart body PHP looks at in one go. It shows:
// longer lines are taken for several.
const blockSize = 5 * 1024

// buffer reads a multipart body through a window, as PHP reads it from the
// connection through a buffer of that size.
type buffer struct {
	body      []byte
	from, to  int // the window
	size      int // the most that the window holds
	boundary  string
	delimiter []byte // what ends a value
}

func newBuffer(body []byte, boundary string) *buffer {
	return &buffer{
		body:      body,
		size:      max(blockSize, len(boundary)+6),
		boundary:  "--" + boundary,
		delimiter: []byte("\n--" + boundary),
	}
}

// fill extends the window as far as it may go.
func (b *buffer) fill() { b.to = min(len(b.body), b.from+b.size) }

// eof reports whether the body has been read completely.
func (b *buffer) eof() bool {
	if b.from == b.to {
		b.fill()
	}
	return b.from == b.to
}

// line gives the next line without its end, which is LF or CRLF. A line that
// does not fit the window is given in pieces. Text at the end of the body that
// no LF follows is not a line, then it reports false.
func (b *buffer) line() (string, bool) {
	end := bytes.IndexByte(b.body[b.from:b.to], '\n')
	if end < 0 && b.to-b.from < b.size {
		b.fill()
		end = bytes.IndexByte(b.body[b.from:b.to], '\n')
		if end < 0 && b.to-b.from < b.size {
			return "", false
		}
	}
	line := b.body[b.from:b.to]
	if end >= 0 {
		line = line[:end]
		b.from += end + 1
		line = bytes.TrimSuffix(line, []byte{'\r'})
	} else {
		b.from = b.to
	}
	return untilNUL(string(line)), true
}

// header finds the next boundary and reads the header lines behind it. It gives
// the first Content-Disposition, if one is present; ok is false when there is no
// further boundary.
func (b *buffer) header() (disposition string, present, ok bool) {
	for {
		line, more := b.line()
		if !more {
			return "", false, false
		}
		if line == b.boundary {
			break
		}
	}
	var key string
	var value strings.Builder
	started := false
	keep := func() {
		if started && !present && lowerASCII(key) == "content-disposition" {
			disposition, present = value.String(), true
		}
		value.Reset()
	}
	for {
		line, more := b.line()
		if !more || line == "" {
			break
		}
		name, text, pair := strings.Cut(line, ":")
		switch {
		case pair && !isSpace(line[0]):
			keep()
			key, started = name, true
			value.WriteString(strings.TrimLeft(text, whiteSpace))
		case started:
			value.WriteString(line) // a folded line, or one without a colon
		}
	}
	keep()
	return disposition, present, true
}

// value gives the content of a part up to the delimiter, or to what may be the
// start of one at the end of the body.
func (b *buffer) value() string {
	var out []byte
	for {
		chunk := b.read()
		if len(chunk) == 0 {
			return string(out)
		}
		out = append(out, chunk...)
	}
}

// read gives the next piece of the content of a part, which is empty at its end.
func (b *buffer) read() []byte {
	if b.to-b.from < blockSize {
		b.fill()
	}
	window := b.body[b.from:b.to]
	end, found := b.findDelimiter(window)
	chunk := window[:min(end, blockSize-1)]
	if found && len(chunk) > 0 && chunk[len(chunk)-1] == '\r' {
		chunk = chunk[:len(chunk)-1]
	}
	b.from += len(chunk)
	return chunk
}

// findDelimiter gives the position of the delimiter in the window, or of a start
// of it that the end of the window cuts off, or else the end of the window.
func (b *buffer) findDelimiter(window []byte) (position int, found bool) {
	if i := bytes.Index(window, b.delimiter); i >= 0 {
		return i, true
	}
	for i := max(0, len(window)-len(b.delimiter)+1); i < len(window); i++ {
		if bytes.HasPrefix(b.delimiter, window[i:]) {
			return i, true
		}
	}
	return len(window), false
}
