// Package phpvalue holds values the way PHP holds them: scalars that are byte
// strings or numbers, and arrays that keep the order of insertion and mix
// integer with string keys.
//
// The legacy API was written in PHP, and its scripts depend on what PHP does
// with a request and with an answer. Package phpquery reads requests into these
// values and package phpjson writes them out; the conversions here are the ones
// PHP 8.2 and MySQL apply to a parameter on its way in between.
package phpvalue

import "math"

// Kind says which of PHP's types a Value has.
type Kind uint8

// The kinds of a Value. KindObject is a plain object (stdClass): an array that
// json_encode always writes with braces.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindFloat
	KindString
	KindArray
	KindObject
)

// String gives the name of the kind as PHP's get_debug_type writes it.
func (k Kind) String() string {
	switch k {
	case KindNull:
		return "null"
	case KindBool:
		return "bool"
	case KindInt:
		return "int"
	case KindFloat:
		return "float"
	case KindString:
		return "string"
	case KindArray:
		return "array"
	case KindObject:
		return "stdClass"
	}
	return "unknown"
}

// Value is one PHP value. It is small and meant to be copied; a copy of an array
// or object value refers to the same Array. The zero Value is null.
type Value struct {
	text  string
	array *Array
	bits  uint64 // the integer, the bits of the float, or 0 and 1
	kind  Kind
}

// Null gives PHP's null, the same as the zero Value.
func Null() Value { return Value{} }

// Bool gives a PHP boolean.
func Bool(b bool) Value {
	v := Value{kind: KindBool}
	if b {
		v.bits = 1
	}
	return v
}

// Int gives a PHP integer, which has 64 bits.
func Int(n int64) Value { return Value{kind: KindInt, bits: uint64(n)} }

// Float gives a PHP float.
func Float(f float64) Value { return Value{kind: KindFloat, bits: math.Float64bits(f)} }

// String gives a PHP string. PHP strings are bytes: s need not be valid UTF-8.
func String(s string) Value { return Value{kind: KindString, text: s} }

// FromArray gives a PHP array. A nil array is the empty one.
func FromArray(a *Array) Value {
	if a == nil {
		a = NewArray()
	}
	return Value{kind: KindArray, array: a}
}

// FromObject gives a plain PHP object whose properties are the entries of a. A
// nil array gives an object without properties.
func FromObject(a *Array) Value {
	if a == nil {
		a = NewArray()
	}
	return Value{kind: KindObject, array: a}
}

// Kind tells the type of the value.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.kind == KindNull }

// IsArray reports whether the value is an array; objects are not.
func (v Value) IsArray() bool { return v.kind == KindArray }

// Text gives the bytes of a string value and "" for every other kind: no
// conversion takes place, so an array where a string is expected reads as empty.
func (v Value) Text() string { return v.text }

// BoolVal gives the boolean of a boolean value and false for every other kind.
func (v Value) BoolVal() bool { return v.kind == KindBool && v.bits != 0 }

// IntVal gives the number of an integer value and 0 for every other kind. For
// the conversion of a string use Intval.
func (v Value) IntVal() int64 {
	if v.kind != KindInt {
		return 0
	}
	return int64(v.bits)
}

// FloatVal gives the number of a float value and 0 for every other kind. For the
// conversion of a string use Floatval.
func (v Value) FloatVal() float64 {
	if v.kind != KindFloat {
		return 0
	}
	return math.Float64frombits(v.bits)
}

// Array gives the entries of an array or the properties of an object, and nil
// for every other kind.
func (v Value) Array() *Array { return v.array }
