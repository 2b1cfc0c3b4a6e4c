package ixapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// Property is what is wrong with one property of a request.
type Property struct {
	Name, Reason string
}

// Error says why a request was not done. It holds no secret.
type Error struct {
	// Operation is the method and the path below the base.
	Operation string
	// Status is the HTTP status of the answer, 0 where there was none.
	Status int
	// Type is the last part of the type of a problem (RFC 7807), such as
	// validation-error; empty where the answer was none.
	Type string
	// Title and Detail are the server's words.
	Title, Detail string
	// Properties are set for a validation error.
	Properties []Property
	// RetryAfter is how long the server wants to be left alone; 0 where it did not
	// say.
	RetryAfter time.Duration
	// Err is why there was no answer, or none that could be read.
	Err error

	uncertain bool
}

// Error returns the operation and what is wrong.
func (e *Error) Error() string { return e.Operation + ": " + e.Reason() }

// Reason is what is wrong in words for the person behind a request: the
// properties as `name: reason`, else what the server says.
func (e *Error) Reason() string {
	var parts []string
	for _, p := range e.Properties {
		parts = append(parts, p.Name+": "+p.Reason)
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case e.Err != nil:
		return e.Err.Error()
	case e.Title != "" && e.Detail != "" && e.Title != e.Detail:
		return strings.TrimSuffix(e.Title, ".") + ": " + e.Detail
	case e.Title != "" || e.Detail != "":
		return e.Title + e.Detail
	}
	return strings.TrimSpace(fmt.Sprintf("the server answers %d %s", e.Status, http.StatusText(e.Status)))
}

// Unwrap returns why there was no answer.
func (e *Error) Unwrap() error { return e.Err }

// Uncertain reports whether the request may have been carried out all the same:
// it was sent, and no answer of the API came back.
func (e *Error) Uncertain() bool { return e.uncertain }

// Refused reports whether the server understood the request and will not do it,
// so that it is of no use to send the same again.
func (e *Error) Refused() bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests && !e.uncertain
}

// IsNotFound reports whether an error says that an object does not exist, or is
// not shown to this account.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// most is how much of a text of the server is shown, in characters.
const most = 300

// shown makes a text of the server fit for a line: without control characters,
// and cut.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
