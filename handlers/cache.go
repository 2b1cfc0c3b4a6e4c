package handlers

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"provision-gateway/models"
)

// answerCache keeps answers of read actions. An answer is used only while the
// versions of the scopes that it was made from are unchanged, and the versions
// are asked of the database for every request, so an answer is never older
// than the last write that anybody was told of, on whichever gateway.
type answerCache struct {
	limit  int64
	flight singleflight.Group
	mu     sync.Mutex
	size   int64
	lru    *simplelru.LRU[string, *answer]
}

type answer struct {
	versions models.Versions
	body     []byte
}

// perAnswer is what an entry costs beside its body, about.
const perAnswer = 256

func newAnswerCache(limit int64) *answerCache {
	c := &answerCache{limit: limit}
	// The number of entries is not what limits it.
	c.lru, _ = simplelru.NewLRU(1<<31-1, func(key string, a *answer) { c.size -= cost(key, a) })
	return c
}

func cost(key string, a *answer) int64 { return int64(len(key)+len(a.body)) + perAnswer }

func (c *answerCache) get(key string, v models.Versions) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, ok := c.lru.Get(key); ok && a.versions == v {
		return a.body
	}
	return nil
}

func (c *answerCache) put(key string, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// An answer that would push out most others is not worth keeping.
	if cost(key, a) > c.limit/4 {
		return
	}
	c.lru.Remove(key)
	c.lru.Add(key, a)
	for c.size += cost(key, a); c.size > c.limit; {
		c.lru.RemoveOldest()
	}
}

// do returns the answer for a key at some versions, made by f unless it is
// kept. Callers that ask for the same at the same versions share one f.
func (c *answerCache) do(ctx context.Context, key string, v models.Versions, f func(context.Context) ([]byte, error)) ([]byte, error) {
	if c.limit <= 0 {
		return f(ctx)
	}
	if body := c.get(key, v); body != nil {
		return body, nil
	}
	result := c.flight.DoChan(key+v.String(), func() (result any, err error) {
		defer recovered(&err)
		// Not the context of the first caller: the others wait too.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		body, err := f(ctx)
		if err == nil {
			c.put(key, &answer{versions: v, body: body})
		}
		return body, err
	})
	select {
	case r := <-result:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.([]byte), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
