package dialect

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// longestLine is the longest line that is sent to a router, in bytes. It is
// above what any platform takes, so that it keeps off nothing but nonsense.
const longestLine = 1024

// LineError is the error for a line of configuration that cannot be sent.
type LineError struct {
	// Line is the number of the line, counted from 1 in the text as it was
	// given, blank lines included.
	Line int
	// Reason says in a few words what is wrong with it.
	Reason string
}

// Error names the line by its number. What the line says is left out, as it
// may hold a secret.
func (e *LineError) Error() string { return fmt.Sprintf("Line %d %s", e.Line, e.Reason) }

// SplitLines splits a text of configuration, as somebody wrote it, into the
// lines to send. Lines end with CR LF, LF or CR; spaces at the end of a line
// are taken off, blank lines left out. A text without any line gives none.
//
// The error is a *LineError for a line that a command line would not take as
// what it is: one that holds a control byte (a tab completes, an escape or a
// backspace edits), a question mark (asks for help, and the rest of the line is
// executed without it), a vertical bar (filters output, and the line is not
// executed), a Unicode line separator, bytes that are not UTF-8, or more than
// 1024 bytes.
func SplitLines(text string) ([]string, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	var lines []string
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if reason := unsendable(line); reason != "" {
			return nil, &LineError{Line: number, Reason: reason}
		}
		if line = strings.TrimRight(line, " "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// unsendable says why a line cannot be sent, "" when it can.
func unsendable(line string) string {
	if len(line) > longestLine {
		return "is longer than 1024 bytes"
	}
	if !utf8.ValidString(line) {
		return "is not valid UTF-8"
	}
	for _, r := range line {
		switch {
		case r == '\t':
			return "holds a tab"
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029':
			return "holds a control character"
		case r == '?':
			return "holds a question mark, which asks the router for help"
		case r == '|':
			return "holds a vertical bar, which filters the router's output"
		}
	}
	return ""
}
