package ix

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// filter decides whether an object meets a parameter of a list. values are those
// of all its occurrences, split at commas.
type filter struct {
	match func(o Object, values []string) bool
	// among is match for what depends on other objects; only one of them is set.
	among func(r *related, o Object, values []string) (bool, error)
	// check refuses values that no object can have; nil accepts all.
	check func(value string) string
	// column is the column of Row that tells as much as match does; empty where
	// none does.
	column string
}

// is makes a filter for objects whose property is one of the values. Of a list
// it is enough that one element is.
func is(property string) filter {
	f := filter{match: func(o Object, values []string) bool {
		return slices.ContainsFunc(texts(o, property), func(have string) bool { return slices.Contains(values, have) })
	}}
	if (&Row{}).place(property) != nil {
		f.column = property
	}
	return f
}

// isNot makes the opposite of is.
func isNot(property string) filter {
	inner := is(property)
	return filter{match: func(o Object, values []string) bool { return !inner.match(o, values) }}
}

// texts are the values of a property as texts; null is none.
func texts(o Object, property string) []string {
	for _, f := range fields(o) {
		if f.name == property {
			return textsOf(reflect.ValueOf(o).Elem().FieldByIndex(f.index))
		}
	}
	return nil
}

func textsOf(v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return textsOf(v.Elem())
	case reflect.Slice:
		var out []string
		for i := range v.Len() {
			out = append(out, textsOf(v.Index(i))...)
		}
		return out
	case reflect.String:
		return []string{v.String()}
	case reflect.Struct, reflect.Map:
		return nil
	}
	return []string{fmt.Sprint(v.Interface())}
}

func (f filter) checked(check func(string) string) filter {
	f.check = check
	return f
}

// stateFilters are the filters of what has a state.
func stateFilters() map[string]filter {
	states := oneOf("requested", "allocated", "testing", "production", "production_change_pending", "decommission_requested",
		"decommissioned", "archived", "error", "operator", "scheduled", "cancelled")
	return map[string]filter{"state": is("state").checked(states), "state__is_not": isNot("state").checked(states)}
}

// accountFilters are the filters of what is owned.
func accountFilters() map[string]filter {
	return map[string]filter{
		"managing_account": is("managing_account"), "consuming_account": is("consuming_account"), "external_ref": is("external_ref"),
	}
}

// all joins sets of filters.
func all(sets ...map[string]filter) map[string]filter {
	out := map[string]filter{}
	for _, set := range sets {
		for name, f := range set {
			out[name] = f
		}
	}
	return out
}

// equals makes filters that compare properties of the same names.
func equals(properties ...string) map[string]filter {
	out := map[string]filter{}
	for _, p := range properties {
		out[p] = is(p)
	}
	return out
}

// Query is the parameters of a list by name, each with all its values.
type Query map[string][]string

// meets reports whether an object meets every parameter that is known. Others
// are ignored.
func (k *kind) meets(r *related, o Object, q Query) (bool, error) {
	for name, values := range q {
		if name == "id" && !slices.Contains(values, o.header().ID) {
			return false, nil
		}
		f, known := k.filters[name]
		if !known {
			continue
		}
		met, err := true, error(nil)
		if f.among != nil {
			met, err = f.among(r, o, values)
		} else {
			met = f.match(o, values)
		}
		if !met || err != nil {
			return false, err
		}
	}
	return true, nil
}

// check refuses values of filters that no object can have.
func (k *kind) check(q Query) error {
	var problems []Property
	for name, values := range q {
		f, known := k.filters[name]
		if !known || f.check == nil {
			continue
		}
		for _, value := range values {
			if reason := f.check(value); reason != "" {
				problems = append(problems, Property{name, reason})
				break
			}
		}
	}
	slices.SortFunc(problems, func(a, b Property) int { return strings.Compare(a.Name, b.Name) })
	return Invalid(problems...)
}

// Item is an object as a caller sees it.
type Item struct {
	ID       string
	Document json.RawMessage
}
