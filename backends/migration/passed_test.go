package migration_test

import (
	"context"
	"testing"

	"provision-gateway/backends/legacy"
	"provision-gateway/backends/migration"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// askedFirst is an original to which something happens when it is asked for the
// first time.
type askedFirst struct {
	migration.Asker
	happens func()
}

func (a *askedFirst) Ask(ctx context.Context, target, action string, with ...legacy.Parameter) (*legacy.Reply, error) {
	if a.happens != nil {
		a.happens()
		a.happens = nil
	}
	return a.Asker.Ask(ctx, target, action, with...)
}

// An import brings what was passed on before it; not what is passed on while it
// reads, and nothing when it refused an object or failed.
func TestImportCoversPassedWrites(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), open(t, kind, "")
			pass := func() {
				write(t, own, func(tx *models.Tx) error {
					_, err := tx.WriteBegins(models.ScopePeering, models.ScopeResources)
					return err
				})
				write(t, own, func(tx *models.Tx) error { return tx.WriteEnds(models.ScopePeering, models.ScopeResources) })
			}
			stale := func() bool {
				rows, err := own.Lent.Store.PassedWrites(t.Context())
				if err != nil || len(rows) != 2 || rows[0].Stale() != rows[1].Stale() {
					t.Fatalf("%+v, %v", rows, err)
				}
				return rows[0].Stale()
			}
			pass()
			if importInto(t, original, own); stale() {
				t.Error("stale after an import")
			}
			if importInto(t, &askedFirst{original, pass}, own); !stale() {
				t.Error("an import covers what was passed on while it read")
			}
			if importInto(t, original, own); stale() {
				t.Error("stale after the next import")
			}
			for i, s := range []*side{own, original} {
				write(t, s, func(tx *models.Tx) error {
					_, err := tx.UpdateSession(202, func(s *models.Session) error { s.Note = new([]string{"ours", "theirs"}[i]); return nil })
					return err
				})
			}
			pass()
			if report := importInto(t, original, own); len(report.Conflicts) == 0 || !stale() {
				t.Errorf("fresh after an import that refused %v", report.Conflicts)
			}
			o := from(original, own)
			o.Replace = true
			ctx, cancel := context.WithCancel(t.Context())
			o.Changed = func(migration.Change) { cancel() }
			if _, err := migration.Import(ctx, o); err == nil || !stale() {
				t.Errorf("fresh after an import that was cut off: %v", err)
			}
			o.Changed = nil
			if _, err := migration.Import(t.Context(), o); err != nil || stale() {
				t.Errorf("stale after an import that replaces: %v", err)
			}
		})
	}
}
