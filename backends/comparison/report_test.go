package comparison_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/compat"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

const day = 24 * time.Hour

// put stores counts of an action in the hour that lies so long before the moment
// of the tests.
func put(t testing.TB, store *models.Store, key string, ago time.Duration, counts map[string]int64) {
	t.Helper()
	var rows []models.ComparisonCount
	at := start - int64(ago/time.Second)
	for name, n := range counts {
		rows = append(rows, models.ComparisonCount{Action: key, Seconds: 3600, Start: at - at%3600, Name: name, Count: n})
	}
	if err := store.AddComparisons(t.Context(), models.ComparisonBatch{Counts: rows}); err != nil {
		t.Fatal(err)
	}
}

func report(t testing.TB, store *models.Store, back time.Duration, change func(*comparison.ReportOptions)) *comparison.Report {
	t.Helper()
	until := time.Unix(start, 0)
	o := comparison.ReportOptions{Since: until.Add(-back), Until: until, Criteria: comparison.Criteria{Matches: 1000, Days: 7}}
	if change != nil {
		change(&o)
	}
	r, err := comparison.NewReport(t.Context(), store, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	type counts = map[string]int64
	for _, test := range []struct {
		name string
		// old are counts of eight days ago, recent ones of two hours ago.
		old, recent  counts
		back         time.Duration
		criteria     comparison.Criteria
		verdict, why string
	}{
		{"all well", counts{"matched": 1}, counts{"matched": 1000}, 7 * day, comparison.Criteria{Matches: 1000, Days: 7}, "ready", "1000 matches"},
		{"rules and noise do match", counts{"matched": 1}, counts{"matched": 900, "ignored": 60, "noisy": 40}, 7 * day,
			comparison.Criteria{Matches: 1000, Days: 7}, "ready", "1000 matches"},
		{"too few", counts{"matched": 900}, counts{"matched": 999}, 7 * day, comparison.Criteria{Matches: 1000, Days: 7}, "not yet", "999 of 1000 matches"},
		{"unsettled ones are none", counts{"matched": 1}, counts{"matched": 999, "unsettled": 5, "dropped": 5, "original_errors": 5}, 7 * day,
			comparison.Criteria{Matches: 1000, Days: 7, Unsettled: 2}, "not yet", "999 of 1000 matches"},
		{"for too short a time", nil, counts{"matched": 1000}, 7 * day, comparison.Criteria{Matches: 1000, Days: 7}, "not yet", "compared for 0.1 of 7 days"},
		{"a report of too short a time", counts{"matched": 1}, counts{"matched": 1000}, day, comparison.Criteria{Matches: 1000, Days: 7}, "not yet",
			"the report looks at 1.0 of 7 days"},
		{"no time asked for", nil, counts{"matched": 10}, day, comparison.Criteria{Matches: 10}, "ready", "10 matches"},
		{"both lacking", nil, counts{"matched": 1}, 7 * day, comparison.Criteria{Matches: 2, Days: 7}, "not yet", "1 of 2 matches, compared for 0.1 of 7 days"},
		{"a mismatch", counts{"matched": 1}, counts{"matched": 5000, "mismatched": 1}, 7 * day, comparison.Criteria{Matches: 1000, Days: 7}, "failing",
			"1 mismatches and 0 errors here, 0 are allowed"},
		{"an error", counts{"matched": 1}, counts{"matched": 5000, "own_errors": 1}, 7 * day, comparison.Criteria{Matches: 1000, Days: 7}, "failing",
			"0 mismatches and 1 errors here, 0 are allowed"},
		{"as many as are allowed", counts{"matched": 1}, counts{"matched": 5000, "mismatched": 2, "own_errors": 1}, 7 * day,
			comparison.Criteria{Matches: 1000, Mismatches: 3, Days: 7}, "ready", "5000 matches"},
		{"a mismatch that is long ago", counts{"matched": 1, "mismatched": 9}, counts{"matched": 1000}, 7 * day,
			comparison.Criteria{Matches: 1000, Days: 7}, "ready", "1000 matches"},
		{"just as many without a result as are allowed", counts{"matched": 1}, counts{"matched": 1900, "unsettled": 50, "dropped": 30, "original_errors": 20}, 7 * day,
			comparison.Criteria{Matches: 1000, Days: 7, Unsettled: 5}, "ready", "1900 matches"},
		{"too many unsettled", counts{"matched": 1}, counts{"matched": 1900, "unsettled": 101}, 7 * day, comparison.Criteria{Matches: 1000, Days: 7, Unsettled: 5}, "not yet",
			"101 of 2001 requests have no result (101 unsettled, 0 dropped, 0 errors of the original), 5 % are allowed"},
		{"too many dropped or not answered by the original", counts{"matched": 1}, counts{"matched": 1000, "dropped": 900, "original_errors": 100}, 7 * day,
			comparison.Criteria{Matches: 1000, Days: 7, Unsettled: 5}, "not yet",
			"1000 of 2000 requests have no result (0 unsettled, 900 dropped, 100 errors of the original), 5 % are allowed"},
		{"nothing", nil, nil, 7 * day, comparison.Criteria{Matches: 1000, Days: 7}, "not yet", "0 of 1000 matches"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := sqlite(t)
			put(t, store, action, 8*day, test.old)
			put(t, store, action, 2*time.Hour, test.recent)
			r := report(t, store, test.back, func(o *comparison.ReportOptions) { o.Criteria, o.Actions = test.criteria, []string{action} })
			if got := r.Actions[0]; got.Verdict != test.verdict || got.Why != test.why {
				t.Errorf("%s: %s, want %s: %s", got.Verdict, got.Why, test.verdict, test.why)
			}
			if err := r.Check(); (err == nil) != (test.verdict == "ready") || err != nil && !strings.Contains(err.Error(), test.why) {
				t.Errorf("check: %v", err)
			}
		})
	}
}

func TestReportNamesEverything(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		put(t, l.Store, action, time.Hour, map[string]int64{
			"requests": 100, "matched": 20, "ignored": 11, "noisy": 12, "mismatched": 13, "unsettled": 14, "own_errors": 15, "original_errors": 16,
			"dropped": 17, "not_kept": 18, "probes": 60, "own_0": 98, "own_10": 2, "original_4": 50, "original_6": 50, "own_x": 1, "own_99": 1,
		})
		put(t, l.Store, "lir.get", 8*day, map[string]int64{"requests": 5})
		err := l.Store.AddComparisons(t.Context(), models.ComparisonBatch{
			Differences: []models.ComparisonDifference{
				{Fingerprint: "a", Action: action, Path: "$.data[*].name", Kind: "value", Count: 3, FirstSeen: start - 60, LastSeen: start - 30,
					Sample: `{"mode":"shadow","caller":"a|b","method":"GET","query":"x=<1>\n","body":"z","path":"$.data[0].name","original":"\"a\"","own":"\"` + "`" + `\""}`},
				{Fingerprint: "b", Action: action, Path: "$.old", Kind: "extra", Count: 3, FirstSeen: 60, LastSeen: 60},
			},
			Noise: []models.ComparisonNoise{
				{Fingerprint: "a", Action: action, Path: "$.data[*].at value", Count: 2, FirstSeen: start - 60, LastSeen: start - 30},
				{Fingerprint: "c", Action: action, Path: "$.data[*].at value", Count: 1, FirstSeen: start - 90000, LastSeen: start - 90000},
				{Fingerprint: "d", Action: action, Path: "$.gone value", Count: 9, FirstSeen: start - 9*86400, LastSeen: start - 9*86400},
				{Fingerprint: "b", Action: action, Path: "$.data order", Count: 2, FirstSeen: start - 60, LastSeen: start - 30},
			},
			Most: 10, MostOfAction: 10,
		})
		if err != nil {
			t.Fatal(err)
		}
		var uses []models.LegacyUse
		for i, name := range []string{"bob", "alice", "bob"} {
			call := models.LegacyCall{KeyName: name, Source: fmt.Sprint(i), Target: "peering", Action: "getPeers"}
			uses = append(uses, models.LegacyUse{LegacyCall: call, FirstSeen: start, LastSeen: start, Count: 1})
		}
		if err := l.Store.AddLegacyUses(t.Context(), uses, 100); err != nil {
			t.Fatal(err)
		}
		expired := rules(t, strings.Replace(ignoreNames, "2099", "2001", 1)+ignoreNames[1:])
		r := report(t, l.Store, 7*day, func(o *comparison.ReportOptions) {
			o.Rules, o.Samples = expired, true
			o.Modes = compat.Policies{action: {Pattern: action, Mode: compat.ModeVerify, Share: 5}, "lir.add": {Pattern: "lir.add", Mode: compat.ModeShadow, Share: 100},
				"peering.getSessions": {Pattern: "peering.getSessions", Mode: compat.ModeShadow, Share: 100}}
		})
		var names []string
		for _, a := range r.Actions {
			names = append(names, a.Action+" "+a.Mode)
		}
		if want := []string{action + " verify", "peering.getSessions shadow"}; !slices.Equal(names, want) {
			t.Errorf("actions %q, want %q", names, want)
		}
		a := r.Actions[0]
		numbers := fmt.Sprint(a.Requests, a.Compared, a.Matched, a.Ignored, a.Noisy, a.Mismatched, a.Unsettled, a.OwnErrors, a.OriginalErrors, a.Dropped, a.NotKept, a.Share)
		if want := "100 85 20 11 12 13 14 15 16 17 18 5"; numbers != want {
			t.Errorf("numbers %s, want %s", numbers, want)
		}
		if a.Own != (comparison.Latency{P50: 0.1, P99: 3.2}) || a.Original != (comparison.Latency{P50: 0.4, P99: 0.8}) {
			t.Errorf("latency %+v, %+v", a.Own, a.Original)
		}
		if len(a.Differences) != 1 || a.Differences[0].Sample.Path != "$.data[0].name" {
			t.Errorf("differences %+v", a.Differences)
		}
		if len(a.Noise) != 2 || a.Noise[0].SetAside || !a.Noise[1].SetAside {
			t.Errorf("noise %+v", a.Noise)
		}
		if len(r.Expired) != 1 || r.Expired[0].Expired != "2001-01-01" || r.Expired[0].Name != "rule 1" {
			t.Errorf("expired %+v", r.Expired)
		}
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), `rule "rule 1"`) {
			t.Errorf("check: %v", err)
		}
		var text strings.Builder
		if err := r.WriteMarkdown(&text); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"ready is an action of which, since its mode last changed, at least 1000 requests match, at most 0 do not or fail here, and at most 0 % have no result, over 7 days.",
			"| peering.getPeers | verify 5 % | - | 100 | 85 | 20 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 0 | 0.1/3.2 | 0.4/0.8 | alice, bob | failing: 13 mismatches and 15 errors here, 0 are allowed |",
			"| peering.getSessions | shadow | - | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | - | - |  | not yet: 0 of 1000 matches |",
			"17 requests were dropped", "| `$.data[*].name` | value | 3 |", "18 times a difference was found that is not listed",
			"| `$.data[*].at value` | 3 | 60 |", " yes |", " not yet |", "### `$.data[*].name`, value", `by ` + "`a\\|b`" + `: ` + "`GET ?x=<1> `", "- body: `z`", "- here: `\"'\"`",
			"| rule 1 | peering.getPeers | `$.data[*].name` | 2001-01-01 | names are kept up by hand |",
		} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%q is not in\n%s", want, text.String())
			}
		}
		if data, err := json.Marshal(r); err != nil || strings.Contains(strings.ReplaceAll(string(data), `"stale_since":null`, ""), "null") {
			t.Errorf("%s, %v", data, err)
		}
	})
}
