package migration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/migration"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// write changes a side.
func write(t *testing.T, s *side, f func(tx *models.Tx) error) {
	t.Helper()
	if err := s.Lent.Store.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// What was here before, or was changed here, is not overwritten unasked.
func TestWhatIsHereIsNotOverwritten(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), open(t, kind, "")
			ours := models.Session{SourceIPAddr: new("203.0.113.99"), PeerIPAddr: new("192.0.2.1"), IPType: "ipv4", PeerName: new("ours")}
			write(t, own, func(tx *models.Tx) error { return tx.AddSession(&ours) })
			if _, err := own.Raw.Exec("UPDATE sessions SET id = 201 WHERE id = 1"); err != nil {
				t.Fatal(err)
			}
			report := importInto(t, original, own)
			if want := []string{"session 201: something else has this id here"}; !slices.Equal(report.Conflicts, want) {
				t.Errorf("conflicts %q", report.Conflicts)
			}
			if _, lines := differences(t, original, own); len(lines) == 0 {
				t.Error("verify finds no difference")
			}
			o := from(original, own)
			o.Replace = true
			if _, err := migration.Import(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			same(t, original, own)
			// Changed here, then there.
			for i, s := range []*side{own, original} {
				write(t, s, func(tx *models.Tx) error {
					_, err := tx.UpdateSession(202, func(s *models.Session) error { s.Note = new(fmt.Sprint("note ", i)); return nil })
					return err
				})
			}
			report = importInto(t, original, own)
			if !slices.Contains(report.Conflicts, "session 202: it differs, and was changed here since it was imported") {
				t.Errorf("conflicts %q", report.Conflicts)
			}
			// What a gateway reads from the routers is no change.
			write(t, original, func(tx *models.Tx) error {
				_, err := tx.UpdateSession(205, func(s *models.Session) error { s.State, s.Note = "idle", new("x"); return nil })
				return err
			})
			if _, err := own.Raw.Exec("UPDATE sessions SET state = 'active', prfx_received = 7 WHERE id = 205"); err != nil {
				t.Fatal(err)
			}
			report = importInto(t, original, own)
			if slices.ContainsFunc(report.Conflicts, func(c string) bool { return strings.HasPrefix(c, "session 205") }) {
				t.Errorf("conflicts %q", report.Conflicts)
			}
		})
	}
}

// What goes at the original goes here when it came from there, and only then.
func TestWhatGoesThereGoesHere(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, kind, "")
			importInto(t, original, own)
			var ours models.Session
			write(t, own, func(tx *models.Tx) error {
				ours = models.Session{SourceIPAddr: new("203.0.113.99"), PeerIPAddr: new("192.0.2.1"), IPType: "ipv4"}
				return tx.AddSession(&ours)
			})
			for _, statement := range []string{
				"DELETE FROM sessions WHERE id = 202", "DELETE FROM requests", "DELETE FROM communications", "DELETE FROM log_entries",
				"DELETE FROM resources WHERE id = 507", "DELETE FROM contacts", "UPDATE generations SET version = version + 1",
			} {
				if _, err := original.Raw.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
			report := importInto(t, original, own)
			for _, kind := range []migration.Kind{migration.KindSession, migration.KindRequest, migration.KindCommunication, migration.KindLog, migration.KindContact, migration.KindResource} {
				if report.Kinds[kind].Removed == 0 {
					t.Errorf("no %s was removed", kind)
				}
			}
			_, lines := differences(t, original, own)
			want := fmt.Sprintf("session %d: absent, here present", ours.ID)
			if !slices.Contains(lines, want) {
				t.Errorf("%q is not among %q", want, lines)
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, want[:len(want)-22]) && !strings.HasPrefix(line, "peer ") {
					t.Error(line)
				}
			}
		})
	}
}

// Ids given afterwards are beyond all that the original used, even where its rows
// are gone.
func TestNewIDsDoNotCollide(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, kind, "")
			write(t, original, func(tx *models.Tx) error {
				return tx.Log(models.LogEntry{NetworkID: new(uint64(101)), Message: "Session deleted: long ago", SessionID: new(uint64(7777)), RequestID: new(uint64(8888))})
			})
			report := importInto(t, original, own)
			add := func() (session, request, resource uint64) {
				s := models.Session{SourceIPAddr: new("203.0.113.99"), PeerIPAddr: new("192.0.2.1"), IPType: "ipv4", PeerName: new(fmt.Sprint(t.Name()))}
				r := models.Request{EmailType: "text"}
				write(t, own, func(tx *models.Tx) error {
					if err := tx.AddSession(&s); err != nil {
						return err
					}
					if err := tx.AddRequest(&r); err != nil {
						return err
					}
					v, err := tx.AddResource(models.ResourceChange{Name: new("new"), Type: new("category")})
					resource = v.ID
					return err
				})
				write(t, own, func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err })
				return s.ID, r.ID, resource
			}
			session, request, resource := add()
			if session != 7778 || request != 8889 || resource < report.NextIDs["resources"] {
				t.Errorf("ids %d, %d and %d, next %v", session, request, resource, report.NextIDs)
			}
			o := from(original, own)
			o.IDsFrom = 100_000
			if _, err := migration.Import(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if session, request, resource = add(); session != 100_000 || request != 100_000 || resource != 100_000 {
				t.Errorf("ids %d, %d and %d", session, request, resource)
			}
			if o.IDsFrom = 50; true {
				if _, err := migration.Import(t.Context(), o); err == nil || !strings.Contains(err.Error(), "New ids cannot start at 50") {
					t.Errorf("error %v", err)
				}
			}
		})
	}
}

// Sections, fields and secrets that are here from the start or from others give
// way to those of the original.
func TestWhatIsHereFromTheStartGivesWay(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], ""), open(t, kind, "")
			// The original's sections stand where this side has others.
			for _, statement := range []string{
				"UPDATE resources SET id = 900 WHERE id = 2", "UPDATE resources SET section_id = 900 WHERE section_id = 2", "UPDATE section_fields SET section_id = 900 WHERE section_id = 2",
				"UPDATE section_fields SET section_id = 2 WHERE section_id = (SELECT id FROM resources WHERE slug = 'router')",
				"UPDATE resources SET id = 2 WHERE slug = 'router'", "DELETE FROM resources WHERE slug = 'resource-holder'", "DELETE FROM resources WHERE slug = 'street-address'",
			} {
				if _, err := original.Raw.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
			kindOf, lir, router := models.TypeEntry, models.SectionLIR, models.SectionRouter
			entry := func(s *side, section *string, name, secret string) uint64 {
				var id uint64
				write(t, s, func(tx *models.Tx) error {
					fields := models.FieldValues{}
					for slug, value := range map[string]string{"rir": "ARIN", "asn": "1", "org-handle": "O", "api-key": secret, "host": "h", "password": secret} {
						fields.Set(slug, 0, value)
					}
					v, err := tx.AddResource(models.ResourceChange{Name: &name, Type: &kindOf, SectionSlug: section, Fields: fields, RIRs: []string{"ARIN"}})
					if err == nil {
						id = v.ID
					}
					return err
				})
				return id
			}
			ours := entry(own, &router, "Our router", "our-password")
			for n := range 3 {
				write(t, original, func(tx *models.Tx) error {
					_, err := tx.AddResource(models.ResourceChange{Name: new(fmt.Sprint("filler ", n)), Type: new("category")})
					return err
				})
			}
			if _, err := own.Raw.Exec("UPDATE resources SET id = 5000 WHERE id = ?", ours); err != nil {
				t.Fatal(err)
			}
			if _, err := own.Raw.Exec("UPDATE field_values SET resource_id = 5000 WHERE resource_id = ?", ours); err != nil {
				t.Fatal(err)
			}
			theirs := entry(original, &lir, "Their LIR", "their-key")
			report := importInto(t, original, own)
			if len(report.Conflicts) > 0 {
				t.Fatal(report.Conflicts)
			}
			lirs, err := own.Lent.Store.LIRs(t.Context(), &theirs, true)
			if err != nil || len(lirs) != 1 || lirs[0].Entities[0]["api-key"] != "their-key" {
				t.Errorf("LIRs %v, %v", lirs, err)
			}
			kept, err := own.Lent.Store.RouterByID(t.Context(), 5000)
			if err != nil || kept.Password() != "our-password" || kept.Problem != nil {
				t.Errorf("our router: %v, %v", kept, err)
			}
			if len(report.Notes) > 0 {
				t.Errorf("notes %q", report.Notes)
			}
			entry(original, &router, "Their router", "their-password")
			if report = importInto(t, original, own); len(report.Notes) != 1 || !strings.HasPrefix(report.Notes[0], "the values of 1 secrets are not shown") {
				t.Errorf("notes %q", report.Notes)
			}
			_, lines := differences(t, original, own)
			if want := []string{"resource 5000: absent, here present"}; !slices.Equal(lines, want) {
				t.Errorf("differences %q", lines)
			}
			if holder := modelstest.Column(t, own.Raw, "SELECT COUNT(*) FROM resources WHERE live_slug = 'resource-holder'"); holder[0] != "1" {
				t.Error("the section that only this side needs is gone")
			}
		})
	}
}

// Rows that only this gateway knows stay, and a directory that is kept is only
// added to.
func TestTheDirectory(t *testing.T) {
	t.Parallel()
	original, own := open(t, modelstest.Kinds()[0], "example, lirs"), open(t, modelstest.Kinds()[0], "")
	modelstest.Put(t, own.Lent.Store, models.Network{ID: 101, Name: "Newer name", Aka: new("aka")}, models.Network{ID: 9999, Name: "Only here"})
	o := from(original, own)
	o.KeepDirectory = true
	report, err := migration.Import(t.Context(), o)
	if err != nil || len(report.Conflicts) > 0 {
		t.Fatal(report, err)
	}
	if got := modelstest.Column(t, own.Raw, "SELECT name FROM networks WHERE id IN (101, 9999) ORDER BY id"); !slices.Equal(got, []string{"Newer name", "Only here"}) {
		t.Errorf("names %q", got)
	}
	n := 0
	_, err = migration.Verify(t.Context(), original, own.Gateway, migration.Reading{}, false, func(d migration.Difference) {
		if d.Kind != migration.KindPeer {
			t.Error(d)
		}
		n++
	})
	if err != nil || n > 1 {
		t.Errorf("%d differences, %v", n, err)
	}
	importInto(t, original, own)
	if got := modelstest.Column(t, own.Raw, "SELECT COALESCE(aka, '') FROM networks WHERE id = 101"); got[0] != "aka" {
		t.Errorf("what no answer shows was lost: %q", got)
	}
	if _, err := own.Raw.Exec("UPDATE networks SET local = 1, name = 'Mine' WHERE id = 101"); err != nil {
		t.Fatal(err)
	}
	write(t, own, func(tx *models.Tx) error { return models.RetireRows[models.Network](tx, nil) })
	report = importInto(t, original, own)
	if want := []string{"network 101: a row that only this gateway knows has this id"}; !slices.Equal(report.Conflicts, want) {
		t.Errorf("conflicts %q", report.Conflicts)
	}
}
