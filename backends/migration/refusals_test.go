package migration_test

import (
	"strings"
	"testing"

	"provision-gateway/backends/legacy"
	"provision-gateway/backends/migration"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// refusing answers as another side, but refuses what is asked for.
func refusing(a migration.Asker, message string, which func(question string) bool) *faulty {
	return &faulty{Asker: a, change: func(_ int, question string, reply *legacy.Reply) (*legacy.Reply, error) {
		if which(question) {
			return &legacy.Reply{Message: message}, nil
		}
		return reply, nil
	}}
}

// A refusal that may be gone a moment later ends the run, whatever was asked, and
// nothing is written.
func TestPassingRefusalsAreFatal(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, kind, "")
			importInto(t, original, own)
			before := dump(t, own)
			for _, message := range []string{"Internal error", "internal error.", "", "Permission denied", "Rate limit exceeded", "Database connection failed"} {
				for _, refused := range []string{
					"peering getSessions", "peering getSessions deleted=1", "resource get getFromBackup=1", "peering getPeers info_type=Content",
					"peering getSessions public_id=20", "peering getSessions public_id=20 deleted=1", "peering getRequests", "lir get",
				} {
					_, err := migration.Import(t.Context(), from(refusing(original, message, func(q string) bool { return q == refused }), own))
					if err == nil || !strings.Contains(err.Error(), refused+": answered ") {
						t.Errorf("%s refused with %q: %v", refused, message, err)
					}
				}
			}
			if d := modelstest.Differences(before, dump(t, own)); d != "" {
				t.Errorf("something was written:\n%s", d)
			}
		})
	}
}

// What the original does not show since it refuses a question is not gone.
func TestNothingGoesUnlessAllThatTellsWasAnswered(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		for _, test := range []struct{ name, refused string }{
			{"live sessions", "peering getSessions"}, {"deleted sessions", "peering getSessions deleted=1"}, {"the archive", "resource get getFromBackup=1"},
		} {
			t.Run(test.name+"/"+kind.Name, func(t *testing.T) {
				t.Parallel()
				original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, kind, "")
				modelstest.Put(t, original.Lent.Store, models.Exchange{ID: 4711, Name: "Named by a session"})
				// A session at no exchange, and a deleted one at an exchange that only it names.
				for _, statement := range []string{
					"UPDATE sessions SET public_id = NULL WHERE id = 202",
					"UPDATE sessions SET public_id = 4711, deleted_at = 5, live_key = NULL WHERE id = 203", "UPDATE generations SET version = version + 1",
				} {
					if _, err := original.Raw.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
				importInto(t, original, own)
				before := dump(t, own)
				refused := refusing(original, "Missing required parameter: public_id", func(q string) bool { return q == test.refused })
				report := importInto(t, refused, own)
				if report.Wrote() || len(report.Conflicts) > 0 {
					t.Errorf("it wrote: %v, %v", counts(report), report.Conflicts)
				}
				if d := modelstest.Differences(before, dump(t, own)); d != "" {
					t.Errorf("something changed:\n%s", d)
				}
				// Some go, and what the refused question would have told of stays.
				for _, statement := range []string{
					"DELETE FROM sessions WHERE id = 202", "DELETE FROM requests", "DELETE FROM resources WHERE id = 507", "UPDATE generations SET version = version + 1",
				} {
					if _, err := original.Raw.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
				report = importInto(t, refused, own)
				archive := strings.HasPrefix(test.refused, "resource")
				for of, goes := range map[migration.Kind]bool{migration.KindRequest: true, migration.KindSession: archive, migration.KindResource: !archive} {
					if got := report.Kinds[of].Removed > 0; got != goes {
						t.Errorf("%s: %d removed", of, report.Kinds[of].Removed)
					}
				}
				if notes := strings.Join(report.Notes, "\n"); !strings.Contains(notes, " stay, of which the original shows less than is here: it did not answer "+test.refused) {
					t.Errorf("notes %s", notes)
				}
				importInto(t, original, own)
				same(t, original, own)
			})
		}
	}
}

// Every question is asked once.
func TestNothingIsAskedTwice(t *testing.T) {
	t.Parallel()
	original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, modelstest.Kinds()[0], "")
	asked := map[string]int{}
	counting := &faulty{Asker: original, change: func(_ int, question string, reply *legacy.Reply) (*legacy.Reply, error) {
		asked[question]++
		return reply, nil
	}}
	importInto(t, counting, own)
	for question, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked %d times", question, n)
		}
	}
}
