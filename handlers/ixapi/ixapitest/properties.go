package ixapitest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Extensions of properties in the document: those that are sensitive are absent
// for accounts that neither manage nor use the object, those that are optional
// may be absent for everybody.
const (
	Sensitive = "x-sensitive"
	Optional  = "x-optional"
)

// Properties are the properties of a schema, and the names of those that are
// required: of all parts of an allOf, and of those alternatives of a oneOf that
// are of the type. An unknown type is all alternatives.
func Properties(s *openapi3.Schema, objectType string) (properties map[string]*openapi3.Schema, required []string) {
	properties, required = map[string]*openapi3.Schema{}, slices.Clone(s.Required)
	for name, p := range s.Properties {
		properties[name] = p.Value
	}
	parts := slices.Clone(s.AllOf)
	for _, alternatives := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf} {
		fitting := slices.DeleteFunc(slices.Clone(alternatives), func(one *openapi3.SchemaRef) bool {
			has, _ := Properties(one.Value, objectType)
			return has["type"] == nil || !slices.Contains(has["type"].Enum, any(objectType))
		})
		if len(fitting) == 0 {
			fitting = alternatives
		}
		parts = append(parts, fitting...)
	}
	for _, part := range parts {
		has, needs := Properties(part.Value, objectType)
		maps.Copy(properties, has)
		required = append(required, needs...)
	}
	return properties, required
}

// Marked reports whether a property has an extension that is true.
func Marked(s *openapi3.Schema, extension string) bool {
	value, _ := s.Extensions[extension].(bool)
	return value
}

// checkProperties refuses properties that a schema does not have, however deep,
// and an object with some of its sensitive properties that has not all of them.
func checkProperties(s *openapi3.Schema, value any) error {
	switch value := value.(type) {
	case []any:
		if s.Items == nil {
			return nil
		}
		for i, one := range value {
			if err := checkProperties(s.Items.Value, one); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
	case map[string]any:
		objectType, _ := value["type"].(string)
		properties, _ := Properties(s, objectType)
		if len(properties) == 0 || s.AdditionalProperties.Schema != nil {
			return nil
		}
		whole := ""
		for name, one := range value {
			p := properties[name]
			if p == nil {
				return fmt.Errorf("the property %s is not documented", name)
			}
			if Marked(p, Sensitive) {
				whole = name
			}
			if err := checkProperties(p, one); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		for name, p := range properties {
			if _, there := value[name]; whole != "" && !there && Marked(p, Sensitive) && !Marked(p, Optional) {
				return fmt.Errorf("there is %s and no %s", whole, name)
			}
		}
	}
	return nil
}
