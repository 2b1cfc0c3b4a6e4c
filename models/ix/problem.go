package ix

import "fmt"

// Problem is why an operation is refused, in the terms of RFC 7807. Its types
// are those of the published schema, below https://errors.ix-api.net/v2/.
type Problem struct {
	Type       string     `json:"type"`
	Title      string     `json:"title"`
	Status     int        `json:"status"`
	Detail     string     `json:"detail,omitempty"`
	Instance   string     `json:"instance,omitempty"`
	Properties []Property `json:"properties,omitempty"`
	// DecommissionAt and ChargedUntil are the first dates that are possible.
	DecommissionAt string `json:"decommission_at,omitempty"`
	ChargedUntil   string `json:"charged_until,omitempty"`
	// Conflict is what stands in the way of a deletion.
	*Conflict
}

// Property is what is wrong with one property.
type Property struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Conflict names the object that is in use, and what uses it.
type Conflict struct {
	ResourceType       string `json:"resource_type"`
	ResourceID         string `json:"resource_id"`
	ResourceProperty   string `json:"resource_property,omitempty"`
	RemoteResourceType string `json:"remote_resource_type"`
	RemoteResourceID   string `json:"remote_resource_id"`
}

// ProblemBase is the base of the types of problems.
const ProblemBase = "https://errors.ix-api.net/v2/"

// Error names the problem and its properties.
func (p *Problem) Error() string {
	text := p.Title
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	for _, property := range p.Properties {
		text += fmt.Sprintf(" %s: %s", property.Name, property.Reason)
	}
	return text
}

// NewProblem makes a problem of a type. The format and what it is of make its
// detail.
func NewProblem(t ProblemType, format string, args ...any) *Problem {
	return &Problem{Type: t.URL(), Title: t.title(), Status: t.Status(), Detail: fmt.Sprintf(format, args...)}
}

// Invalid is the problem of properties that cannot be accepted; nil when there
// are none.
func Invalid(properties ...Property) error {
	if len(properties) == 0 {
		return nil
	}
	p := NewProblem(ProblemValidation, "Some properties are not valid.")
	p.Properties = properties
	return p
}

// InvalidProperty is the problem of one property.
func InvalidProperty(name, format string, args ...any) error {
	return Invalid(Property{name, fmt.Sprintf(format, args...)})
}

// UnableToFulfill is the problem of what is valid and cannot be done now.
func UnableToFulfill(format string, args ...any) error {
	return NewProblem(ProblemUnableToFulfill, format, args...)
}

// NotFound is the problem of what does not exist, or not for the caller.
func NotFound(c Collection, id string) error {
	return NewProblem(ProblemNotFound, "There is no object %q in %s.", id, c)
}

// Denied is the problem of what the caller can see and may not do.
func Denied(format string, args ...any) error {
	return NewProblem(ProblemPermissionDenied, format, args...)
}

// inUse is the problem of an object that cannot be deleted because of another.
func inUse(c Collection, id string, by Collection, byID string) error {
	p := NewProblem(ProblemConstraintViolation, "It is used by %s in %s.", byID, by)
	p.Conflict = &Conflict{ResourceType: string(c), ResourceID: id, RemoteResourceType: string(by), RemoteResourceID: byID}
	return p
}
