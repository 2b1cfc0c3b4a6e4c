package mail

import (
	"bufio"
	"errors"
	"io"
	"net/textproto"
	"strings"
	"testing"
	"testing/iotest"
)

func TestOnlyWholeLinesPass(t *testing.T) {
	t.Parallel()
	errBroken := errors.New("broken")
	long := strings.Repeat("x", 5000)
	for _, test := range []struct {
		name string
		in   io.Reader
		want string
		err  error
	}{
		{"lines", strings.NewReader("250-a\r\n250 b\r\n"), "250-a\r\n250 b\r\n", nil},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("250-a\r\n250 b\r\n")), "250-a\r\n250 b\r\n", nil},
		{"nothing", strings.NewReader(""), "", nil},
		{"half a line", strings.NewReader("250-a\r\n250 b"), "250-a\r\n", io.ErrUnexpectedEOF},
		{"half a line, then broken", io.MultiReader(strings.NewReader("250-a\r\n250 b"), iotest.ErrReader(errBroken)), "250-a\r\n", errBroken},
		{"long line", strings.NewReader("a\n" + long + "\n"), "a\n", errLongLine},
	} {
		got, err := io.ReadAll(wholeLines(bufio.NewReader(test.in)))
		if string(got) != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %.100q, error %v, want %q and %v", test.name, got, err, test.want, test.err)
		}
	}
	_, _, err := textproto.NewReader(wholeLines(bufio.NewReader(strings.NewReader("250 accept")))).ReadResponse(250)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half an acceptance: %v", err)
	}
}
