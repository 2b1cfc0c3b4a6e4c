package peeringdb

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// spool is an answer in a temporary file. Its name is removed as soon as the
// file is open, so that the system forgets it when the process dies.
type spool struct {
	file *os.File
	size int64
	// name is what is still to be removed, on systems that keep names of open
	// files.
	name string
}

// spoolError is a failure of the temporary file, not of the answer.
type spoolError struct{ err error }

func (e *spoolError) Error() string { return e.err.Error() }
func (e *spoolError) Unwrap() error { return e.err }

func newSpool(dir string) (*spool, error) {
	file, err := os.CreateTemp(dir, "peeringdb-*.json")
	if err != nil {
		return nil, err
	}
	s := &spool{file: file}
	if err := os.Remove(file.Name()); err != nil {
		s.name = file.Name()
	}
	return s, nil
}

// Write adds to the file.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.size += int64(n)
	if err != nil {
		err = &spoolError{err}
	}
	return n, err
}

// reader reads the file from its first byte.
func (s *spool) reader() io.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), 64<<10)
}

// firstByte gives the first byte that is not white space, and 0 when there is
// none.
func (s *spool) firstByte() (byte, error) {
	r := s.reader().(io.ByteReader)
	for {
		switch b, err := r.ReadByte(); {
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return 0, err
		case b != ' ' && b != '\t' && b != '\r' && b != '\n':
			return b, nil
		}
	}
}

// close frees the file.
func (s *spool) close() {
	// It was only read since it was written, and nobody else can see it.
	_ = s.file.Close()
	if s.name != "" {
		_ = os.Remove(s.name)
	}
}
