package peeringdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ListError says that a list answer could not be read to its end.
type ListError struct {
	// Offset is where, in bytes: the beginning of the row that is malformed,
	// or the end of what could be read.
	Offset int64
	// Err is what is wrong there.
	Err error
}

// Error names the byte and what is wrong.
func (e *ListError) Error() string { return fmt.Sprintf("byte %d: %v", e.Offset, e.Err) }

// Unwrap returns Err.
func (e *ListError) Unwrap() error { return e.Err }

// ReadList reads a list answer of the API, {"data":[ROW,...],"meta":{}}, and
// calls each for every row as soon as it is read, so that a list of any length
// takes the memory of one row. Unknown fields are ignored, and so is where the
// array stands among the keys. A field of another type than expected is left
// nil and named by misfit, which is nil for a row in order.
//
// An answer that is malformed, cut off, without data, or whose meta part
// reports an error or that rows were left out gives a *ListError. An error of
// each ends the reading and is returned as it is.
func ReadList[R any](r io.Reader, each func(row *R, misfit *json.UnmarshalTypeError) error) error {
	_, err := readList(r, each)
	return err
}

// readList is ReadList, and gives what the meta part says.
func readList[R any](r io.Reader, each func(row *R, misfit *json.UnmarshalTypeError) error) (listMeta, error) {
	l := &list[R]{decoder: json.NewDecoder(r), each: each}
	if err := l.read(); err != nil {
		if l.stopped != nil {
			return l.meta, l.stopped
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return l.meta, &ListError{Offset: l.offset(err), Err: err}
	}
	return l.meta, nil
}

// listMeta is the meta part of a list answer.
type listMeta struct {
	// Error says why the list is empty.
	Error string `json:"error"`
	// Generated is when a list that comes from a cache was made, in Unix
	// seconds with a fraction; 0 for lists made for this answer.
	Generated float64 `json:"generated"`
	// Truncated is there when the list does not hold all rows.
	Truncated json.RawMessage `json:"truncated"`
}

// metaError is what the meta part says against a list.
type metaError struct {
	// truncated means that rows were left out on purpose, so that asking again
	// is of no use. Otherwise the list is empty because of an error.
	truncated bool
	// said is the server's text.
	said string
}

func (e *metaError) Error() string { return e.about() + quote(e.said) }

func (e *metaError) about() string {
	if e.truncated {
		return "the answer is not the whole list: "
	}
	return "the answer is an error of the API: "
}

type list[R any] struct {
	decoder *json.Decoder
	each    func(*R, *json.UnmarshalTypeError) error
	meta    listMeta
	// stopped is the error of each.
	stopped error
}

// offset is where an error is to be looked for. The decoder stays in front of
// a value that it cannot read. Its own offsets in syntax errors are of no use,
// since they do not count what was read as tokens.
func (l *list[R]) offset(err error) int64 {
	offset := l.decoder.InputOffset()
	// This reads from memory, which cannot fail.
	ahead, _ := io.ReadAll(l.decoder.Buffered())
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		ahead = ahead[:len(ahead)-len(bytes.TrimLeft(ahead, " \t\r\n,:"))]
	}
	return offset + int64(len(ahead))
}

func (l *list[R]) read() error {
	if err := l.expect('{'); err != nil {
		return err
	}
	found := false
	for l.decoder.More() {
		name, err := l.decoder.Token()
		if err != nil {
			return err
		}
		switch {
		case name == "data" && found:
			return errors.New("data occurs twice")
		case name == "data":
			found = true
			err = l.rows()
		case name == "meta":
			err = l.readMeta()
		default:
			err = l.decoder.Decode(new(json.RawMessage))
		}
		if err != nil {
			return err
		}
	}
	if err := l.expect('}'); err != nil {
		return err
	}
	switch _, err := l.decoder.Token(); {
	case err == nil:
		return errors.New("something follows the list")
	case err != io.EOF:
		return err
	}
	if !found {
		return errors.New("no data in it: not a list of the API")
	}
	return nil
}

// rows reads the array of data.
func (l *list[R]) rows() error {
	if err := l.expect('['); err != nil {
		return err
	}
	for l.decoder.More() {
		row := new(R)
		// A misfit leaves the decoder behind the row, ready for the next one.
		err := l.decoder.Decode(row)
		var misfit *json.UnmarshalTypeError
		if err != nil && !errors.As(err, &misfit) {
			return err
		}
		if l.stopped = l.each(row, misfit); l.stopped != nil {
			return l.stopped
		}
	}
	return l.expect(']')
}

// readMeta reads the meta part. An error of the API comes in it, beside an
// empty list.
func (l *list[R]) readMeta() error {
	var raw json.RawMessage
	if err := l.decoder.Decode(&raw); err != nil {
		return err
	}
	var meta listMeta
	if json.Unmarshal(raw, &meta) != nil {
		return nil
	}
	l.meta = meta
	if meta.Error != "" {
		return &metaError{said: meta.Error}
	}
	switch truncated := string(meta.Truncated); truncated {
	case "", "null", "false":
		return nil
	default:
		return &metaError{truncated: true, said: truncated}
	}
}

// expect reads a delimiter.
func (l *list[R]) expect(want json.Delim) error {
	token, err := l.decoder.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("expected %q", rune(want))
	}
	return nil
}
