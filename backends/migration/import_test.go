package migration_test

import (
	"testing"

	"provision-gateway/models/modelstest"
)

// What was imported is answered byte for byte as before, on every database.
func TestAnswersAreTheSameAfterwards(t *testing.T) {
	t.Parallel()
	for _, fixtures := range allFixtures {
		for _, kind := range modelstest.Kinds() {
			t.Run(fixtures+"/"+kind.Name, func(t *testing.T) {
				t.Parallel()
				original, own := open(t, modelstest.Kinds()[0], fixtures), open(t, kind, "")
				report := importInto(t, original, own)
				if len(report.Conflicts) > 0 {
					t.Fatalf("conflicts: %s", text(report))
				}
				theirs, ours := bytesOf(t, original, "1", "2", "5", "7"), bytesOf(t, own, "1", "2", "5", "7")
				for _, question := range sorted(theirs) {
					if theirs[question] != ours[question] {
						t.Errorf("%s:\n%s", question, apart(theirs[question], ours[question]))
					}
				}
				same(t, original, own)
				again := importInto(t, original, own)
				if again.Wrote() || len(again.Conflicts) > 0 {
					t.Errorf("the second run: %s", text(again))
				}
			})
		}
	}
}

// apart shows where two texts part.
func apart(a, b string) string {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	near := func(s string) string { return s[max(0, min(at, len(s))-60):min(len(s), at+60)] }
	return "original …" + near(a) + "…\nhere     …" + near(b) + "…"
}
