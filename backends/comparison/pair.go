// Package comparison compares what the original server and this program answer to
// the same requests, away from the callers, and keeps what it found.
package comparison

import (
	"context"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
)

// Pair is a request that one side has answered to its caller, with what the
// other side needs to answer it too.
type Pair struct {
	Action *compat.Action
	// Mode is compat.ModeShadow when the original answered the caller, and
	// compat.ModeVerify when this program did.
	Mode compat.Mode
	// Caller is the name of the API key, empty without keys.
	Caller string
	// Fingerprint is equal for requests with the same parameters, whoever signs
	// them and when.
	Fingerprint string
	// Request is what the caller sent.
	Request *legacy.Request
	// Answer is what the caller got.
	Answer *legacy.Answer
	// Failed says that this program could not answer, so that the original did
	// although the mode is compat.ModeVerify.
	Failed bool
	// Stale says that a write of the original has not been imported, so that this side
	// is known to answer otherwise: there is nothing to compare.
	Stale bool
	// Outdated reports whether such a write was passed on, or imported, since the
	// request came; nil is never.
	Outdated func(ctx context.Context) (bool, error)
	// Own and Original ask a side, once more for the one that answered already.
	Own, Original func(ctx context.Context) (*legacy.Answer, error)
}
