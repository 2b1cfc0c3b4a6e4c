package comparison_test

import (
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/compat"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

var limits = comparison.StepBack{Window: 5 * time.Minute, Mismatches: 5, Percent: 10}

// offer offers pairs that match, differ and fail.
func (g *gateway) offer(t testing.TB, key string, good, bad, failed int) {
	t.Helper()
	for range good {
		g.Offer(pair(t, key, compat.ModeVerify, says(one), says(one)))
	}
	for range bad {
		g.Offer(pair(t, key, compat.ModeVerify, says(one), says(two)))
	}
	for range failed {
		p := pair(t, key, compat.ModeVerify, says(one), says(one))
		p.Failed = true
		g.Offer(p)
	}
}

func setMode(t testing.TB, store *models.Store, pattern string, mode compat.Mode, share int) {
	t.Helper()
	m := models.ActionMode{Pattern: pattern, Mode: string(mode), Share: share, ChangedBy: "somebody", Reason: "test"}
	if err := store.SetActionMode(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func modeOf(t testing.TB, store *models.Store, pattern string) models.ActionMode {
	t.Helper()
	rows, err := store.ActionModes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Pattern == pattern {
			return row
		}
	}
	return models.ActionMode{}
}

func TestStepBack(t *testing.T) {
	t.Parallel()
	verify := compat.Policy{Pattern: action, Mode: compat.ModeVerify, Share: 25}
	for _, test := range []struct {
		name, pattern     string
		mode              compat.Mode
		share             int
		given             compat.Policies
		limits            comparison.StepBack
		good, bad, failed int
		want              bool
	}{
		{"enough mismatches", action, compat.ModeVerify, 5, nil, limits, 10, 5, 0, true},
		{"enough errors", action, compat.ModeVerify, 100, nil, limits, 10, 0, 5, true},
		{"enough of both", action, compat.ModeVerify, 100, nil, limits, 10, 3, 2, true},
		{"just the percentage", action, compat.ModeVerify, 100, nil, limits, 45, 5, 0, true},
		{"too few for the number", action, compat.ModeVerify, 100, nil, limits, 0, 4, 0, false},
		{"too few for the percentage", action, compat.ModeVerify, 100, nil, limits, 46, 5, 0, false},
		{"never", action, compat.ModeVerify, 100, nil, comparison.StepBack{Window: time.Minute}, 0, 50, 0, false},
		{"by configuration", "", "", 0, compat.Policies{action: verify}, limits, 0, 5, 0, true},
		{"local", action, compat.ModeLocal, 100, nil, limits, 0, 5, 0, true},
		{"local by a wildcard", "peering.*", compat.ModeLocal, 100, nil, limits, 0, 5, 0, true},
		{"in shadow already", action, compat.ModeShadow, 100, nil, limits, 0, 50, 0, false},
		{"legacy, stronger than the configuration", action, compat.ModeLegacy, 100, compat.Policies{action: verify}, limits, 0, 50, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(start - 60)
			store := modelstest.Open(t, modelstest.SQLiteDatabase(t), clock.Now)
			if test.pattern != "" {
				setMode(t, store, test.pattern, test.mode, test.share)
			}
			before := modeOf(t, store, action)
			g := compareOn(t, store, func(c *comparison.Config) { c.StepBack, c.Modes = test.limits, test.given })
			g.offer(t, action, test.good, test.bad, test.failed)
			g.close(t)
			now := modeOf(t, store, action)
			if !test.want {
				if now != before || strings.Contains(g.log.String(), "the original answers again") {
					t.Errorf("mode %+v, was %+v\n%s", now, before, g.log)
				}
				return
			}
			if now.Mode != "shadow" || now.Share != 100 || now.ChangedBy != "gateway" {
				t.Errorf("mode %+v", now)
			}
			if (compat.Policy{Pattern: now.Pattern, Mode: compat.Mode(now.Mode), Share: now.Share}).Check() != nil {
				t.Error("the policy is none")
			}
			changes, err := store.ModeChanges(t.Context(), action, 1)
			if err != nil || len(changes) != 1 || changes[0].Reason != now.Reason {
				t.Errorf("changes %+v, %v", changes, err)
			}
			if !strings.Contains(g.log.String(), "level=WARN") || !strings.Contains(g.log.String(), now.Reason) {
				t.Errorf("the log does not say why:\n%s", g.log)
			}
		})
	}
}

func TestStepBackNamesTheFigures(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	g := compareOn(t, store, func(c *comparison.Config) {
		c.StepBack, c.Modes = limits, compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLocal, Share: 100}}
	})
	g.offer(t, action, 12, 4, 3)
	g.close(t)
	const want = "4 mismatches and 3 errors among 19 requests"
	if got := modeOf(t, store, action).Reason; strings.ReplaceAll(got, "compared ", "") != want+" within 5m0s (limits: 5, and 10 %)" {
		t.Errorf("reason %q", got)
	}
}

// What a write is in, whoever wrote it there, is left as it is: not even its
// counts, put there by hand, have it moved by itself.
func TestWritesNeverStepBack(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	var counts []models.ComparisonCount
	for _, a := range compat.Actions() {
		if a.Effect != compat.Read {
			counts = append(counts, models.ComparisonCount{Action: a.Key(), Seconds: 10, Start: start - start%10, Name: "mismatched", Count: 100})
			setMode(t, store, a.Key(), compat.ModeVerify, 50)
		}
	}
	g := compareOn(t, store, func(c *comparison.Config) { c.StepBack = limits })
	if err := g.StepBackFor(t.Context(), counts); err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if m := modeOf(t, store, c.Action); m.Mode != "verify" || m.ChangedBy != "somebody" {
			t.Errorf("%+v", m)
		}
	}
}

// Two gateways count together, and only one of them says that it stepped back.
func TestGatewaysStepBackTogether(t *testing.T) {
	t.Parallel()
	clock := modelstest.NewClock(start - 60)
	modelstest.EachLent(t, clock.Now, func(t *testing.T, l *modelstest.Lent) {
		setMode(t, l.Store, action, compat.ModeVerify, 25)
		log := ""
		for range 2 {
			g := compareOn(t, l.Another(t), func(c *comparison.Config) { c.StepBack = limits })
			g.offer(t, action, 2, 3, 0)
			if m := modeOf(t, l.Store, action); m.Mode != "verify" {
				t.Errorf("stepped back too early: %+v", m)
			}
			g.close(t)
			log += g.log.String()
		}
		if m := modeOf(t, l.Store, action); m.Mode != "shadow" || m.Reason != "6 mismatches and 0 errors among 10 compared requests within 5m0s (limits: 5, and 10 %)" {
			t.Errorf("%+v", m)
		}
		if n := strings.Count(log, "the original answers again"); n != 1 {
			t.Errorf("said %d times:\n%s", n, log)
		}
	})
}

// What led to a step back does not lead to another one once somebody tries again,
// and neither does what is older than the window.
func TestOldMismatchesAreForgiven(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		first  compat.Mode
		change bool
		later  time.Duration
	}{{"tried again", compat.ModeShadow, true, 20 * time.Second}, {"older than the window", compat.ModeVerify, false, 6 * time.Minute}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(start)
			store := modelstest.Open(t, modelstest.SQLiteDatabase(t), clock.Now)
			first := compareOn(t, store, func(c *comparison.Config) { c.Now, c.StepBack = clock.Now, limits })
			setMode(t, store, action, test.first, 100)
			clock.Advance(20 * time.Second)
			first.offer(t, action, 0, 4, 0)
			first.close(t)
			clock.Advance(20 * time.Second)
			if test.change {
				setMode(t, store, action, compat.ModeVerify, 5)
			}
			clock.Advance(test.later)
			second := compareOn(t, store, func(c *comparison.Config) { c.Now, c.StepBack = clock.Now, limits })
			second.offer(t, action, 0, 4, 0)
			second.close(t)
			if m := modeOf(t, store, action); m.Mode != "verify" {
				t.Errorf("%+v", m)
			}
			third := compareOn(t, store, func(c *comparison.Config) { c.Now, c.StepBack = clock.Now, limits })
			third.offer(t, action, 0, 1, 0)
			third.close(t)
			if m := modeOf(t, store, action); m.Mode != "shadow" {
				t.Errorf("%+v", m)
			}
		})
	}
}
