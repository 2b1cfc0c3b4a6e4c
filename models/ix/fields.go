package ix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A field is what the tags of a struct field say. The tag `ix` holds words with
// commas between:
//
//	create, update   a caller may set it then
//	required         it must be there, and not empty, when an object is created
//	sensitive        it is shown only to those who manage or use the object
//	internal         it is stored and shown to nobody
//	provisioned      what the exchange's devices do depends on it
//	account          it is the id of an account that the caller may act for
//	ref=COLLECTION   it is the id, or a list of ids, of objects that the caller
//	                 sees
//	max=N            characters that a text may have
//	enum=A|B         values that a text may have
//	types=A|B        the types of objects that have it; on an embedded struct,
//	                 those that have all its fields
type field struct {
	name                                string
	index                               []int
	create, update, required, sensitive bool
	internal, provisioned               bool
	account                             bool
	ref                                 Collection
	max                                 int
	enum, types                         []string
	omitEmpty                           bool
}

var fieldsOf sync.Map // fieldsKey to []field

type fieldsKey struct {
	object     reflect.Type
	objectType string
}

// fields lists the fields of an object of its type, embedded ones too.
func fields(o Object) []field {
	key := fieldsKey{reflect.TypeOf(o).Elem(), typeOf(o)}
	if known, ok := fieldsOf.Load(key); ok {
		return known.([]field)
	}
	var list []field
	// The types of embedded structs by their place.
	embedded := map[string][]string{}
	for _, f := range reflect.VisibleFields(key.object) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			embedded[fmt.Sprint(f.Index)] = readTag(name, f).types
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		one := readTag(name, f)
		one.omitEmpty = options == "omitempty"
		if one.types == nil {
			one.types = embedded[fmt.Sprint(f.Index[:len(f.Index)-1])]
		}
		if one.types == nil || slices.Contains(one.types, key.objectType) {
			list = append(list, one)
		}
	}
	fieldsOf.Store(key, list)
	return list
}

// marshal writes the properties that an object of its type has, but for some.
func marshal(o Object, without ...string) ([]byte, error) {
	value := reflect.ValueOf(o).Elem()
	out := []byte{'{'}
	for _, f := range fields(o) {
		place := value.FieldByIndex(f.index)
		if f.omitEmpty && place.IsZero() || slices.Contains(without, f.name) {
			continue
		}
		text, err := Encode(place.Interface())
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(strconv.AppendQuote(out, f.name), ':'), text...)
	}
	return append(out, '}'), nil
}

func readTag(name string, f reflect.StructField) field {
	out := field{name: name, index: f.Index}
	for word := range strings.SplitSeq(f.Tag.Get("ix"), ",") {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "":
		case "create":
			out.create = true
		case "update":
			out.update = true
		case "required":
			out.required = true
		case "sensitive":
			out.sensitive = true
		case "internal":
			out.internal = true
		case "provisioned":
			out.provisioned = true
		case "account":
			out.account = true
		case "ref":
			out.ref = Collection(value)
		case "max":
			out.max, _ = strconv.Atoi(value)
		case "enum":
			out.enum = strings.Split(value, "|")
		case "types":
			out.types = strings.Split(value, "|")
		default:
			panic("ix: unknown word in a tag: " + word)
		}
	}
	return out
}

// How a body is read.
type reading int

const (
	// creating takes what may be set at creation; what is absent, or null, is what
	// it is in a new object.
	creating reading = iota
	// replacing takes what may be updated; what is absent, or null, becomes what it
	// is in a new object.
	replacing
	// patching takes what may be updated and is there; null is as in replacing.
	patching
)

// read puts the properties of a body into an object. Properties that are not
// known, or that a caller cannot set, are ignored: clients send whole objects
// back. The problem names all properties that cannot be read.
func (k *kind) read(o Object, body map[string]json.RawMessage, how reading) error {
	var problems []Property
	value, fresh := reflect.ValueOf(o).Elem(), reflect.ValueOf(k.make(typeOf(o))).Elem()
	for _, f := range fields(o) {
		if how == creating && !f.create || how != creating && !f.update {
			continue
		}
		raw, sent := body[f.name]
		if !sent && how == patching {
			continue
		}
		place := value.FieldByIndex(f.index)
		if sent && !isNull(raw) {
			if err := set(place, raw); err != nil {
				problems = append(problems, Property{f.name, err.Error()})
				continue
			}
		} else if sent || how == replacing {
			place.Set(fresh.FieldByIndex(f.index))
		}
		if reason := f.check(place, how); reason != "" {
			problems = append(problems, Property{f.name, reason})
		}
	}
	return Invalid(problems...)
}

// isNull reports whether a value is null, which is like its absence.
func isNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// set reads a value that is not null.
func set(place reflect.Value, raw json.RawMessage) error {
	fresh := reflect.New(place.Type())
	if err := json.Unmarshal(raw, fresh.Interface()); err != nil {
		return fmt.Errorf("expected %s", expected(place.Type()))
	}
	place.Set(fresh.Elem())
	return nil
}

// expected says in words what a property must be.
func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return expected(t.Elem()) + " or null"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Uint32, reflect.Uint64:
		return "an integer from 0"
	case reflect.Slice:
		return "a list, each " + expected(t.Elem())
	}
	return "an object"
}

// check applies what the tag says of a value.
func (f field) check(place reflect.Value, how reading) string {
	if f.required && isEmpty(place) {
		if how == patching {
			return "cannot be empty"
		}
		return "is required"
	}
	if place.Kind() == reflect.Pointer {
		if place.IsNil() {
			return ""
		}
		place = place.Elem()
	}
	if place.Kind() != reflect.String || place.String() == "" {
		return ""
	}
	text := place.String()
	switch {
	case f.max > 0 && utf8.RuneCountInString(text) > f.max:
		return fmt.Sprintf("is longer than %d characters", f.max)
	case len(f.enum) > 0 && !slices.Contains(f.enum, text):
		return "is none of " + strings.Join(f.enum, ", ")
	}
	return ""
}

// isEmpty reports whether a property that must not be empty is. A list may be:
// clients drop empty ones, and what needs an element has a rule of its own.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Bool:
		return false
	}
	return v.IsZero()
}

// withheld are the names of the properties that are not shown.
func withheld(o Object, a Access) []string {
	var names []string
	for _, f := range fields(o) {
		if f.internal || f.sensitive && a != Full {
			names = append(names, f.name)
		}
	}
	return names
}
