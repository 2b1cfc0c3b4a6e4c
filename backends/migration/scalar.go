package migration

import (
	"encoding/json"
	"strconv"
)

// wrongValueError is a value of an answer that cannot be what it stands for.
type wrongValueError struct{ what string }

func (e *wrongValueError) Error() string { return e.what }

// scalar is a value of an answer: a text, a number or a truth value, as text, or
// null. What comes from a database is a text in these answers, what PHP computed
// may be anything.
type scalar struct {
	text *string
	// isNumber tells a JSON number from a text.
	isNumber bool
}

// UnmarshalJSON takes anything but lists and objects.
func (s *scalar) UnmarshalJSON(data []byte) error {
	*s = scalar{}
	switch string(data) {
	case "null":
		return nil
	case "true":
		s.text = new("1")
		return nil
	case "false":
		s.text = new("0")
		return nil
	}
	switch data[0] {
	case '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		s.text = &text
		return nil
	case '[', '{':
		return &wrongValueError{"a list stands where a single value is expected"}
	}
	text := string(data)
	s.text, s.isNumber = &text, true
	return nil
}

// String is the text, empty for null.
func (s scalar) String() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// yes reports whether the value is 1 or true.
func (s scalar) yes() bool { return s.String() == "1" }

// truth is nil for null.
func (s scalar) truth() *bool {
	if s.text == nil {
		return nil
	}
	return new(s.yes())
}

// numbers reads the numbers of one row and keeps the first error.
type numbers struct{ err error }

// optional is nil for null.
func (n *numbers) optional(name string, s scalar) *uint64 {
	if s.text == nil {
		return nil
	}
	v, err := strconv.ParseUint(*s.text, 10, 63)
	if err != nil {
		if n.err == nil {
			n.err = &wrongValueError{name + " is not a number"}
		}
		return nil
	}
	return &v
}

// optional32 is optional for what has 32 bits.
func (n *numbers) optional32(name string, s scalar) *uint32 {
	v := n.optional(name, s)
	if v == nil {
		return nil
	}
	if *v > 1<<32-1 {
		if n.err == nil {
			n.err = &wrongValueError{name + " is too large"}
		}
		return nil
	}
	return new(uint32(*v))
}

// id demands a number above 0.
func (n *numbers) id(name string, s scalar) uint64 {
	v := n.optional(name, s)
	if v == nil || *v == 0 {
		if n.err == nil {
			n.err = &wrongValueError{name + " is missing"}
		}
		return 0
	}
	return *v
}

// whole is 0 for null.
func (n *numbers) whole(name string, s scalar) int64 {
	if v := n.optional(name, s); v != nil {
		return int64(*v)
	}
	return 0
}
