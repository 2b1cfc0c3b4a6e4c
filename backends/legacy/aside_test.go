package legacy_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
)

// However many comparisons are under way, and however slow, callers are answered.
func TestComparisonsTakeNoConnectionOfCallers(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	release := make(chan struct{})
	o := startOriginal(t, func(_ http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.RequestURI, "aside") {
			most.Store(max(most.Load(), now.Add(1)))
			<-release
			now.Add(-1)
		}
	})
	client := newClient(t, o.URL, func(c *legacy.Config) { c.Connections, c.Aside = 1, 2 })
	errs := make(chan error, 6)
	for range cap(errs) {
		go func() {
			_, err := client.DoAside(t.Context(), &legacy.Request{Method: "GET", Query: "aside", Repeatable: true})
			errs <- err
		}()
	}
	for now.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	for range 5 {
		if _, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b"}); err != nil {
			t.Error(err)
		}
	}
	close(release)
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 2 {
		t.Errorf("%d comparisons at once", most.Load())
	}
}

// Comparisons do not decide that the server is left alone, and are refused while
// it is; but they may find out that it is back.
func TestComparisonsAndTheBreaker(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	o := startOriginal(t, func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	told := make(chan bool, 9)
	client := newClient(t, o.URL, func(c *legacy.Config) {
		c.Failures, c.Wait = 2, 300*time.Millisecond
		c.Changed = func(away bool) { told <- away }
	})
	ask := func(do func() (*legacy.Answer, error), want int) {
		t.Helper()
		answer, err := do()
		if want == 0 && !errors.Is(err, legacy.ErrAway) || want != 0 && (err != nil || answer.Status != want) {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	request := &legacy.Request{Method: "GET", Query: "a=b", Repeatable: true}
	aside := func() (*legacy.Answer, error) { return client.DoAside(t.Context(), request) }
	caller := func() (*legacy.Answer, error) { return client.Do(t.Context(), request) }
	for range 5 {
		ask(aside, http.StatusServiceUnavailable)
	}
	ask(caller, http.StatusServiceUnavailable)
	ask(aside, http.StatusServiceUnavailable)
	ask(caller, http.StatusServiceUnavailable)
	before := o.count()
	ask(aside, 0)
	ask(caller, 0)
	if o.count() != before {
		t.Error("the server was not left alone")
	}
	time.Sleep(400 * time.Millisecond)
	ask(aside, http.StatusServiceUnavailable)
	broken.Store(false)
	ask(aside, http.StatusOK)
	ask(caller, http.StatusOK)
	if away, back := <-told, <-told; !away || back || len(told) != 0 {
		t.Errorf("told %v, %v and %d more", away, back, len(told))
	}
}
