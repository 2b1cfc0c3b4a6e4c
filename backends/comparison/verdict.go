package comparison

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The verdicts about an action.
const (
	// Ready is an action that this program can be trusted with.
	Ready = "ready"
	// NotYet is one of which too little was compared.
	NotYet = "not yet"
	// Failing is one of which too much was answered wrong here, or not at all.
	Failing = "failing"
)

// Criteria is the rule by which an action is ready: at least Matches requests
// matched within the time of the report and since its mode last changed, at most
// Mismatches did not match or had no answer here, at most Unsettled percent had no
// result, and it has been compared for Days days.
type Criteria struct {
	Matches, Mismatches, Days, Unsettled int
}

// String is the rule in words.
func (c Criteria) String() string {
	text := fmt.Sprintf("ready is an action of which, since its mode last changed, at least %d requests match, at most %d do not or fail here, and at most %d %% have no result",
		c.Matches, c.Mismatches, c.Unsettled)
	if c.Days > 0 {
		text += fmt.Sprintf(", over %d days", c.Days)
	}
	return text
}

// judge returns the verdict about an action, and why. Requests whose differences a
// rule accepts, or lie where the original differs with itself, do match.
func (c Criteria) judge(a ActionReport, first int64, since, until time.Time) (verdict, why string) {
	matches, bad := a.Matched+a.Ignored+a.Noisy, a.Mismatched+a.OwnErrors
	var lacks []string
	if bad > int64(c.Mismatches) {
		return Failing, fmt.Sprintf("%d mismatches and %d errors here, %d are allowed", a.Mismatched, a.OwnErrors, c.Mismatches)
	}
	if matches < int64(c.Matches) {
		lacks = append(lacks, fmt.Sprintf("%d of %d matches", matches, c.Matches))
	}
	if open, all := a.open(); open*100 > int64(c.Unsettled)*all {
		lacks = append(lacks, fmt.Sprintf("%d of %d requests have no result (%d unsettled, %d dropped, %d errors of the original), %d %% are allowed",
			open, all, a.Unsettled, a.Dropped, a.OriginalErrors, c.Unsettled))
	}
	needed := time.Duration(c.Days) * 24 * time.Hour
	if looked := until.Sub(since); looked < needed {
		lacks = append(lacks, fmt.Sprintf("the report looks at %s of %d days", inDays(looked), c.Days))
	} else if so := until.Sub(time.Unix(first, 0)); first > 0 && so < needed {
		lacks = append(lacks, fmt.Sprintf("compared for %s of %d days", inDays(so), c.Days))
	}
	if len(lacks) > 0 {
		return NotYet, strings.Join(lacks, ", ")
	}
	return Ready, fmt.Sprintf("%d matches", matches)
}

// open is how many requests nobody can say anything of, out of all that were to be
// compared.
func (a ActionReport) open() (open, all int64) {
	return a.Unsettled + a.Dropped + a.OriginalErrors, a.Compared + a.Dropped + a.OriginalErrors
}

func inDays(d time.Duration) string { return fmt.Sprintf("%.1f", d.Hours()/24) }

// Check returns an error that names what speaks against trusting this program with
// all actions of the report: those that are not ready, and expired rules.
func (r *Report) Check() error {
	var errs []error
	for _, rule := range r.Expired {
		errs = append(errs, fmt.Errorf("rule %q for %s at %s expired on %s", rule.Name, rule.Action, rule.Path, rule.Expired))
	}
	for _, a := range r.Actions {
		if a.Verdict != Ready {
			errs = append(errs, fmt.Errorf("%s is %s: %s", a.Action, a.Verdict, a.Why))
		}
	}
	return errors.Join(errs...)
}
