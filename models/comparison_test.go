package models_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func difference(action, fingerprint string, count, first, last int64, sample string) models.ComparisonDifference {
	return models.ComparisonDifference{
		Fingerprint: fingerprint, Action: action, Path: "$.data[*]." + fingerprint, Kind: "value", Count: count, FirstSeen: first, LastSeen: last, Sample: sample,
	}
}

func sums(t *testing.T, s *models.Store, seconds, from int64) []string {
	t.Helper()
	rows, err := s.ComparisonSums(t.Context(), seconds, from)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %s %d %d-%d", r.Action, r.Name, r.Count, r.First, r.Last))
	}
	return lines
}

func differences(t *testing.T, s *models.Store, since int64) []string {
	t.Helper()
	rows, err := s.ComparisonDifferences(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %d %d-%d %s", r.Action, r.Fingerprint, r.Path, r.Kind, r.Count, r.FirstSeen, r.LastSeen, r.Sample))
	}
	return lines
}

func addComparisons(t *testing.T, s *models.Store, b models.ComparisonBatch) {
	t.Helper()
	if err := s.AddComparisons(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func TestComparisonsAddUp(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		s := l.Store
		addComparisons(t, s, models.ComparisonBatch{
			Counts: []models.ComparisonCount{
				{Action: "lir.get", Seconds: 3600, Start: 7200, Name: "matched", Count: 2}, {Action: "lir.get", Seconds: 3600, Start: 3600, Name: "matched", Count: 5},
				{Action: "lir.get", Seconds: 10, Start: 7200, Name: "matched", Count: 2}, {Action: "lir.get", Seconds: 3600, Start: 7200, Name: "matched", Count: 1},
			},
			Differences: []models.ComparisonDifference{difference("lir.get", "b", 2, 7201, 7205, "first")},
			Noise:       []models.ComparisonNoise{{Fingerprint: "n", Action: "lir.get", Path: "$.data", Count: 1, FirstSeen: 10, LastSeen: 20}},
			Most:        10, MostOfAction: 10,
		})
		addComparisons(t, s, models.ComparisonBatch{
			Counts:      []models.ComparisonCount{{Action: "lir.get", Seconds: 3600, Start: 7200, Name: "matched", Count: 4}, {Action: "a.b", Seconds: 3600, Start: 7200, Name: "dropped", Count: 1}},
			Differences: []models.ComparisonDifference{difference("lir.get", "b", 1, 7300, 7300, "second"), difference("lir.get", "a", 3, 7300, 7300, "")},
			Noise:       []models.ComparisonNoise{{Fingerprint: "n", Action: "lir.get", Path: "$.data", Count: 4, FirstSeen: 30, LastSeen: 30}},
			Most:        10, MostOfAction: 10,
		})
		equal(t, "all", sums(t, s, 3600, 0), []string{"a.b dropped 1 7200-7200", "lir.get matched 12 3600-7200"})
		equal(t, "the last", sums(t, s, 3600, 3601), []string{"a.b dropped 1 7200-7200", "lir.get matched 7 7200-7200"})
		equal(t, "short slots", sums(t, s, 10, 0), []string{"lir.get matched 2 7200-7200"})
		one, err := s.ComparisonSum(t.Context(), "lir.get", 3600, 7200)
		if err != nil || len(one) != 1 || one["matched"] != 7 {
			t.Errorf("sum of an action: %v, %v", one, err)
		}
		equal(t, "differences", differences(t, s, 0), []string{"lir.get a $.data[*].a value 3 7300-7300 ", "lir.get b $.data[*].b value 3 7201-7300 first"})
		equal(t, "late differences", differences(t, s, 7301), []string{})
		noise, err := s.ComparisonNoise(t.Context(), 30)
		if err != nil || len(noise) != 1 || noise[0] != (models.ComparisonNoise{Fingerprint: "n", Action: "lir.get", Path: "$.data", Count: 5, FirstSeen: 10, LastSeen: 30}) {
			t.Errorf("noise: %+v, %v", noise, err)
		}
		if late, err := s.ComparisonNoise(t.Context(), 31); err != nil || len(late) != 0 {
			t.Errorf("late noise: %+v, %v", late, err)
		}
		if err := s.PruneComparisons(t.Context(), 3600, 7200); err != nil {
			t.Fatal(err)
		}
		equal(t, "pruned", sums(t, s, 3600, 0), []string{"a.b dropped 1 7200-7200", "lir.get matched 7 7200-7200"})
		equal(t, "short slots are another matter", sums(t, s, 10, 0), []string{"lir.get matched 2 7200-7200"})
	})
}

func TestDifferencesAreCapped(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		s := l.Store
		b := models.ComparisonBatch{Most: 3, MostOfAction: 2}
		for i, name := range []string{"a1", "a2", "a3", "b1", "b2"} {
			action := map[byte]string{'a': "lir.get", 'b': "lir.list"}[name[0]]
			b.Differences = append(b.Differences, difference(action, name, int64(i+1), 3601, 3602, name))
		}
		addComparisons(t, s, b)
		kept := []string{"lir.get a2 $.data[*].a2 value 2 3601-3602 a2", "lir.get a1 $.data[*].a1 value 1 3601-3602 a1", "lir.list b1 $.data[*].b1 value 4 3601-3602 b1"}
		equal(t, "kept", differences(t, s, 0), kept)
		equal(t, "said", sums(t, s, 3600, 0), []string{"lir.get not_kept 3 3600-3600", "lir.list not_kept 5 3600-3600"})
		// What is kept goes on being counted, and what is not goes on being said.
		addComparisons(t, s, b)
		kept[0], kept[1], kept[2] = strings.Replace(kept[0], "value 2", "value 4", 1), strings.Replace(kept[1], "value 1", "value 2", 1), strings.Replace(kept[2], "value 4", "value 8", 1)
		equal(t, "kept again", differences(t, s, 0), kept)
		equal(t, "said again", sums(t, s, 3600, 0), []string{"lir.get not_kept 6 3600-3600", "lir.list not_kept 10 3600-3600"})
	})
}

// Many gateways at once lose no count, and keep no more differences than are
// allowed.
func TestComparisonsOfManyGateways(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		const gateways, batches, most = 4, 6, 5
		var wg sync.WaitGroup
		for g := range gateways {
			store := l.Another(t)
			wg.Go(func() {
				for n := range batches {
					b := models.ComparisonBatch{Most: most, MostOfAction: most}
					for name := range 20 {
						b.Counts = append(b.Counts, models.ComparisonCount{Action: "lir.get", Seconds: 3600, Start: 3600, Name: fmt.Sprint("name ", name), Count: 1})
					}
					b.Differences = []models.ComparisonDifference{
						difference("lir.get", fmt.Sprint("own ", g, " ", n), 1, 3600, 3600, ""), difference("lir.get", fmt.Sprint("shared ", n%2), 1, 3600, 3600, ""),
					}
					b.Noise = []models.ComparisonNoise{{Fingerprint: "n", Action: "lir.get", Path: "$", Count: 1, FirstSeen: 1, LastSeen: 1}}
					if err := store.AddComparisons(t.Context(), b); err != nil {
						t.Errorf("gateway %d: %v", g, err)
					}
				}
			})
		}
		wg.Wait()
		all, err := l.Store.ComparisonSum(t.Context(), "lir.get", 3600, 0)
		if err != nil {
			t.Fatal(err)
		}
		for name := range 20 {
			if n := all[fmt.Sprint("name ", name)]; n != gateways*batches {
				t.Errorf("name %d was counted %d times, want %d", name, n, gateways*batches)
			}
		}
		rows, err := l.Store.ComparisonDifferences(t.Context(), 0)
		if err != nil || len(rows) != most {
			t.Errorf("%d differences are kept, %v, want %d", len(rows), err, most)
		}
		total := all[models.CountNotKept]
		for _, r := range rows {
			total += r.Count
		}
		if total != 2*gateways*batches {
			t.Errorf("%d differences are kept or said not to be, want %d", total, 2*gateways*batches)
		}
		noise, err := l.Store.ComparisonNoise(t.Context(), 0)
		if err != nil || len(noise) != 1 || noise[0].Count != gateways*batches {
			t.Errorf("noise %+v, %v", noise, err)
		}
	})
}

func TestWhenModesWereChanged(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		clock := modelstest.NewClock(1000)
		store := modelstest.Lend(t, kind, clock.Now).Store
		set := func(pattern string, share int) {
			t.Helper()
			if err := store.SetActionMode(t.Context(), models.ActionMode{Pattern: pattern, Mode: "verify", Share: share, ChangedBy: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		set("a.b", 5)
		set("*", 5)
		clock.Advance(time.Minute)
		set("a.b", 25)
		set("*", 5)
		set("c.*", 5)
		clock.Advance(time.Minute)
		if err := store.UnsetActionMode(t.Context(), "c.*", "a", ""); err != nil {
			t.Fatal(err)
		}
		got, err := store.LastModeChanges(t.Context())
		if want := (map[string]int64{"a.b": 1060, "*": 1000, "c.*": 1120}); err != nil || !maps.Equal(got, want) {
			t.Errorf("%v, %v, want %v", got, err, want)
		}
	}
}

func TestComparisonFirst(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		batch := models.ComparisonBatch{}
		for i, name := range []string{"requests", "matched", "matched", "noisy"} {
			batch.Counts = append(batch.Counts, models.ComparisonCount{Action: "a.b", Seconds: 3600, Start: int64(3600 * i), Name: name, Count: 1},
				models.ComparisonCount{Action: "a.c", Seconds: 3600, Start: 1, Name: name, Count: 1}, models.ComparisonCount{Action: "a.b", Seconds: 10, Start: 1, Name: name, Count: 1})
		}
		if err := l.Store.AddComparisons(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		for from, want := range map[int64]int64{0: 3600, 3600: 3600, 3601: 7200, 7201: 10800, 10801: 0} {
			if got, err := l.Store.ComparisonFirst(t.Context(), "a.b", 3600, from, "matched", "noisy"); err != nil || got != want {
				t.Errorf("from %d: %d, %v, want %d", from, got, err, want)
			}
		}
	})
}

func TestOldNoiseIsRemoved(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		err := l.Store.AddComparisons(t.Context(), models.ComparisonBatch{Noise: []models.ComparisonNoise{
			{Fingerprint: "a", Action: "a.b", Path: "$.x value", Count: 1, LastSeen: 99}, {Fingerprint: "b", Action: "a.b", Path: "$.x value", Count: 1, LastSeen: 100},
		}})
		if err == nil {
			err = l.Store.PruneComparisonNoise(t.Context(), 100)
		}
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := l.Store.ComparisonNoise(t.Context(), 0); err != nil || len(rows) != 1 || rows[0].Fingerprint != "b" {
			t.Errorf("%v, %v", rows, err)
		}
	})
}
