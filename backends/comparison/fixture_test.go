package comparison_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// start is the moment at which the clocks of the tests stand: an hour, and some.
const start = 1_700_000_000 - 1_700_000_000%3600 + 123

// action is a read that most tests compare.
const action = "peering.getPeers"

func lookup(t testing.TB, key string) *compat.Action {
	t.Helper()
	target, name, _ := strings.Cut(key, ".")
	a, ok := compat.Lookup(target, name)
	if !ok || a == nil {
		t.Fatalf("no action %s", key)
	}
	return a
}

func answer(body string) *legacy.Answer {
	return &legacy.Answer{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body), Took: 3 * time.Millisecond,
	}
}

// side answers what it is told, one text after the other and the last one for
// ever; an empty text is an error.
type side struct {
	bodies []string
	mu     sync.Mutex
	asked  int
}

func says(bodies ...string) *side { return &side{bodies: bodies} }

func (s *side) ask(context.Context) (*legacy.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := s.bodies[min(s.asked, len(s.bodies)-1)]
	s.asked++
	if body == "" {
		return nil, errors.New("nobody there")
	}
	return answer(body), nil
}

// query is that of every pair.
const query = "target=peering&action=getPeers&public_id=1"

// pair is a request in a mode. The first text of the side that answers the caller
// is what the caller got.
func pair(t testing.TB, key string, mode compat.Mode, original, own *side) comparison.Pair {
	t.Helper()
	p := comparison.Pair{
		Action: lookup(t, key), Mode: mode, Caller: "script", Fingerprint: key,
		Request:  &legacy.Request{Method: http.MethodGet, Query: query},
		Original: original.ask, Own: own.ask,
	}
	first := own
	if mode == compat.ModeShadow {
		first = original
	}
	p.Answer, _ = first.ask(t.Context())
	return p
}

// gateway is a Comparer on a database, with a clock of its own.
type gateway struct {
	*comparison.Comparer
	store *models.Store
	clock *modelstest.Clock
	log   *lines
}

// lines is a log.
type lines struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// compareOn makes a Comparer that compares everything and stores it when it is
// closed.
func compareOn(t testing.TB, store *models.Store, change func(*comparison.Config)) *gateway {
	t.Helper()
	g := &gateway{store: store, clock: modelstest.NewClock(start), log: &lines{}}
	c := comparison.Config{
		Store: store, Sample: 100, Settle: time.Millisecond, Timeout: 5 * time.Second, Interval: time.Hour, Now: g.clock.Now,
		Logger: slog.New(slog.NewTextHandler(g.log, nil)),
	}
	if change != nil {
		change(&c)
	}
	var err error
	if g.Comparer, err = comparison.New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close(context.Background()) })
	return g
}

func (g *gateway) close(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := g.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// counted are the counts of an action but for latencies, in the order of their
// names.
func counted(t testing.TB, store *models.Store, key string) string {
	t.Helper()
	sums, err := store.ComparisonSums(t.Context(), 3600, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range sums {
		if s.Action == key && !strings.HasPrefix(s.Name, "own_") && !strings.HasPrefix(s.Name, "original_") || s.Action == key && strings.HasSuffix(s.Name, "_errors") {
			out = append(out, fmt.Sprintf("%s=%d", s.Name, s.Count))
		}
	}
	return strings.Join(out, " ")
}

// differences are those that are stored, one a line.
func differences(t testing.TB, store *models.Store) []string {
	t.Helper()
	rows, err := store.ComparisonDifferences(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%s %s %s %d", r.Action, r.Path, r.Kind, r.Count))
	}
	return out
}

// wait waits until something is so.
func wait(t testing.TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

// stuckBody is what a stuck side answers in the end.
const stuckBody = `{"success":1}`

// stuck is a side that answers when it is let go, or its time has passed.
type stuck struct {
	let   chan struct{}
	asked atomic.Int32
}

func (s *stuck) ask(ctx context.Context) (*legacy.Answer, error) {
	s.asked.Add(1)
	select {
	case <-s.let:
		return answer(stuckBody), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sqlite lends a database of the kind that is quick.
func sqlite(t testing.TB) *models.Store {
	t.Helper()
	return modelstest.Lend(t, modelstest.Kinds()[0], nil).Store
}
