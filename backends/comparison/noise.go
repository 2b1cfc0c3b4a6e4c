package comparison

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/compat/shadow"
	"provision-gateway/models"
)

const (
	// noiseSeen and noisePercent are in how many probes, and in how many of a
	// hundred of an action, the original must have differed with itself somewhere
	// before differences there are set aside. A probe asks it twice at once: that a
	// record changes in between is rare, but happens.
	noiseSeen    = 3
	noisePercent = 5
	// noiseDays is how many days before today are looked at.
	noiseDays       = 7
	day       int64 = 24 * 3600
)

// noiseFrom is the begin of the time within which noise must have been seen.
func noiseFrom(now time.Time) int64 { return now.Unix() - now.Unix()%day - noiseDays*day }

// isNoise reports whether what was seen so often in so many probes is set aside.
func isNoise(seen, probes int64) bool {
	return seen >= noiseSeen && seen*100 >= noisePercent*probes
}

// noise is where the original differs with itself, by action.
type noise struct {
	mu      sync.Mutex
	actions map[string]*probed
	loaded  time.Time
}

// probed is what the probes of an action found: how often each pattern was seen.
type probed struct {
	probes int64
	seen   map[string]int64
}

// of returns the patterns of an action that are set aside.
func (n *noise) of(action string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var patterns []string
	if p := n.actions[action]; p != nil {
		for pattern, seen := range p.seen {
			if isNoise(seen, p.probes) {
				patterns = append(patterns, pattern)
			}
		}
	}
	return patterns
}

// add counts one probe, which counts at once; what is stored replaces it later.
func (n *noise) add(action string, patterns []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := at(&n.actions, action)
	p.probes++
	for _, pattern := range patterns {
		p.seen[pattern]++
	}
}

func at(actions *map[string]*probed, action string) *probed {
	if *actions == nil {
		*actions = map[string]*probed{}
	}
	if (*actions)[action] == nil {
		(*actions)[action] = &probed{seen: map[string]int64{}}
	}
	return (*actions)[action]
}

// storedNoise reads what the probes of all gateways found lately, and the rows.
func storedNoise(ctx context.Context, store *models.Store, now time.Time) (map[string]*probed, []models.ComparisonNoise, error) {
	from := noiseFrom(now)
	rows, err := store.ComparisonNoise(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	sums, err := store.ComparisonSums(ctx, hour, from)
	if err != nil {
		return nil, nil, err
	}
	actions := map[string]*probed{}
	for _, row := range rows {
		at(&actions, row.Action).seen[row.Path] += row.Count
	}
	for _, sum := range sums {
		if sum.Name == models.CountProbes {
			at(&actions, sum.Action).probes = sum.Count
		}
	}
	return actions, rows, nil
}

// loadNoise takes over what all gateways stored.
func (c *Comparer) loadNoise(ctx context.Context) error {
	now := c.config.Now()
	actions, _, err := storedNoise(ctx, c.config.Store, now)
	if err != nil {
		return err
	}
	c.noise.mu.Lock()
	defer c.noise.mu.Unlock()
	c.noise.actions, c.noise.loaded = actions, now
	return nil
}

// refreshNoise lets what is too old be forgotten although nothing is compared.
func (c *Comparer) refreshNoise(ctx context.Context) error {
	c.noise.mu.Lock()
	old := c.config.Now().Sub(c.noise.loaded) >= time.Hour
	c.noise.mu.Unlock()
	if !old {
		return nil
	}
	return c.loadNoise(ctx)
}

// probe asks the original twice at once and notes where it differs with itself.
// What the caller of shadow got does not do for the first time: it may have waited.
func (c *Comparer) probe(ctx context.Context, j *job, asked *legacy.Answer) {
	var failed string
	if j.Mode == compat.ModeShadow {
		if asked, failed = c.ask(ctx, j, sideOriginal); failed != "" {
			return
		}
	}
	again, failed := c.ask(ctx, j, sideOriginal)
	if failed != "" || broken(asked) || broken(again) {
		return
	}
	patterns := c.between(j, asked, again)
	c.noise.add(j.action, patterns)
	c.tally.probe(j.action, j.at)
	for _, pattern := range patterns {
		c.tally.sees(sighting(j.action, pattern, j.at))
	}
}

// between is where two answers of the original differ.
func (c *Comparer) between(j *job, a, b *legacy.Answer) (patterns []string) {
	c.busy(func() { patterns = shadow.Noise(j.action, asAnswer(a), asAnswer(b)) })
	return patterns
}

// sighting is the row of one day for a pattern, to which all gateways add.
func sighting(action, pattern string, at time.Time) models.ComparisonNoise {
	now := at.Unix()
	sum := sha256.Sum256([]byte(action + "\x00" + pattern + "\x00" + strconv.FormatInt(now/day, 10)))
	return models.ComparisonNoise{
		Fingerprint: hex.EncodeToString(sum[:]), Action: action, Path: cut(pattern, longestPath), Count: 1, FirstSeen: now, LastSeen: now,
	}
}
