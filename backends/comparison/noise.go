package comparison

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat/shadow"
	"provision-gateway/models"
)

const (
	// established is how often the original must have differed with itself
	// somewhere before differences there are set aside: once or twice can be a
	// record that changed between two questions.
	established = 3
	// noiseLasts is how long after it was last seen noise is believed in.
	noiseLasts = 7 * 24 * time.Hour
)

// noise is where the original differs with itself, by action and pattern.
type noise struct {
	mu   sync.Mutex
	seen map[string]map[string]sighting
}

type sighting struct {
	count, last int64
}

// of returns the patterns of an action that are set aside.
func (n *noise) of(action string, now time.Time) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var patterns []string
	for pattern, s := range n.seen[action] {
		if s.count >= established && s.last >= now.Add(-noiseLasts).Unix() {
			patterns = append(patterns, pattern)
		}
	}
	return patterns
}

// take merges in what is known of a pattern: all gateways together have seen it at
// least so often.
func (n *noise) take(action, pattern string, update func(sighting) sighting) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen == nil {
		n.seen = map[string]map[string]sighting{}
	}
	if n.seen[action] == nil {
		n.seen[action] = map[string]sighting{}
	}
	n.seen[action][pattern] = update(n.seen[action][pattern])
}

// load takes over what all gateways stored.
func (n *noise) load(rows []models.ComparisonNoise) {
	for _, row := range rows {
		n.take(row.Action, row.Path, func(s sighting) sighting {
			return sighting{max(s.count, row.Count), max(s.last, row.LastSeen)}
		})
	}
}

// see notes where two answers of the original differ, and returns that.
func (c *Comparer) see(j *job, a, b *legacy.Answer) []string {
	var patterns []string
	c.busy(func() { patterns = shadow.Noise(j.action, asAnswer(a), asAnswer(b)) })
	now := c.config.Now().Unix()
	for _, pattern := range patterns {
		c.noise.take(j.action, pattern, func(s sighting) sighting { return sighting{s.count + 1, now} })
		sum := sha256.Sum256([]byte(j.action + "\x00" + pattern))
		c.tally.sees(models.ComparisonNoise{
			Fingerprint: hex.EncodeToString(sum[:]), Action: j.action, Path: cut(pattern, longestPath), Count: 1, FirstSeen: now, LastSeen: now,
		})
	}
	return patterns
}
