package phpjson

import (
	"errors"

	"provision-gateway/compat/phpvalue"
)

// MaxDepth is how deep arrays and objects may be nested in each other, the
// default depth of json_encode.
const MaxDepth = 512

// The errors of Append. PHP's json_encode returns false for each, of which echo
// prints nothing at all.
var (
	// ErrInvalidUTF8 is returned for a string or key that is not valid UTF-8
	// (JSON_ERROR_UTF8).
	ErrInvalidUTF8 = errors.New("text is not valid UTF-8")
	// ErrDepth is returned for arrays nested deeper than MaxDepth
	// (JSON_ERROR_DEPTH).
	ErrDepth = errors.New("nesting is deeper than 512 levels")
)

// Append appends a value as json_encode writes it with its default flags. Where
// json_encode returns false, dst is given unchanged with ErrInvalidUTF8,
// ErrDepth or ErrInfOrNaN.
func Append(dst []byte, v phpvalue.Value) ([]byte, error) {
	e := encoder{dst: dst, strict: true}
	err := e.value(v)
	if err == nil {
		err = e.deferred
	}
	if err != nil {
		return dst, err
	}
	return e.dst, nil
}

// AppendLenient appends a value as Append does, and makes something of what
// Append refuses: bytes that are not valid UTF-8 become U+FFFD, infinities and
// NaN become 0, and nesting has no limit.
func AppendLenient(dst []byte, v phpvalue.Value) []byte {
	e := encoder{dst: dst}
	// Without strict, nothing gives an error.
	_ = e.value(v)
	return e.dst
}

type encoder struct {
	dst      []byte
	depth    int
	strict   bool
	deferred error // PHP goes on after a number or a key it cannot write, and reports a later error instead
}

func (e *encoder) value(v phpvalue.Value) error {
	switch v.Kind() {
	case phpvalue.KindBool:
		e.dst = AppendBool(e.dst, v.BoolVal())
	case phpvalue.KindInt:
		e.dst = AppendInt(e.dst, v.IntVal())
	case phpvalue.KindFloat:
		dst, err := AppendFloat(e.dst, v.FloatVal())
		if err != nil {
			dst = append(dst, '0')
			e.deferred = err
		}
		e.dst = dst
	case phpvalue.KindString:
		return e.string(v.Text())
	case phpvalue.KindArray:
		if v.Array().IsList() {
			return e.list(v.Array())
		}
		return e.object(v.Array(), false)
	case phpvalue.KindObject:
		return e.object(v.Array(), true)
	default:
		e.dst = AppendNull(e.dst)
	}
	return nil
}

func (e *encoder) string(s string) error {
	dst, ok := appendString(e.dst, s, e.strict)
	e.dst = dst
	if !ok {
		return ErrInvalidUTF8
	}
	return nil
}

func (e *encoder) list(a *phpvalue.Array) error {
	e.depth++
	e.dst = append(e.dst, '[')
	first := true
	for _, v := range a.All() {
		if !first {
			e.dst = append(e.dst, ',')
		}
		first = false
		if err := e.value(v); err != nil {
			return err
		}
	}
	e.dst = append(e.dst, ']')
	return e.leave()
}

// object writes braces. The properties of real objects whose name starts with a
// NUL byte are left out: that is how PHP marks private ones.
func (e *encoder) object(a *phpvalue.Array, real bool) error {
	e.depth++
	e.dst = append(e.dst, '{')
	first := true
	for key, v := range a.All() {
		name := key.Text()
		if real && name != "" && name[0] == 0 {
			continue
		}
		if !first {
			e.dst = append(e.dst, ',')
		}
		first = false
		if key.IsInt() {
			e.dst = AppendIntString(e.dst, key.Int())
		} else if err := e.string(name); err != nil {
			e.deferred = err
		}
		e.dst = append(e.dst, ':')
		if err := e.value(v); err != nil {
			return err
		}
	}
	e.dst = append(e.dst, '}')
	return e.leave()
}

// leave ends an array or object. PHP checks the depth here and not on entry, so
// that an error inside of what is nested too deep is the one reported.
func (e *encoder) leave() error {
	if e.strict && e.depth > MaxDepth {
		return ErrDepth
	}
	e.depth--
	return nil
}
