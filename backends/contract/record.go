package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"provision-gateway/compat/golden"
)

// Plan is a golden file that is to be recorded.
type Plan struct {
	// Name is the path of the file within its folder, with slashes, without the
	// ending: peering/getSessions/all.
	Name string
	// File has the settings to keep and the requests. Answers that are there say
	// where the values of placeholders in later requests come from.
	File *golden.File
}

// RecordOptions say how files are made.
type RecordOptions struct {
	Client *Client
	// Keep are kinds of values that stay as the server gave them: ids, times.
	// Without, they become placeholders.
	Keep []golden.Kind
	// Secrets are texts that must be in no file, besides what is known by its
	// name, and besides the credentials of the client.
	Secrets []string
	// Writes lets requests be sent that do more than read, or whose action is
	// not known.
	Writes bool
}

// Record sends the requests of a plan and gives the file that holds them with
// what the server answered: without secrets, and with placeholders for numbers
// and times that the server chose. As long as the server answers the same, so is
// the file. The error is that of Run; a plan that may write without leave; a
// server that does not accept the caller; or an answer that is no JSON.
func Record(ctx context.Context, plan Plan, o RecordOptions) ([]byte, error) {
	if what := mayWrite(plan.File); what != "" && !o.Writes {
		return nil, fmt.Errorf("%s, and writes are not allowed", what)
	}
	done, err := Run(ctx, o.Client, unsigned(plan.File, o.Client))
	if err != nil {
		return nil, err
	}
	var kinds []golden.Kind
	for _, kind := range []golden.Kind{golden.IDs, golden.Times} {
		if !slices.Contains(o.Keep, kind) {
			kinds = append(kinds, kind)
		}
	}
	secrets := append(o.Client.secrets(), o.Secrets...)
	s, err := newStabiliser(kinds, secrets...)
	if err != nil {
		return nil, err
	}
	f := &golden.File{Settings: slices.DeleteFunc(slices.Clone(plan.File.Settings), func(s golden.Setting) bool {
		return s.Name == golden.PlaceholdersSetting
	})}
	if setting, ok := s.placeholders.Setting(); ok {
		f.Settings = append(f.Settings, setting)
	}
	for i, exchange := range done {
		expected := plan.File.Pairs[i].Answer
		if exchange.Got.Status == http.StatusUnauthorized && (expected == nil || expected.Status != http.StatusUnauthorized) {
			return nil, fmt.Errorf("request %d: %w", i+1, &Trouble{What: "does not accept the caller: 401 Unauthorized"})
		}
		if !strings.HasPrefix(strings.TrimSpace(exchange.Got.Body), "{") {
			return nil, fmt.Errorf("request %d: %w", i+1, &Trouble{What: "answers with what is not a JSON object"})
		}
		f.Pairs = append(f.Pairs, s.pair(exchange.Request, exchange.Got))
	}
	data, err := golden.Format(f)
	if err != nil {
		return nil, err
	}
	return []byte(renumber(string(data))), nil
}

// unsigned takes keys and hashes out of the requests of a file where the client
// signs them itself.
func unsigned(f *golden.File, c *Client) *golden.File {
	if c.credentials.Key == "" {
		return f
	}
	copied := *f
	copied.Pairs = slices.Clone(f.Pairs)
	for i := range copied.Pairs {
		copied.Pairs[i].Request.Line = Unsigned(copied.Pairs[i].Request.Line)
	}
	return &copied
}
