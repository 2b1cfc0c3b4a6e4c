package models

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// slowDatabase is a database whose versions a test sets, and whose queries end
// when the test says so.
type slowDatabase struct {
	version int64
	err     error
	queries int
	end     chan struct{}
}

func (d *slowDatabase) query(context.Context) (Versions, error) {
	d.queries++
	v, err := Versions{d.version}, d.err
	<-d.end
	return v, err
}

type versionAnswer struct {
	v   Versions
	err error
}

// ask calls get n times, each in a goroutine of its own.
func ask(ctx context.Context, r *versionReader, n int) chan versionAnswer {
	answers := make(chan versionAnswer, n)
	for range n {
		go func() {
			v, err := r.get(ctx)
			answers <- versionAnswer{v, err}
		}()
	}
	synctest.Wait()
	return answers
}

func expect(t *testing.T, what string, answers chan versionAnswer, n int, version int64, err error) {
	t.Helper()
	synctest.Wait()
	if len(answers) != n {
		t.Errorf("%s: %d were answered, want %d", what, len(answers), n)
	}
	for range len(answers) {
		if a := <-answers; a.v[0] != version || !errors.Is(a.err, err) {
			t.Errorf("%s: answered %d, %v; want %d, %v", what, a.v[0], a.err, version, err)
		}
	}
}

// Who asks while a query is under way is never answered from it: a change may
// have been committed between the query and the question.
func TestVersionsAreNeverOlderThanTheQuestion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &slowDatabase{version: 1, end: make(chan struct{})}
		r := &versionReader{query: d.query}
		first := ask(t.Context(), r, 1)
		d.version = 2
		others := ask(t.Context(), r, 50)
		expect(t, "before any query ends", first, 0, 0, nil)
		expect(t, "before any query ends", others, 0, 0, nil)
		d.end <- struct{}{}
		expect(t, "who asked before the change", first, 1, 1, nil)
		expect(t, "who asked after it", others, 0, 0, nil)
		d.version = 3
		late := ask(t.Context(), r, 3)
		d.end <- struct{}{}
		expect(t, "who asked after the change", others, 50, 2, nil)
		d.end <- struct{}{}
		expect(t, "who asked last", late, 3, 3, nil)
		if d.queries != 3 {
			t.Errorf("%d queries for 54 questions, want 3", d.queries)
		}
		again := ask(t.Context(), r, 1)
		d.end <- struct{}{}
		expect(t, "after a pause", again, 1, 3, nil)
	})
}

// A silent server is waited for once, not once more by those who came while it
// was; who comes later asks anew.
func TestAFailureEndsEveryWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("gone")
		d := &slowDatabase{err: gone, end: make(chan struct{})}
		r := &versionReader{query: d.query}
		failed := ask(t.Context(), r, 2)
		d.err, d.version = nil, 1
		waiting, cancel := context.WithCancel(t.Context())
		impatient := ask(waiting, r, 2)
		patient := ask(t.Context(), r, 2)
		cancel()
		expect(t, "who did not wait", impatient, 2, 0, context.Canceled)
		d.end <- struct{}{}
		expect(t, "who asked first", failed, 2, 0, gone)
		expect(t, "who waited", patient, 2, 0, gone)
		later := ask(t.Context(), r, 2)
		d.end <- struct{}{}
		synctest.Wait()
		if len(later) < 2 {
			// The second may have asked after the query began.
			d.end <- struct{}{}
		}
		expect(t, "who asked later", later, 2, 1, nil)
	})
}
