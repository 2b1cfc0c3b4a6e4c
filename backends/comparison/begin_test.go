package comparison_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/compat"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// policies are those that a database has.
func policies(t testing.TB, store *models.Store) compat.Policies {
	t.Helper()
	rows, err := store.ActionModes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := compat.Policies{}
	for _, r := range rows {
		all[r.Pattern] = compat.Policy{Pattern: r.Pattern, Mode: compat.Mode(r.Mode), Share: r.Share}
	}
	return all
}

// What was found before the last change of the mode says nothing about the one that
// an action has: neither matches nor mismatches, to the moment.
func TestVerdictBeginsWithTheMode(t *testing.T) {
	t.Parallel()
	type change func(*testing.T, *models.Store)
	set := func(pattern string, mode compat.Mode, share int) change {
		return func(t *testing.T, store *models.Store) { setMode(t, store, pattern, mode, share) }
	}
	for _, test := range []struct {
		name   string
		change change
		// counts says whether what came before counts.
		counts bool
	}{
		{"a share", set(action, compat.ModeVerify, 25), false},
		{"the whole target", set("peering.*", compat.ModeVerify, 100), true},
		{"another action", set("lir.get", compat.ModeVerify, 100), true},
		{"the same again", set(action, compat.ModeShadow, 100), true},
		{"unset", func(t *testing.T, store *models.Store) {
			if err := store.UnsetActionMode(t.Context(), action, "somebody", "test"); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"anew", func(t *testing.T, store *models.Store) {
			if err := store.StartComparisonAnew(t.Context(), action, "somebody", "test"); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range modelstest.Kinds() {
				clock := modelstest.NewClock(start - 3600)
				store := modelstest.Lend(t, kind, clock.Now).Store
				setMode(t, store, action, compat.ModeShadow, 100)
				offer := func(matching, differing int) {
					g := compareOn(t, store, func(c *comparison.Config) { c.Now = clock.Now })
					for range matching {
						g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
					}
					for range differing {
						g.Offer(pair(t, action, compat.ModeShadow, says(one), says(two)))
					}
					g.close(t)
				}
				// All within one hour.
				clock.Advance(20 * time.Second)
				offer(10, 1)
				clock.Advance(20 * time.Second)
				test.change(t, store)
				clock.Advance(20 * time.Second)
				look := func() comparison.ActionReport {
					return report(t, store, day, func(o *comparison.ReportOptions) {
						o.Modes, o.Criteria, o.Actions = policies(t, store), comparison.Criteria{Matches: 5}, []string{action}
					}).Actions[0]
				}
				if a := look(); (a.Matched == 10 && a.Mismatched == 1 && len(a.Differences) == 1 && a.Verdict == comparison.Failing) != test.counts ||
					!test.counts && (a.Requests != 0 || len(a.Differences) > 0 || a.Verdict != comparison.NotYet || a.Own.P99 != 0) {
					t.Errorf("after the change: %+v", a)
				}
				offer(7, 0)
				a := look()
				want := int64(7)
				if test.counts {
					want = 17
				}
				if a.Matched != want || (a.Verdict == comparison.Ready) == test.counts {
					t.Errorf("later: %+v", a)
				}
				if since := start - 3600 + 47; (a.Since.Unix() == int64(since)) == test.counts {
					t.Errorf("since %v", a.Since)
				}
			}
		})
	}
}

// A result counts in the mode in which its request came.
func TestResultsAfterAChangeAreOfTheOldMode(t *testing.T) {
	t.Parallel()
	clock := modelstest.NewClock(start)
	store := modelstest.Open(t, modelstest.SQLiteDatabase(t), clock.Now)
	g := compareOn(t, store, func(c *comparison.Config) { c.Now = clock.Now })
	slow := &stuck{let: make(chan struct{})}
	p := pair(t, action, compat.ModeShadow, says(stuckBody), says(stuckBody))
	p.Own = slow.ask
	g.Offer(p)
	clock.Advance(time.Minute)
	setMode(t, store, action, compat.ModeVerify, 1)
	clock.Advance(time.Minute)
	close(slow.let)
	g.close(t)
	r, err := comparison.NewReport(context.Background(), store, comparison.ReportOptions{
		Since: time.Unix(start, 0), Until: clock.Now(), Modes: policies(t, store), Actions: []string{action},
	})
	if err != nil || r.Actions[0].Requests != 0 || r.Actions[0].Matched != 0 {
		t.Errorf("%+v, %v", r.Actions, err)
	}
	var text strings.Builder
	if err := r.WriteMarkdown(&text); err != nil || !strings.Contains(text.String(), "| peering.getPeers | verify 1 % | "+r.Actions[0].Since.Format(time.DateTime)+" | 0 |") {
		t.Errorf("%v:\n%s", err, text.String())
	}
}
