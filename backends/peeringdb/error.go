package peeringdb

import (
	"errors"
	"fmt"
	"time"
)

// Error says why a list could not be had from the API. Its text holds neither
// the key nor what the server sent, except for a short quoted message.
type Error struct {
	// List is the list that was asked for, such as net; empty when nothing was
	// asked for, since it is too early.
	List string
	// Status is the HTTP status of the answer, 0 when there was none.
	Status int
	// Text is what went wrong.
	Text string
	// RetryAt is when the server is willing to answer again, within a day; zero
	// when it did not say.
	RetryAt time.Time
	// Err is the cause, for errors.Is; it may be nil.
	Err error
	// temporary errors may be gone at the next attempt.
	temporary bool
}

// Error names the list and says what went wrong and when to try again.
func (e *Error) Error() string {
	text := "PeeringDB list " + e.List + ": " + e.Text
	if e.List == "" {
		text = "PeeringDB is not asked: " + e.Text
	}
	if !e.RetryAt.IsZero() {
		text += fmt.Sprintf("; try again after %s UTC", e.RetryAt.UTC().Format(time.DateTime))
	}
	return text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// The reasons for which the client itself ends a request.
var (
	errSilence = errors.New("no byte of the answer came")
	errTooLong = errors.New("the request took too long")
	errTooBig  = errors.New("the answer is larger than allowed")
)
