package migration

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"provision-gateway/backends/legacy"
)

// Asker answers actions that change nothing: the original (*legacy.Client), or
// this side (*handlers.Gateway).
type Asker interface {
	Ask(ctx context.Context, target, action string, parameters ...legacy.Parameter) (*legacy.Reply, error)
}

// asking asks one side and remembers what it answered.
type asking struct {
	side Asker
	// pauses come before each further try.
	pauses []time.Duration
	mu     sync.Mutex
	// answers are the sums of the answers, by question.
	answers map[string][sha256.Size]byte
}

func newAsking(side Asker) *asking {
	return &asking{side: side, answers: map[string][sha256.Size]byte{}}
}

// with is a parameter.
func with(name, value string) legacy.Parameter { return legacy.Parameter{Name: name, Value: value} }

// ask asks until an answer arrives, or the pauses are used up. An answer that
// refuses has arrived.
func (a *asking) ask(ctx context.Context, target, action string, parameters ...legacy.Parameter) (*legacy.Reply, error) {
	reply, err := a.side.Ask(ctx, target, action, parameters...)
	for _, pause := range a.pauses {
		if err == nil || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
		reply, err = a.side.Ask(ctx, target, action, parameters...)
	}
	return reply, err
}

// rows asks for a list and decodes its rows. An answer without data, or with an
// empty list, has none. Errors name the question, and of a row that cannot be
// read its place, but nothing of what is in it.
func rows[R any](ctx context.Context, a *asking, target, action string, parameters ...legacy.Parameter) ([]R, error) {
	question := target + " " + action
	for _, p := range parameters {
		question += " " + p.Name + "=" + p.Value
	}
	reply, err := a.ask(ctx, target, action, parameters...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", question, err)
	}
	if !reply.Success {
		return nil, &refusedError{question, reply.Message}
	}
	a.mu.Lock()
	a.answers[question] = sha256.Sum256(append([]byte(reply.Message+"\x00"), reply.Data...))
	a.mu.Unlock()
	if len(reply.Data) == 0 || string(reply.Data) == "null" || string(reply.Data) == "false" {
		return nil, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(reply.Data, &raw); err != nil {
		return nil, fmt.Errorf("%s: data is not a list", question)
	}
	out := make([]R, len(raw))
	for i, row := range raw {
		if err := json.Unmarshal(row, &out[i]); err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", question, i+1, unreadable(err))
		}
	}
	return out, nil
}

// unreadable is an error of decoding without what was decoded.
func unreadable(err error) error {
	var wrong *wrongValueError
	if errors.As(err, &wrong) {
		return wrong
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is not of the expected type", kind.Field)
	}
	return errors.New("cannot be read")
}
