package comparison

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"provision-gateway/compat"
	"provision-gateway/compat/shadow"
	"provision-gateway/models"
)

// Report says how far the answers of both sides agree.
type Report struct {
	// Since and Until are the time that is reported. It begins with an hour.
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Rule is the rule by which the verdicts are made, in words.
	Rule    string         `json:"rule"`
	Actions []ActionReport `json:"actions"`
	// Expired are rules that accept a difference and whose time is over.
	Expired []ExpiredRule `json:"expired_rules"`
}

// ActionReport is what is known of one action. Requests are those that could have
// been compared, Compared those that were.
type ActionReport struct {
	Action string `json:"action"`
	Mode   string `json:"mode"`
	Share  int    `json:"share"`
	// Since is from when on the action is looked at: the begin of the report, or
	// the last change of its mode or share, when that was later.
	Since          time.Time `json:"since"`
	Requests       int64     `json:"requests"`
	Compared       int64     `json:"compared"`
	Matched        int64     `json:"matched"`
	Ignored        int64     `json:"ignored"`
	Noisy          int64     `json:"noisy"`
	Mismatched     int64     `json:"mismatched"`
	Unsettled      int64     `json:"unsettled"`
	OwnErrors      int64     `json:"own_errors"`
	OriginalErrors int64     `json:"original_errors"`
	Dropped        int64     `json:"dropped"`
	// Stale could not match, because this side was behind the writes that the
	// original had done, and StaleSince is since when it is now; nil when it is not.
	Stale      int64      `json:"stale"`
	StaleSince *time.Time `json:"stale_since"`
	// NotKept is how often a difference was found for which there was no room.
	NotKept  int64   `json:"differences_not_kept"`
	Own      Latency `json:"own"`
	Original Latency `json:"original"`
	// Callers are the names of the API keys that used the action.
	Callers []string `json:"callers"`
	// Verdict is ready, not yet or failing, and Why says what led to it.
	Verdict     string             `json:"verdict"`
	Why         string             `json:"why"`
	Differences []DifferenceReport `json:"differences"`
	Noise       []NoiseReport      `json:"noise"`
}

// Latency is how long a side took, in milliseconds, up to a factor of 1.4.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

// DifferenceReport is a way in which answers differ. Count is since it was first
// seen.
type DifferenceReport struct {
	Path      string    `json:"path"`
	Kind      string    `json:"kind"`
	Count     int64     `json:"count"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	Sample    *Sample   `json:"sample,omitempty"`
}

// NoiseReport is where and how the original differs with itself, in how many of
// the probes of the last seven days, whatever the report is about. SetAside is
// false while that was seen too rarely to be believed.
type NoiseReport struct {
	Path     string    `json:"path"`
	Count    int64     `json:"count"`
	Probes   int64     `json:"probes"`
	LastSeen time.Time `json:"last_seen"`
	SetAside bool      `json:"set_aside"`
}

// ExpiredRule is a rule whose last day is over.
type ExpiredRule struct {
	Name    string `json:"name"`
	Action  string `json:"action"`
	Path    string `json:"path"`
	Reason  string `json:"reason"`
	Expired string `json:"expired"`
}

// ReportOptions say what a report is about.
type ReportOptions struct {
	Since, Until time.Time
	// Actions limits the report; empty is every action that was compared or is to
	// be.
	Actions []string
	// Modes are the policies that count: the configuration's and what is stored.
	Modes    compat.Policies
	Rules    *shadow.Rules
	Criteria Criteria
	// Samples adds a sample to each difference.
	Samples bool
	// Stale are the actions, with since when, whose answers here are behind the writes
	// that the original did.
	Stale map[string]time.Time
}

// NewReport reads what all gateways of a database found.
func NewReport(ctx context.Context, store *models.Store, o ReportOptions) (*Report, error) {
	from := o.Since.Unix() - o.Since.Unix()%hour
	sums, err := store.ComparisonSums(ctx, hour, from)
	if err != nil {
		return nil, err
	}
	differences, err := store.ComparisonDifferences(ctx, from)
	if err != nil {
		return nil, err
	}
	probes, noises, err := storedNoise(ctx, store, o.Until)
	if err != nil {
		return nil, err
	}
	changes, err := store.LastModeChanges(ctx)
	if err != nil {
		return nil, err
	}
	uses, err := store.LegacyUses(ctx, from)
	if err != nil {
		return nil, err
	}
	callers := callersOf(uses)
	r := &Report{Since: time.Unix(from, 0).UTC(), Until: o.Until.UTC(), Rule: o.Criteria.String(), Actions: []ActionReport{}, Expired: expired(o)}
	for _, action := range o.actions(sums) {
		began := begin(action, o.policy(action).Pattern, changes)
		counts, err := store.ComparisonSum(ctx, action, hour, max(from, began))
		if err != nil {
			return nil, err
		}
		first, err := store.ComparisonFirst(ctx, action, hour, began, matched, ignored, noisy, mismatched, unsettled)
		if err != nil {
			return nil, err
		}
		// These are counted by whole hours only.
		counts[models.CountNotKept] = countsOf(sums, action)[models.CountNotKept]
		a := newActionReport(action, counts, o)
		a.Since = time.Unix(max(from, began), 0).UTC()
		a.Callers = append(a.Callers, callers[action]...)
		for _, d := range differences {
			if d.Action == action && d.LastSeen >= began {
				a.Differences = append(a.Differences, newDifferenceReport(d, o.Samples))
			}
		}
		a.Noise = append(a.Noise, noiseReports(noises, action, probes[action])...)
		a.Verdict, a.Why = o.Criteria.judge(a, first, o.Since, o.Until)
		r.Actions = append(r.Actions, a)
	}
	return r, nil
}

// actions are those of the report, in the order of their names.
func (o ReportOptions) actions(sums []models.ComparisonSum) []string {
	names := slices.Clone(o.Actions)
	if len(names) == 0 {
		for _, s := range sums {
			names = append(names, s.Action)
		}
		for _, a := range compat.Actions() {
			if o.Modes.Of(a.Target, a.Name).For(a, 0).Twice() {
				names = append(names, a.Key())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func countsOf(sums []models.ComparisonSum, action string) map[string]int64 {
	counts := map[string]int64{}
	for _, s := range sums {
		if s.Action == action {
			counts[s.Name] = s.Count
		}
	}
	return counts
}

// policy is who answers an action.
func (o ReportOptions) policy(action string) compat.Policy {
	target, name, _ := strings.Cut(action, ".")
	return o.Modes.Of(target, name)
}

// noiseReports adds up the days, which come by path.
func noiseReports(rows []models.ComparisonNoise, action string, p *probed) []NoiseReport {
	var reports []NoiseReport
	for _, row := range rows {
		if row.Action != action {
			continue
		}
		if n := len(reports); n == 0 || reports[n-1].Path != row.Path {
			reports = append(reports, NoiseReport{Path: row.Path, Probes: p.probes})
		}
		last := &reports[len(reports)-1]
		last.Count += row.Count
		if seen := time.Unix(row.LastSeen, 0).UTC(); seen.After(last.LastSeen) {
			last.LastSeen = seen
		}
		last.SetAside = isNoise(last.Count, last.Probes)
	}
	return reports
}

func newActionReport(action string, counts map[string]int64, o ReportOptions) ActionReport {
	target, name, _ := strings.Cut(action, ".")
	policy := o.policy(action)
	a := ActionReport{
		Action: action, Mode: string(policy.Mode), Share: policy.Share, Requests: counts[requests], Compared: compared(counts),
		Matched: counts[matched], Ignored: counts[ignored], Noisy: counts[noisy], Mismatched: counts[mismatched], Unsettled: counts[unsettled],
		OwnErrors: counts[ownErrors], OriginalErrors: counts[originalErrors], Dropped: counts[dropped], Stale: counts[stale], NotKept: counts[models.CountNotKept],
		Callers: []string{}, Differences: []DifferenceReport{}, Noise: []NoiseReport{},
	}
	if known, _ := compat.Lookup(target, name); known != nil {
		a.Mode = string(policy.For(known, 0))
	}
	if since, ok := o.Stale[action]; ok {
		a.StaleSince = &since
	}
	a.Own, a.Original = latencyOf(sideOwn, counts), latencyOf(sideOriginal, counts)
	return a
}

// callersOf are the names of the API keys that used an action, in order.
func callersOf(uses []models.LegacyUse) map[string][]string {
	callers := map[string][]string{}
	for _, u := range uses {
		action, name := u.Target+"."+u.Action, cmp.Or(u.KeyName, "(no key)")
		if at, known := slices.BinarySearch(callers[action], name); !known {
			callers[action] = slices.Insert(callers[action], at, name)
		}
	}
	return callers
}

func latencyOf(side string, counts map[string]int64) Latency {
	var l latencies
	for name, n := range counts {
		l.add(side, name, n)
	}
	milliseconds := func(part float64) float64 { return float64(l.within(part).Microseconds()) / 1000 }
	return Latency{milliseconds(0.5), milliseconds(0.99)}
}

func newDifferenceReport(d models.ComparisonDifference, withSample bool) DifferenceReport {
	r := DifferenceReport{Path: d.Path, Kind: d.Kind, Count: d.Count, FirstSeen: time.Unix(d.FirstSeen, 0).UTC(), LastSeen: time.Unix(d.LastSeen, 0).UTC()}
	var sample Sample
	if withSample && json.Unmarshal([]byte(d.Sample), &sample) == nil {
		r.Sample = &sample
	}
	return r
}

func expired(o ReportOptions) []ExpiredRule {
	rules := []ExpiredRule{}
	for _, r := range o.Rules.Expired(o.Until) {
		rules = append(rules, ExpiredRule{r.String(), r.Action, r.Path, r.Reason, r.Expires.Format(time.DateOnly)})
	}
	return rules
}
