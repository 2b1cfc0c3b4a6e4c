package ix

import (
	"encoding/json"
	"reflect"
	"testing"
)

// What is absent from a creation and from a replacement is the same: the value
// that a new object has. A change leaves it as it is.
func TestAbsentProperties(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		types := k.types
		if types == nil {
			types = []string{""}
		}
		for _, objectType := range types {
			fresh, changed := k.make(objectType), k.make(objectType)
			for _, f := range fields(changed) {
				if f.update {
					disturb(reflect.ValueOf(changed).Elem().FieldByIndex(f.index))
				}
			}
			kept, err := encode(changed)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.read(changed, nil, patching); err != nil {
				t.Errorf("%s %s: %v", k.name, objectType, err)
			}
			if got, err := encode(changed); err != nil || got != kept {
				t.Errorf("%s %s: a change with nothing makes %s, %v", k.name, objectType, got, err)
			}
			// That something is missing is another matter.
			_ = k.read(changed, map[string]json.RawMessage{}, replacing)
			for _, f := range fields(fresh) {
				want, got := reflect.ValueOf(fresh).Elem().FieldByIndex(f.index), reflect.ValueOf(changed).Elem().FieldByIndex(f.index)
				if want.Kind() == reflect.Slice && f.update && want.IsNil() {
					t.Errorf("%s %s: %s is no list in a new object", k.name, objectType, f.name)
				}
				if f.update && !reflect.DeepEqual(want.Interface(), got.Interface()) {
					t.Errorf("%s %s: a replacement without %s makes it %v, a creation %v", k.name, objectType, f.name, got, want)
				}
			}
		}
	}
}

// disturb gives a property another value than it had.
func disturb(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.String:
		v.SetString("another")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(v.Uint() + 1)
	}
}
