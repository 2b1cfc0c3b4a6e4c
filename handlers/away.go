package handlers

import (
	"context"
	"fmt"
	"sync"
	"time"

	"provision-gateway/compat"
	"provision-gateway/models"
)

const (
	// awayFor is how long after the database last answered the original's answers
	// are passed on without it: a key that is revoked meanwhile is not noticed.
	awayFor = 15 * time.Minute
	// awayWarning is how often the log says so.
	awayWarning = time.Minute
	// awayPatience is how long a request waits for a database that did not answer
	// within awayRecent.
	awayPatience, awayRecent = time.Second, 10 * time.Second
)

// lastKnown keeps the last versions that the database told, for the time when it
// does not answer.
type lastKnown struct {
	mu       sync.Mutex
	versions models.Versions
	// at is when they were told, failed when the database was last waited for in
	// vain, and warned when the log last said so.
	at, failed, warned time.Time
}

// current finds the versions. Where the database does not answer and an original
// does, they are the last known ones, and the call is marked.
func (k *call) current() (models.Versions, error) {
	known := &k.known
	known.mu.Lock()
	at, now := known.at, k.Now()
	usable := k.Original != nil && !at.IsZero() && now.Sub(at) < awayFor
	hurried := usable && now.Sub(known.failed) < awayRecent
	known.mu.Unlock()
	ctx, cancel := k.ctx, context.CancelFunc(func() {})
	if hurried {
		ctx, cancel = context.WithTimeout(ctx, awayPatience)
	}
	defer cancel()
	versions, err := k.Store.Versions(ctx)
	known.mu.Lock()
	defer known.mu.Unlock()
	if err == nil {
		known.versions, known.at, known.failed = versions, now, time.Time{}
		return versions, nil
	}
	if !usable || k.ctx.Err() != nil {
		return versions, err
	}
	if !hurried {
		known.failed = k.Now()
	}
	if now.Sub(known.warned) >= awayWarning {
		known.warned = now
		k.Logger.Warn("the database is away: what the original answers goes by the keys and modes last known",
			"since", known.at.UTC(), "until", known.at.Add(awayFor).UTC(), "error", err)
	}
	k.away = fmt.Errorf("the database is away: %w", err)
	return known.versions, nil
}

// without finds out what can be done while the database is away: only what the
// original does, which then is compared with nothing. A write cannot be noted, by its
// token or as one that the data here lack.
func (k *call) without(q *request) error {
	if k.away == nil {
		return nil
	}
	if k.mode == compat.ModeLocal || !k.reads() && (k.action != nil || k.idempotency(q) != nil) {
		return k.away
	}
	k.mode = compat.ModeLegacy
	return nil
}
