package mail

import (
	"bufio"
	"errors"
	"io"
)

var errLongLine = errors.New("the server's answer has a line without end")

// lines lets whole lines through and nothing else. Without it the reader of
// the SMTP library takes what came of a line, before the connection broke, for
// the line: "250 " would be an acceptance, and half a list of extensions a
// whole one.
type lines struct {
	r    *bufio.Reader
	rest []byte
}

// wholeLines puts lines in front of a reader. Lines are limited to the buffer
// of that reader, some thousand bytes; RFC 5321 section 4.5.3.1.5 allows 512.
func wholeLines(r *bufio.Reader) *bufio.Reader { return bufio.NewReader(&lines{r: r}) }

// Read gives what is left of a line, or of the next one once it is complete.
func (l *lines) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		line, err := l.r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return 0, errLongLine
		case errors.Is(err, io.EOF) && len(line) > 0:
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		}
		l.rest = line
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
