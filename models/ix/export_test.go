package ix

import "slices"

// ShownProperty is a property that others than the exchange see.
type ShownProperty struct {
	// Sensitive ones are seen by those alone who manage or use the object.
	Sensitive bool
	// Optional ones are absent where they are empty.
	Optional bool
}

// ShownProperties are the properties of a collection by the types of its objects
// and by name; the type of a collection without types is empty.
func ShownProperties(c Collection) map[string]map[string]ShownProperty {
	k, _ := kindOf(c)
	types, out := k.types, map[string]map[string]ShownProperty{}
	if types == nil {
		types = []string{""}
	}
	for _, objectType := range types {
		o := k.make(objectType)
		out[objectType] = map[string]ShownProperty{}
		for _, f := range fields(o) {
			if f.internal {
				continue
			}
			p := ShownProperty{Sensitive: f.sensitive, Optional: f.omitEmpty}
			if m, ok := o.(interface{ reduced() []string }); ok && !slices.Contains(m.reduced(), f.name) {
				p.Sensitive = true
			}
			out[objectType][f.name] = p
		}
	}
	return out
}

// FilterNames are the parameters that a list of a collection knows beside those
// of all lists.
func FilterNames(c Collection) []string {
	k, _ := kindOf(c)
	names := []string{"id"}
	for name := range k.filters {
		names = append(names, name)
	}
	if k.project != nil {
		names = append(names, "fields")
	}
	slices.Sort(names)
	return names
}
