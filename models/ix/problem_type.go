package ix

import (
	"net/http"
	"strings"
)

// ProblemType is one of the kinds of problems that are answered.
type ProblemType int

// The types of problems. The schema has others, of what is never refused here:
// not-acceptable and unsupported-media-type, since clients get the headers wrong,
// and too-many-requests.
const (
	// ProblemParse is of a path or body that cannot be read at all.
	ProblemParse ProblemType = iota
	// ProblemValidation is of properties or parameters that are not valid.
	ProblemValidation
	// ProblemUnableToFulfill is of what is valid and cannot be done now.
	ProblemUnableToFulfill
	// ProblemCancellationPolicy is of a date that the terms do not allow.
	ProblemCancellationPolicy
	// ProblemAuthentication is of wrong credentials and access tokens.
	ProblemAuthentication
	// ProblemNotAuthenticated is of wrong refresh tokens.
	ProblemNotAuthenticated
	// ProblemSignatureExpired is of tokens that were good once.
	ProblemSignatureExpired
	// ProblemPermissionDenied is of what the caller can see and may not do.
	ProblemPermissionDenied
	// ProblemNotFound is of what is not there, or not for the caller.
	ProblemNotFound
	// ProblemMethodNotAllowed is of a method that a path does not have.
	ProblemMethodNotAllowed
	// ProblemConstraintViolation is of a deletion of what others need.
	ProblemConstraintViolation
	// ProblemServerError is of what went wrong here.
	ProblemServerError

	problemTypes = iota
)

// problemNames are the last parts of the types, without .html, and the HTTP
// status that each is answered with.
var problemNames = [problemTypes]struct {
	name   string
	status int
}{
	ProblemParse:               {"parse-error", http.StatusBadRequest},
	ProblemValidation:          {"validation-error", http.StatusBadRequest},
	ProblemUnableToFulfill:     {"unable-to-fulfill", http.StatusBadRequest},
	ProblemCancellationPolicy:  {"cancellation-policy-error", http.StatusBadRequest},
	ProblemAuthentication:      {"authentication-error", http.StatusUnauthorized},
	ProblemNotAuthenticated:    {"not-authenticated", http.StatusUnauthorized},
	ProblemSignatureExpired:    {"signature-expired", http.StatusUnauthorized},
	ProblemPermissionDenied:    {"permission-denied", http.StatusForbidden},
	ProblemNotFound:            {"not-found", http.StatusNotFound},
	ProblemMethodNotAllowed:    {"method-not-allowed", http.StatusMethodNotAllowed},
	ProblemConstraintViolation: {"constraint-violation", http.StatusConflict},
	ProblemServerError:         {"server-error", http.StatusInternalServerError},
}

// ProblemTypes lists all types.
func ProblemTypes() []ProblemType {
	list := make([]ProblemType, problemTypes)
	for i := range list {
		list[i] = ProblemType(i)
	}
	return list
}

// Status is the HTTP status that a type is answered with.
func (t ProblemType) Status() int { return problemNames[t].status }

// String is the last part of the type, without .html.
func (t ProblemType) String() string { return problemNames[t].name }

// URL is the type as it is answered.
func (t ProblemType) URL() string { return ProblemBase + t.String() + ".html" }

// title is the name in words.
func (t ProblemType) title() string {
	words := strings.ReplaceAll(t.String(), "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
