package compat

import (
	"sync"

	"provision-gateway/compat/phpjson"
)

// Writer appends JSON objects and lists as PHP writes them. Its zero value is
// ready; Bytes are what was written. Keys are constants of the contract and are
// written as they are.
type Writer struct {
	Bytes []byte
}

// NewWriter gives an empty writer whose memory was used before. Free gives it
// back.
func NewWriter() *Writer { return writers.Get().(*Writer) }

// Free gives the memory of a writer to the next one. Neither the writer nor its
// Bytes can be used after that.
func (w *Writer) Free() {
	const most = 1 << 20
	if cap(w.Bytes) <= most {
		w.Bytes = w.Bytes[:0]
		writers.Put(w)
	}
}

var writers = sync.Pool{New: func() any { return new(Writer) }}

// Open starts an object or a list with { or [.
func (w *Writer) Open(bracket byte) {
	w.separate()
	w.Bytes = append(w.Bytes, bracket)
}

// Close ends an object or a list with } or ].
func (w *Writer) Close(bracket byte) { w.Bytes = append(w.Bytes, bracket) }

// Key starts a member of an object.
func (w *Writer) Key(name string) {
	b := w.Bytes
	if n := len(b); n == 0 || b[n-1] != '{' {
		b = append(b, ',', '"')
	} else {
		b = append(b, '"')
	}
	b = append(b, name...)
	w.Bytes = append(b, '"', ':')
}

// separate puts a comma where a value follows another.
func (w *Writer) separate() {
	if n := len(w.Bytes); n > 0 {
		switch w.Bytes[n-1] {
		case '{', '[', ':', ',':
		default:
			w.Bytes = append(w.Bytes, ',')
		}
	}
}

// Text writes a member with a text.
func (w *Writer) Text(name, text string) {
	w.Key(name)
	w.Bytes = phpjson.AppendString(w.Bytes, text)
}

// OptionalText writes a member with a text, or null.
func (w *Writer) OptionalText(name string, text *string) {
	w.Key(name)
	w.Bytes = phpjson.AppendNullableString(w.Bytes, text)
}

// Raw writes a member with a text as a database gave it; nil is null.
func (w *Writer) Raw(name string, text []byte) {
	w.Key(name)
	if text == nil {
		w.Bytes = phpjson.AppendNull(w.Bytes)
		return
	}
	w.Bytes = phpjson.AppendStringBytes(w.Bytes, text)
}

// Number writes a member with a number as a text, which is how PHP shows a
// number that came from MySQL.
func (w *Writer) Number(name string, n uint64) {
	w.Key(name)
	w.Bytes = phpjson.AppendUintString(w.Bytes, n)
}

// OptionalNumber writes a member like Number, or null.
func OptionalNumber[T uint32 | uint64](w *Writer, name string, n *T) {
	if n == nil {
		w.Null(name)
		return
	}
	w.Number(name, uint64(*n))
}

// Int writes a member with a number that PHP itself made.
func (w *Writer) Int(name string, n int64) {
	w.Key(name)
	w.Bytes = phpjson.AppendInt(w.Bytes, n)
}

// Bool writes a member with true or false.
func (w *Writer) Bool(name string, b bool) {
	w.Key(name)
	w.Bytes = phpjson.AppendBool(w.Bytes, b)
}

// Null writes a member that is null.
func (w *Writer) Null(name string) {
	w.Key(name)
	w.Bytes = phpjson.AppendNull(w.Bytes)
}

// EmptyList writes a member that is an empty PHP array.
func (w *Writer) EmptyList(name string) {
	w.Key(name)
	w.Bytes = append(w.Bytes, '[', ']')
}
