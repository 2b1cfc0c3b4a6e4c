package models_test

import (
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestStartComparisonAnew(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		s := l.Store
		for _, action := range []string{"lir.get", "peering.getPeers"} {
			addComparisons(t, s, models.ComparisonBatch{
				Counts: []models.ComparisonCount{{Action: action, Seconds: 3600, Start: 3600, Name: "mismatched", Count: 2},
					{Action: action, Seconds: 3600, Start: 3600, Name: models.CountProbes, Count: 5}},
				Differences: []models.ComparisonDifference{difference(action, "of "+action, 2, 3600, 3700, "{}")},
				Noise:       []models.ComparisonNoise{{Fingerprint: "of " + action, Action: action, Path: "$.data", Count: 1, FirstSeen: 3600, LastSeen: 3600}},
				Most:        10, MostOfAction: 10,
			})
		}
		if err := s.SetActionMode(t.Context(), models.ActionMode{Pattern: "lir.get", Mode: "shadow", Share: 100, ChangedBy: "ann"}); err != nil {
			t.Fatal(err)
		}
		if err := s.StartComparisonAnew(t.Context(), "lir.get", "bob", "mended"); err != nil {
			t.Fatal(err)
		}
		equal(t, "counts", sums(t, s, 3600, 0), []string{"lir.get probes 5 3600-3600", "peering.getPeers mismatched 2 3600-3600", "peering.getPeers probes 5 3600-3600"})
		if left := strings.Join(differences(t, s, 0), "\n"); strings.Contains(left, "lir.get") || !strings.Contains(left, "getPeers") {
			t.Errorf("differences: %s", left)
		}
		if noise, err := s.ComparisonNoise(t.Context(), 0); err != nil || len(noise) != 2 {
			t.Errorf("noise: %v, %v", noise, err)
		}
		if _, changes := modeTexts(t, l); changes != "lir.get shadow:100>shadow:100 by bob; lir.get ->shadow:100 by ann; " {
			t.Errorf("audit: %s", changes)
		}
		if err := s.StartComparisonAnew(t.Context(), "lir.get", "", ""); models.ErrorCode(err) != models.Invalid {
			t.Errorf("by nobody: %v", err)
		}
	})
}
