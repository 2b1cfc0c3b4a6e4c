package comparison

import (
	"sync"
	"time"

	"provision-gateway/models"
)

// The names of counts. A request has exactly one of the others beside the first,
// or none when it was not among those to be compared.
const (
	// requests are all that could have been compared.
	requests = "requests"
	// matched are those without any difference, ignored those whose differences
	// rules take away, and noisy those with differences where the original differs
	// with itself.
	matched = "matched"
	ignored = "ignored"
	noisy   = "noisy"
	// mismatched differ, and did so again when both sides were asked a second time;
	// or what was answered here was wrong by itself the first time.
	mismatched = "mismatched"
	// unsettled differed only the first time, or where the original differed with
	// itself too, so that nobody can say who was right.
	unsettled = "unsettled"
	// dropped came when too many were waiting, or could not be asked again.
	dropped = "dropped"
	// stale could not match, because this side was behind the original.
	stale = "stale"
	// ownErrors and originalErrors got no answer from a side.
	ownErrors      = "own_errors"
	originalErrors = "original_errors"
)

// The sides, as in the names of latencies.
const (
	sideOwn      = "own"
	sideOriginal = "original"
)

// Counts are kept for each hour, for reports, and for each ten seconds, for
// stepping back.
const (
	hour   int64 = 3600
	moment int64 = 10
)

// tally is what was found since the last flush.
type tally struct {
	mu     sync.Mutex
	counts map[models.ComparisonCount]int64
	// differences and noises are by fingerprint.
	differences map[string]*models.ComparisonDifference
	noises      map[string]*models.ComparisonNoise
}

func newTally() *tally {
	return &tally{
		counts:      map[models.ComparisonCount]int64{},
		differences: map[string]*models.ComparisonDifference{}, noises: map[string]*models.ComparisonNoise{},
	}
}

// count counts one request, for moments and hours.
func (t *tally) count(action string, at time.Time, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[slot(action, moment, at, name)]++
}

// took counts how long both sides took, for hours only.
func (t *tally) took(action string, at time.Time, own, original time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[slot(action, hour, at, bucketName(sideOwn, bucketOf(own)))]++
	t.counts[slot(action, hour, at, bucketName(sideOriginal, bucketOf(original)))]++
}

// probe counts that the original was asked twice, for hours only.
func (t *tally) probe(action string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[slot(action, hour, at, models.CountProbes)]++
}

// slot is where something is counted until it is stored. It begins with a moment
// even for hours: which hour it is of is decided by withHours.
func slot(action string, seconds int64, at time.Time, name string) models.ComparisonCount {
	now := at.Unix()
	return models.ComparisonCount{Action: action, Seconds: seconds, Start: now - now%moment, Name: name}
}

// withHours are the counts as they are stored: those of moments as they are, and
// all added up by hours. An hour in which the mode of an action changed is stored
// as two slots, of which the second begins with the change: so what is counted
// from there on is exact.
func withHours(counts []models.ComparisonCount, begin func(action string) int64) []models.ComparisonCount {
	var out []models.ComparisonCount
	for _, c := range counts {
		if c.Seconds == moment {
			out = append(out, c)
		}
		changed, full := begin(c.Action), c.Start-c.Start%hour
		c.Seconds = hour
		if changed > full && changed <= c.Start {
			full = changed
		}
		c.Start = full
		out = append(out, c)
	}
	return out
}

// differ counts a difference. Only the first sample of each is kept.
func (t *tally) differ(d models.ComparisonDifference) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mergeDifference(t.differences, d)
}

func mergeDifference(into map[string]*models.ComparisonDifference, d models.ComparisonDifference) {
	known, ok := into[d.Fingerprint]
	if !ok {
		into[d.Fingerprint] = &d
		return
	}
	known.Count += d.Count
	if d.FirstSeen < known.FirstSeen {
		known.FirstSeen, known.Sample = d.FirstSeen, d.Sample
	}
	known.LastSeen = max(known.LastSeen, d.LastSeen)
}

// sees counts where the original differed with itself.
func (t *tally) sees(n models.ComparisonNoise) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mergeNoise(t.noises, n)
}

func mergeNoise(into map[string]*models.ComparisonNoise, n models.ComparisonNoise) {
	known, ok := into[n.Fingerprint]
	if !ok {
		into[n.Fingerprint] = &n
		return
	}
	known.Count += n.Count
	known.FirstSeen, known.LastSeen = min(known.FirstSeen, n.FirstSeen), max(known.LastSeen, n.LastSeen)
}

// take empties the tally into a batch.
func (t *tally) take() models.ComparisonBatch {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b models.ComparisonBatch
	for c, n := range t.counts {
		c.Count = n
		b.Counts = append(b.Counts, c)
	}
	for _, d := range t.differences {
		b.Differences = append(b.Differences, *d)
	}
	for _, n := range t.noises {
		b.Noise = append(b.Noise, *n)
	}
	clear(t.counts)
	clear(t.differences)
	clear(t.noises)
	return b
}

// putBack takes a batch in that could not be stored. What is older than what is
// looked back to is added up by hours, so that it stays little.
func (t *tally) putBack(b models.ComparisonBatch, oldest int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range b.Counts {
		n := c.Count
		c.Count = 0
		if c.Start < oldest {
			c.Seconds, c.Start = hour, c.Start-c.Start%hour
		}
		t.counts[c] += n
	}
	for _, d := range b.Differences {
		mergeDifference(t.differences, d)
	}
	for _, n := range b.Noise {
		mergeNoise(t.noises, n)
	}
}
