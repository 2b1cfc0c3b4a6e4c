package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/migrations"
	"provision-gateway/models/modelstest"
)

// open opens a database without migrating it.
func open(t *testing.T, database string) *models.Store {
	t.Helper()
	s, err := models.Open(t.Context(), models.Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// eachEmpty runs f on a database of each kind that has no tables.
func eachEmpty(t *testing.T, f func(t *testing.T, kind, database string)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			f(t, kind.Name, kind.Database(t))
		})
	}
}

// lines lists the first column of a query's rows.
func lines(t *testing.T, raw *sql.DB, query string) []string {
	t.Helper()
	rows, err := raw.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

// state is the whole schema and what exists in it from the start.
func state(t *testing.T, kind string, raw *sql.DB) []string {
	t.Helper()
	out := lines(t, raw, "SELECT CONCAT(id, ' ', name, ' ', slug, ' ', type) FROM resources ORDER BY id")
	out = append(out, lines(t, raw, "SELECT CONCAT(section_id, ' ', field_id, ' ', slug, ' ', position, ' ', secret) FROM section_fields ORDER BY id")...)
	out = append(out, lines(t, raw, "SELECT CONCAT(scope, ' ', stripe) FROM generations ORDER BY scope, stripe")...)
	out = append(out, lines(t, raw, "SELECT id FROM migrations")...)
	if kind == "sqlite" {
		return append(out, lines(t, raw, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")...)
	}
	return append(out, append(lines(t, raw, "SELECT CONCAT(table_name, ' ', column_name, ' ', column_type, ' ', is_nullable, ' ', extra, ' ', COALESCE(collation_name, ''))"+
		" FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"),
		lines(t, raw, "SELECT CONCAT(table_name, ' ', index_name, ' ', seq_in_index, ' ', column_name, ' ', non_unique)"+
			" FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index")...)...)
}

// fresh is the state of a database that was migrated at once.
func fresh(t *testing.T, kind string) []string {
	t.Helper()
	for _, k := range modelstest.Kinds() {
		if k.Name == kind {
			return state(t, kind, modelstest.Lend(t, k, nil).Raw)
		}
	}
	t.Fatalf("no kind %s", kind)
	return nil
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if d := modelstest.Differences(want, got); d != "" {
		t.Errorf("%s: want (-), got (+):\n%s", what, d)
	}
}

func pending(t *testing.T, s *models.Store) []string {
	t.Helper()
	ids, err := s.PendingMigrations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestStepsAreInOrder(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^\d{8}-\d{2}-[a-z]+(-[a-z]+)*$`)
	var ids []string
	for _, step := range migrations.Steps() {
		if !form.MatchString(step.ID) || step.Migrate == nil || len(step.ID) > 64 {
			t.Errorf("step %q", step.ID)
		}
		ids = append(ids, step.ID)
	}
	if len(ids) == 0 || !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("steps %v", ids)
	}
}

func TestMigrateAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, kind, database string) {
		s := open(t, database)
		var all []string
		for _, step := range migrations.Steps() {
			all = append(all, step.ID)
		}
		equal(t, "pending before", pending(t, s), all)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "pending after", pending(t, s), nil)
		raw := modelstest.Raw(t, database)
		before := state(t, kind, raw)
		equal(t, "state", before, fresh(t, kind))
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "state after the second time", state(t, kind, raw), before)
	})
}

func TestManyMigrateOneDatabase(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, kind, database string) {
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				// Opened at the same time too, on a file that does not exist yet.
				s, err := models.Open(t.Context(), models.Options{Database: database})
				if err != nil {
					t.Error(err)
					return
				}
				defer func() { _ = s.Close() }()
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		equal(t, "state", state(t, kind, modelstest.Raw(t, database)), fresh(t, kind))
	})
}

// A gateway that finds another one migrating waits for it.
func TestMigrateWaitsItsTurn(t *testing.T) {
	t.Parallel()
	database := modelstest.MariaDBDatabase(t)
	s, raw := open(t, database), modelstest.Raw(t, database)
	const name = "CONCAT('provision-gateway ', MD5(DATABASE()))"
	if got := lines(t, raw, "SELECT GET_LOCK("+name+", 0)"); got[0] != "1" {
		t.Fatalf("lock: %v", got)
	}
	done := make(chan error, 1)
	go func() { done <- s.Migrate(t.Context()) }()
	select {
	case err := <-done:
		t.Fatalf("it did not wait: %v", err)
	// Longer than one part of the wait.
	case <-time.After(2500 * time.Millisecond):
	}
	lines(t, raw, "SELECT RELEASE_LOCK("+name+")")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := lines(t, raw, "SELECT GET_LOCK("+name+", 0)"); got[0] != "1" {
		t.Error("the lock was not given back")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Migrate(ctx); err == nil {
		t.Error("it waits for longer than its caller")
	}
}

// MySQL commits at each table, so that a step can end between two.
func TestAStepThatWasCutOff(t *testing.T) {
	t.Parallel()
	tables := []string{
		"networks", "exchanges", "exchange_prefixes", "ports", "contacts", "communications", "log_entries", "requests", "sessions",
		"resources", "section_fields", "field_values", "secrets", "api_keys", "idempotency_records", "generations",
	}
	want := fresh(t, "mariadb")
	for _, kept := range []int{0, 1, 9, 10, 15, 16} {
		t.Run(fmt.Sprint("after ", kept, " tables"), func(t *testing.T) {
			t.Parallel()
			database := modelstest.MariaDBDatabase(t)
			s, raw := open(t, database), modelstest.Raw(t, database)
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			script := "DELETE FROM migrations; DELETE FROM resources; DELETE FROM section_fields; DELETE FROM generations;" +
				"ALTER TABLE resources AUTO_INCREMENT = 1; ALTER TABLE section_fields AUTO_INCREMENT = 1;"
			for _, table := range tables[kept:] {
				script += "DROP TABLE " + table + ";"
			}
			if _, err := raw.Exec(script); err != nil {
				t.Fatal(err)
			}
			if n := len(pending(t, s)); n != len(migrations.Steps()) {
				t.Errorf("%d steps are pending", n)
			}
			again := open(t, database)
			if err := again.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			equal(t, "state", state(t, "mariadb", raw), want)
		})
	}
}

// On SQLite nothing is left of a step that failed.
func TestAStepThatFails(t *testing.T) {
	t.Parallel()
	database := modelstest.SQLiteDatabase(t)
	s, raw := open(t, database), modelstest.Raw(t, database)
	// In the way of an index, after half the tables.
	if _, err := raw.Exec("CREATE TABLE other (a); CREATE INDEX sessions_live ON other (a)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "sessions_live") {
		t.Errorf("error %v", err)
	}
	equal(t, "tables", lines(t, raw, "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"), []string{"other", "sessions_live"})
	if _, err := raw.Exec("DROP TABLE other"); err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", state(t, "sqlite", raw), fresh(t, "sqlite"))
}

// A step that runs again on a database in use adds nothing to it.
func TestAStepThatRunsAgain(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		kind := map[string]string{"sqlite": "sqlite", "mysql": "mariadb"}[l.Store.Kind()]
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			_, err := tx.AddResource(models.ResourceChange{Name: new("Mine"), Type: new("category")})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		before, version := state(t, kind, l.Raw), lines(t, l.Raw, "SELECT SUM(version) FROM generations")
		if _, err := l.Raw.Exec("DELETE FROM migrations"); err != nil {
			t.Fatal(err)
		}
		if err := l.Store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "state", state(t, kind, l.Raw), before)
		equal(t, "versions", lines(t, l.Raw, "SELECT SUM(version) FROM generations"), version)
	})
}
