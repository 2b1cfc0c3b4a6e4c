package migration_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"provision-gateway/backends/legacy"
	"provision-gateway/backends/migration"
	"provision-gateway/models/modelstest"
)

// faulty answers like another side until it is told otherwise.
type faulty struct {
	migration.Asker
	mu    sync.Mutex
	asked int
	// change may replace the n-th answer.
	change func(n int, question string, reply *legacy.Reply) (*legacy.Reply, error)
}

func (f *faulty) Ask(ctx context.Context, target, action string, with ...legacy.Parameter) (*legacy.Reply, error) {
	reply, err := f.Asker.Ask(ctx, target, action, with...)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	question := target + " " + action
	for _, p := range with {
		question += " " + p.Name + "=" + p.Value
	}
	return f.change(f.asked, question, reply)
}

// An original that fails, or answers what cannot be read, is an error that names
// the question; nothing is written then.
func TestTroubleWithTheOriginal(t *testing.T) {
	t.Parallel()
	answer := func(text string) func(reply *legacy.Reply) (*legacy.Reply, error) {
		return func(reply *legacy.Reply) (*legacy.Reply, error) {
			reply.Data = json.RawMessage(text)
			return reply, nil
		}
	}
	const secret = "s3cret-value"
	for _, test := range []struct {
		name, question, want string
		change               func(reply *legacy.Reply) (*legacy.Reply, error)
	}{
		{"it is away", "lir get", "lir get: away", func(*legacy.Reply) (*legacy.Reply, error) { return nil, errors.New("away") }},
		{"it refuses", "peering getRequests", `peering getRequests: answered "Permission denied"`, func(*legacy.Reply) (*legacy.Reply, error) {
			return &legacy.Reply{Message: "Permission denied"}, nil
		}},
		{"an exchange fails", "peering getCommunications public_id=20", "peering getCommunications public_id=20: away", func(*legacy.Reply) (*legacy.Reply, error) { return nil, errors.New("away") }},
		{"no list", "resource get", "resource get: data is not a list", answer(`{"a":"` + secret + `"}`)},
		{"no rows", "resource get", "resource get: row 2: ", answer(`[{"id":"1"},"` + secret + `"]`)},
		{"no id", "peering getSessions", "peering getSessions: row 1: id is missing", answer(`[{"password":"` + secret + `"}]`)},
		{"no number", "peering getSessions", "peering getSessions: row 1: peer_asn is not a number", answer(`[{"id":"1","peer_asn":"` + secret + `"}]`)},
		{"a large number", "peering getSessions", "row 1: prfx_max is too large", answer(`[{"id":"1","prfx_max":"99999999999"}]`)},
		{"a list for a value", "peering getSessions", "row 1: a list stands where", answer(`[{"id":"1","note":["` + secret + `"]}]`)},
		{"no time", "peering getRequests", "peering getRequests: row 1: a time is not of the form", answer(`[{"id":"1","created":"` + secret + `","modified":""}]`)},
		{"an attribute", "resource get", "resource get: row 1: attribute host: ", answer(`[{"id":"1","attr":{"host":{"x":"` + secret + `"}}}]`)},
		{"entities", "lir get", "lir get: row 1: ", answer(`[{"id":"1","entities":"` + secret + `"}]`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), open(t, modelstest.Kinds()[0], "")
			before := dump(t, own)
			bad := &faulty{Asker: original, change: func(_ int, question string, reply *legacy.Reply) (*legacy.Reply, error) {
				if question == test.question {
					return test.change(reply)
				}
				return reply, nil
			}}
			_, err := migration.Import(t.Context(), from(bad, own))
			if err == nil || !strings.HasPrefix(err.Error(), "read the original server: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Error("the error shows what was answered")
			}
			if d := modelstest.Differences(before, dump(t, own)); d != "" {
				t.Errorf("something was written:\n%s", d)
			}
		})
	}
}

// An original may not answer everything; the rest is made up for.
func TestAnOriginalThatRefusesSomeQuestions(t *testing.T) {
	t.Parallel()
	original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, modelstest.Kinds()[0], "")
	older := &faulty{Asker: original, change: func(_ int, question string, reply *legacy.Reply) (*legacy.Reply, error) {
		switch {
		case strings.HasPrefix(question, "peering getSessions") && !strings.Contains(question, "public_id"),
			strings.Contains(question, "getFromBackup"), strings.Contains(question, "info_type="):
			return &legacy.Reply{Message: "not here"}, nil
		case strings.Contains(question, "policy_general="):
			// It takes no notice of the filter.
			return original.Ask(context.Background(), "peering", "getPeers")
		}
		return reply, nil
	}}
	o := from(older, own)
	// Nothing but a session names it.
	o.Exchanges = []uint64{22}
	report, err := migration.Import(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(report.Notes, "\n")
	for _, want := range []string{`getSessions: answered "not here"`, `getFromBackup=1: answered "not here"`, "getPeers does not heed the filter policy_general"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no note of %q in\n%s", want, notes)
		}
	}
	if again, err := migration.Import(t.Context(), o); err != nil || again.Wrote() {
		t.Errorf("wrote again: %v, %v", counts(again), err)
	}
	_, lines := differences(t, original, own)
	// Sessions at no exchange.
	unseen := map[string]bool{}
	for _, id := range modelstest.Column(t, original.Raw, "SELECT id FROM sessions WHERE public_id IS NULL") {
		unseen["session "+id+": present, here absent"] = true
	}
	for _, line := range lines {
		if !unseen[line] && !strings.Contains(line, " columns: ") && !strings.HasPrefix(line, "resource 506: present, here absent") {
			t.Error(line)
		}
	}
}

// However often a run is cut off, the next ones end where a single one does.
func TestCutOff(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs, lirs-several, tree"), open(t, kind, "")
			whole := open(t, kind, "")
			importInto(t, original, whole)
			random := rand.New(rand.NewPCG(1, 2))
			cut := 0
			for range 12 {
				ctx, cancel := context.WithCancel(t.Context())
				o := from(original, own)
				steps, end := 0, random.IntN(14)
				o.Wrote = func(migration.Kind, int, int) {
					if steps++; steps >= end {
						cancel()
					}
				}
				if end < 3 {
					o.Progress = func(done, _ int) {
						if done > end {
							cancel()
						}
					}
				}
				if _, err := migration.Import(ctx, o); err != nil {
					cut++
				}
				cancel()
			}
			if cut < 2 {
				t.Errorf("only %d runs were cut off", cut)
			}
			report := importInto(t, original, own)
			if len(report.Conflicts) > 0 {
				t.Error(report.Conflicts)
			}
			same(t, original, own)
			if d := modelstest.Differences(dump(t, whole), dump(t, own)); d != "" {
				t.Errorf("a single run (-), several (+):\n%s", d)
			}
		})
	}
}

// What the gateway keeps in memory of an answer must not outlive an import.
func TestTwoImportsAtATime(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), open(t, kind, "")
			var wait sync.WaitGroup
			errs := make([]error, 2)
			for i := range errs {
				wait.Go(func() { _, errs[i] = migration.Import(t.Context(), from(original, own)) })
			}
			wait.Wait()
			if errs[0] != nil && errs[1] != nil {
				t.Error(fmt.Errorf("both failed: %w", errors.Join(errs...)))
			}
			importInto(t, original, own)
			same(t, original, own)
		})
	}
}
