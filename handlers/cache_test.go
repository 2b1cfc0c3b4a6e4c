package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"provision-gateway/models"
)

// made gives a function that makes an answer and counts how often it did.
func made(body string, times *atomic.Int64) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) {
		times.Add(1)
		return []byte(body), nil
	}
}

func TestAnswerCacheVersions(t *testing.T) {
	t.Parallel()
	c := newAnswerCache(1 << 20)
	old, young := models.Versions{1}, models.Versions{2}
	for _, step := range []struct {
		name, key string
		versions  models.Versions
		body      string
		made      bool
	}{
		{"first", "a", old, "1", true},
		{"unchanged", "a", old, "1", false},
		{"another key", "b", old, "2", true},
		{"changed", "a", young, "3", true},
		{"unchanged since", "a", young, "3", false},
		{"as it was before", "a", old, "4", true},
	} {
		var times atomic.Int64
		body, err := c.do(t.Context(), step.key, step.versions, made(step.body, &times))
		if err != nil || string(body) != step.body || (times.Load() == 1) != step.made {
			t.Errorf("%s: %q, %v, made %d times", step.name, body, err, times.Load())
		}
	}
}

func TestAnswerCacheSize(t *testing.T) {
	t.Parallel()
	const limit = 10_000
	c := newAnswerCache(limit)
	var times atomic.Int64
	ask := func(key string, size int) {
		if _, err := c.do(t.Context(), key, models.Versions{}, made(strings.Repeat("x", size), &times)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 100 {
		ask(fmt.Sprint(n), 500)
		if c.size > limit || c.size < 0 {
			t.Fatalf("after %d answers: %d bytes", n+1, c.size)
		}
	}
	kept := c.lru.Len()
	if kept < limit/(500+perAnswer+3)-1 || kept > limit/500 {
		t.Errorf("%d answers are kept", kept)
	}
	before := times.Load()
	ask("99", 500)
	if times.Load() != before {
		t.Error("the last answer was not kept")
	}
	ask("0", 500)
	if times.Load() != before+1 {
		t.Error("the first answer is still kept")
	}
	ask("large", limit/2)
	if c.lru.Len() != kept {
		t.Errorf("a large answer pushed out others: %d are left of %d", c.lru.Len(), kept)
	}
	nothing := newAnswerCache(0)
	for range 2 {
		if _, err := nothing.do(t.Context(), "a", models.Versions{}, made("x", &times)); err != nil {
			t.Fatal(err)
		}
	}
	if nothing.lru.Len() != 0 {
		t.Error("a cache of no size keeps answers")
	}
}

// TestAnswerCacheShares checks that those who ask for the same at the same
// versions while it is being made wait for one answer, and that one who gives
// up does not take it from the others.
func TestAnswerCacheShares(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newAnswerCache(1 << 20)
		ready := make(chan struct{})
		var times atomic.Int64
		slow := func(ctx context.Context) ([]byte, error) {
			times.Add(1)
			<-ready
			return []byte("x"), ctx.Err()
		}
		var group sync.WaitGroup
		impatient, giveUp := context.WithCancel(t.Context())
		group.Go(func() {
			if _, err := c.do(impatient, "a", models.Versions{}, slow); !errors.Is(err, context.Canceled) {
				t.Errorf("impatient: %v", err)
			}
		})
		synctest.Wait()
		for range 5 {
			group.Go(func() {
				if body, err := c.do(t.Context(), "a", models.Versions{}, slow); err != nil || string(body) != "x" {
					t.Errorf("%q, %v", body, err)
				}
			})
		}
		synctest.Wait()
		giveUp()
		synctest.Wait()
		close(ready)
		group.Wait()
		if times.Load() != 1 {
			t.Errorf("made %d times", times.Load())
		}
	})
}

// TestAnswerCacheErrors checks that an error is not kept.
func TestAnswerCacheErrors(t *testing.T) {
	t.Parallel()
	c := newAnswerCache(1 << 20)
	broken := errors.New("broken")
	for range 2 {
		_, err := c.do(t.Context(), "a", models.Versions{}, func(context.Context) ([]byte, error) { return nil, broken })
		if !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
	var times atomic.Int64
	if body, err := c.do(t.Context(), "a", models.Versions{}, made("x", &times)); err != nil || string(body) != "x" {
		t.Errorf("%q, %v", body, err)
	}
}
