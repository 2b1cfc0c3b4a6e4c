package handlers

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"provision-gateway/compat"
	"provision-gateway/compat/redact"
	"provision-gateway/models"
)

const (
	// mostUses is how many rows the counts of calls may have in the database.
	mostUses = 50_000
	// mostUsesInMemory is how many of them wait for being written.
	mostUsesInMemory = 5_000
	// usesTogether is how many of them are written as one change: other writers
	// wait for it.
	usesTogether = 200
	// usesKept is how long a call is remembered: those of a script that runs once
	// a year too.
	usesKept = 400 * 24 * time.Hour
	// longestName is the longest target or action, in bytes, that is counted as it
	// was given, and longestAgent the longest user agent.
	longestName, longestAgent = 64, 255
)

// unknownName stands for a target or an action that neither the table nor the
// original knows: otherwise a caller could fill the counts with names.
const unknownName = "(unknown)"

// Who answered a call, as it is counted.
const (
	answeredHere     = "here"
	answeredOriginal = "original"
	// answeredRetired is nobody: the action has ended.
	answeredRetired = "retired"
)

// use is what the call of a known caller counts as.
func (k *call) use() models.LegacyCall {
	c := models.LegacyCall{
		KeyName: k.caller.Name, UserAgent: countable(k.asked.userAgent, longestAgent),
		Target: unknownName, Action: unknownName, Answered: answeredHere,
	}
	if k.asked.from.IsValid() {
		c.Source = k.asked.from.WithZone("").String()
	}
	switch {
	case k.retired != "":
		c.Answered = answeredRetired
	case k.original != nil || k.mode.Original():
		c.Answered = answeredOriginal
	}
	target, action := k.params.text("target"), k.params.text("action")
	switch {
	case k.action != nil:
		c.Target, c.Action = k.action.Target, k.action.Name
	case k.original != nil:
		c.Target, c.Action = countable(target, longestName), countable(action, longestName)
	case strings.Contains(k.retired, "."):
		target, action, _ = strings.Cut(k.retired, ".")
		c.Target, c.Action = countable(target, longestName), countable(action, longestName)
	default:
		if _, known := compat.Lookup(target, action); known {
			c.Target = target
		}
	}
	return c
}

// mostRead is how many bytes of a text are searched for secrets.
const mostRead = 1024

// countable is a text of a caller as it is counted: scripts put passwords into
// their user agents too, and what is no action of ours may be anything.
func countable(text string, longest int) string {
	cut := models.CutText(text, mostRead)
	return models.CutText(redact.New().Header("User-Agent", cut), longest)
}

// usage counts calls in memory, so that no request waits for that, until they are
// written.
type usage struct {
	store *models.Store
	mu    sync.Mutex
	// counts has at most mostUsesInMemory calls, another fifth of wider ones, and
	// then those of which there are only so many.
	counts map[models.LegacyCall]*models.LegacyUse
}

func newUsage(store *models.Store) *usage {
	return &usage{store: store, counts: map[models.LegacyCall]*models.LegacyUse{}}
}

// note counts a call.
func (u *usage) note(c models.LegacyCall, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.add(models.LegacyUse{LegacyCall: c, FirstSeen: at.Unix(), LastSeen: at.Unix(), Count: 1})
}

// add needs the lock.
func (u *usage) add(n models.LegacyUse) {
	c := n.LegacyCall
	for _, most := range []int{mostUsesInMemory, mostUsesInMemory + mostUsesInMemory/5} {
		if u.counts[c] != nil || len(u.counts) < most {
			break
		}
		c = c.Wider()
	}
	if known := u.counts[c]; known != nil {
		known.Count += n.Count
		known.FirstSeen, known.LastSeen = min(known.FirstSeen, n.FirstSeen), max(known.LastSeen, n.LastSeen)
		return
	}
	// Copies, since a text may be a part of a whole request.
	c.UserAgent, c.Target, c.Action = strings.Clone(c.UserAgent), strings.Clone(c.Target), strings.Clone(c.Action)
	n.LegacyCall = c
	u.counts[c] = &n
}

// flush writes the counts. Those that cannot be written are kept.
func (u *usage) flush(ctx context.Context) error {
	u.mu.Lock()
	counts := u.counts
	u.counts = map[models.LegacyCall]*models.LegacyUse{}
	u.mu.Unlock()
	rows := make([]models.LegacyUse, 0, len(counts))
	for _, n := range counts {
		rows = append(rows, *n)
	}
	for part := range slices.Chunk(rows, usesTogether) {
		if err := u.store.AddLegacyUses(ctx, part, mostUses); err != nil {
			u.mu.Lock()
			defer u.mu.Unlock()
			for _, n := range rows {
				u.add(n)
			}
			return err
		}
		rows = rows[len(part):]
	}
	return nil
}
