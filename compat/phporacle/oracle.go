// Package phporacle lets tests ask the real PHP what it makes of an input, so
// that the packages that imitate PHP can be compared with it on inputs nobody
// has thought of. Only tests use it; it needs the command php (PHP 8.2) and
// fails a test, rather than passing over it, where that is missing.
package phporacle

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"testing"
)

// Question says what PHP is asked to do with an input.
type Question byte

// The questions, with what an answer holds.
const (
	// Query parses the input as a query string: the serialized array, and its
	// JSON as JSON gives it.
	Query Question = 'q'
	// JSON encodes the value that the input is the serialized form of: '=' and
	// the JSON, or '!' and the number of the error where json_encode fails.
	JSON Question = 'j'
	// Coerce converts the input, a string, as package phpvalue does: one line
	// for each conversion.
	Coerce Question = 'c'
	// Equal compares two strings, of which the first is preceded by its length
	// as 32 bits in little-endian order, with ==: "1" or "0".
	Equal Question = 'e'
)

//go:embed oracle.php
var script string

// Oracle is a running PHP that answers questions.
type Oracle struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// Command gives the path of the command php. The error names what to install.
func Command() (string, error) {
	path, err := exec.LookPath("php")
	if err != nil {
		return "", fmt.Errorf("these tests compare with the real PHP, which is missing: apt-get install php-cli: %w", err)
	}
	return path, nil
}

// settings are PHP's defaults for everything that shows in an answer, so that
// the configuration of the machine does not matter.
func settings(maxVars int) []string {
	return []string{
		"-d", fmt.Sprintf("max_input_vars=%d", maxVars),
		"-d", "max_input_nesting_level=64",
		"-d", "arg_separator.input=&",
		"-d", "variables_order=EGPCS",
		"-d", "request_order=GP",
		"-d", "serialize_precision=-1",
		"-d", "precision=14",
		"-d", "post_max_size=8M",
		"-d", "upload_max_filesize=2M",
		"-d", "max_file_uploads=20",
		"-d", "file_uploads=1",
		"-d", "display_errors=0",
		"-d", "display_startup_errors=0",
		"-d", "log_errors=0",
		"-d", "html_errors=0",
		"-d", "memory_limit=512M",
	}
}

// Start starts a PHP that takes maxVars variables from a query string. It ends
// with the test.
func Start(tb testing.TB, maxVars int) *Oracle {
	tb.Helper()
	php, err := Command()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(php, append(settings(maxVars), "-r", script)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatalf("starting php: %v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatalf("starting php: %v", err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("starting php: %v", err)
	}
	tb.Cleanup(func() {
		_ = in.Close() // PHP ends at the end of its input; Wait tells how
		if err := cmd.Wait(); err != nil {
			tb.Errorf("php ended: %v", err)
		}
	})
	return &Oracle{in: in, out: bufio.NewReaderSize(out, 1<<20)}
}

// Ask gives PHP's answers to a question about each of the inputs.
func (o *Oracle) Ask(question Question, inputs [][]byte) ([][]byte, error) {
	frame := []byte{0, 0, 0, 0, byte(question)}
	for _, input := range inputs {
		frame = binary.LittleEndian.AppendUint32(frame, uint32(len(input)))
		frame = append(frame, input...)
	}
	binary.LittleEndian.PutUint32(frame, uint32(len(frame)-4))

	// PHP reads a frame completely before it answers, so neither side waits for
	// the other with a full pipe.
	if _, err := o.in.Write(frame); err != nil {
		return nil, fmt.Errorf("asking php: %w", err)
	}
	answers := make([][]byte, len(inputs))
	for i := range answers {
		var size [4]byte
		if _, err := io.ReadFull(o.out, size[:]); err != nil {
			return nil, fmt.Errorf("reading answer %d of %d from php: %w", i, len(inputs), err)
		}
		answers[i] = make([]byte, binary.LittleEndian.Uint32(size[:]))
		if _, err := io.ReadFull(o.out, answers[i]); err != nil {
			return nil, fmt.Errorf("reading answer %d of %d from php: %w", i, len(inputs), err)
		}
	}
	if o.out.Buffered() > 0 {
		return nil, errors.New("php said more than it was asked for")
	}
	return answers, nil
}
