package comparison

import (
	"context"
	"net/http"
	"runtime/debug"
	"slices"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/compat/shadow"
)

// differs is the outcome of a first comparison after which both sides are asked
// again. It is never counted.
const differs = ""

// finding is what both sides answered, and how that differs.
type finding struct {
	original, own *legacy.Answer
	result        shadow.Result
}

// judgeSafely is judge for sides that may panic.
func (c *Comparer) judgeSafely(j *job) (outcome string, f *finding) {
	defer func() {
		if p := recover(); p != nil {
			c.config.Logger.Error("a comparison failed", "action", j.action, "error", p, "stack", string(debug.Stack()))
			outcome, f = ownErrors, nil
		}
	}()
	ctx, cancel := context.WithTimeout(c.run, c.config.Timeout)
	defer cancel()
	if c.run.Err() != nil {
		return dropped, nil
	}
	if j.first == nil {
		outcome, f = c.judge(ctx, j)
	} else {
		outcome = c.judgeAgain(ctx, j)
	}
	if c.run.Err() != nil && (outcome == ownErrors || outcome == originalErrors) {
		return dropped, nil
	}
	return outcome, f
}

// judge compares what the caller got with what the other side answers.
func (c *Comparer) judge(ctx context.Context, j *job) (outcome string, f *finding) {
	f = &finding{own: j.Answer, original: j.Answer}
	if j.Mode == compat.ModeShadow {
		if versions, err := c.config.Store.Versions(ctx); err == nil {
			j.versions = &versions
		}
		f.own, outcome = c.ask(ctx, j, sideOwn)
	} else {
		f.original, outcome = c.ask(ctx, j, sideOriginal)
	}
	if outcome != "" {
		return outcome, nil
	}
	if broken(f.original) {
		return originalErrors, nil
	}
	c.tally.took(j.action, j.at, f.own.Took, f.original.Took)
	if j.probe {
		c.probe(ctx, j, f.original)
	}
	f.result = c.compare(j.action, f, shadow.Options{Rules: c.config.Rules})
	switch {
	case !f.result.Matches():
		if c.outdated(ctx, j) {
			return stale, nil
		}
		return differs, f
	case f.result.NoisyTotal > 0:
		return noisy, nil
	case f.result.IgnoredTotal > 0:
		return ignored, nil
	}
	return matched, nil
}

// judgeAgain asks both sides once more. What they differ in again, and the
// original does not with itself, is a mismatch, and so is what changed here by
// itself. The rest changed in between.
func (c *Comparer) judgeAgain(ctx context.Context, j *job) string {
	var f finding
	var failed string
	if f.original, failed = c.ask(ctx, j, sideOriginal); failed != "" {
		return failed
	}
	if f.own, failed = c.ask(ctx, j, sideOwn); failed != "" {
		return failed
	}
	if broken(f.original) {
		return originalErrors
	}
	// Both sides have answered: a write that made them differ is known by now.
	if c.outdated(ctx, j) {
		return stale
	}
	// Only for this pair: usually somebody changed a record, which is no noise.
	restless := c.between(j, j.first.original, f.original)
	before := map[string]bool{}
	for _, count := range j.first.result.Counts {
		before[fingerprint(j.action, count)] = true
	}
	again := func(id string) bool { return before[id] }
	if c.keep(j, &f, restless, again) || c.wrongByItself(ctx, j, restless) && c.keep(j, j.first, nil, again) {
		return mismatched
	}
	return unsettled
}

// keep notes the differences of a finding that are wanted, and reports whether
// there are any.
func (c *Comparer) keep(j *job, f *finding, restless []string, wanted func(id string) bool) (any bool) {
	var capture *capture
	c.busy(func() { capture = newCapture(j, f) })
	shown := *f
	shown.result = c.compare(j.action, f, shadow.Options{Rules: c.config.Rules, Text: capture.redact}).Without(restless)
	capture.found = &shown
	for _, count := range shown.result.Counts {
		if id := fingerprint(j.action, count); wanted(id) {
			any = true
			c.tally.differ(capture.difference(id, count, j.at))
		}
	}
	return any
}

// wrongByItself reports whether the first answer of this program was wrong although
// the second one is not: the original said the same both times, but for where it
// always differs with itself. In verify the caller got that answer. In shadow it is
// nobody's, and only wrong when the data here are still the same: else they came
// later than the original's, which is no fault.
func (c *Comparer) wrongByItself(ctx context.Context, j *job, restless []string) bool {
	known := c.noise.of(j.action)
	for _, pattern := range restless {
		if !slices.Contains(known, pattern) {
			return false
		}
	}
	if j.Mode != compat.ModeShadow {
		return true
	}
	now, err := c.config.Store.Versions(ctx)
	return err == nil && j.versions != nil && now == *j.versions
}

// outdated reports whether what differs may only be a write of the original that is
// not known here, or was not when a side answered. Where that cannot be found out,
// nothing is said against this side.
func (c *Comparer) outdated(ctx context.Context, j *job) bool {
	if j.Outdated == nil {
		return false
	}
	outdated, err := j.Outdated(ctx)
	if err != nil {
		c.config.Logger.Debug("whether this side is behind the original is not known", "action", j.action, "error", err)
	}
	return outdated || err != nil
}

// busy does what keeps a processor busy. Only half of the processors ever do so for
// comparisons: the others are there for callers, who would else wait for one.
func (c *Comparer) busy(f func()) {
	c.here <- struct{}{}
	defer func() { <-c.here }()
	f()
}

func (c *Comparer) compare(action string, f *finding, o shadow.Options) (r shadow.Result) {
	c.busy(func() { r = o.Compare(action, asAnswer(f.original), asAnswer(f.own)) })
	return r.Without(c.noise.of(action))
}

func fingerprint(action string, count shadow.Count) string {
	return shadow.Fingerprint(action, shadow.Difference{Path: count.Pattern, Kind: count.Kind})
}

func asAnswer(a *legacy.Answer) shadow.Answer {
	return shadow.Answer{Status: a.Status, ContentType: a.ContentType(), Body: a.Body}
}

// broken reports whether an answer of the original is none of the API.
func broken(a *legacy.Answer) bool { return a.Status >= http.StatusInternalServerError }

// ask asks a side; failed is the outcome when there is no answer.
func (c *Comparer) ask(ctx context.Context, j *job, side string) (answer *legacy.Answer, failed string) {
	ask, failed := j.Own, ownErrors
	if side == sideOriginal {
		ask, failed = j.Original, originalErrors
	}
	var err error
	if side == sideOwn {
		c.busy(func() { answer, err = ask(ctx) })
	} else {
		answer, err = ask(ctx)
	}
	if err != nil || answer == nil {
		c.config.Logger.Debug("no answer to compare", "action", j.action, "side", side, "error", err)
		return nil, failed
	}
	return answer, ""
}
