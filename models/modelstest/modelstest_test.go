package modelstest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// contents lists all rows of all tables, as text.
func contents(t *testing.T, l *modelstest.Lent) []string {
	t.Helper()
	var lines []string
	for _, table := range []string{"networks", "log_entries", "sessions", "resources", "section_fields", "generations", "migrations", "api_keys", "secrets"} {
		rows, err := l.Raw.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if table == "migrations" {
			rows, err = l.Raw.Query("SELECT * FROM migrations ORDER BY 1")
		}
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, targets := make([]*string, len(columns)), make([]any, len(columns))
			for i := range values {
				targets[i] = &values[i]
			}
			if err := rows.Scan(targets...); err != nil {
				t.Fatal(err)
			}
			line := table
			for i, v := range values {
				// The migrations note when they ran.
				if v != nil && columns[i] != "date" && columns[i] != "modified" {
					line += fmt.Sprintf(" %s=%s", columns[i], *v)
				}
			}
			lines = append(lines, line)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

func TestALentDatabaseIsAlwaysFresh(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			pool := modelstest.NewPool(kind)
			var first []string
			for i := range 3 {
				t.Run(fmt.Sprint("loan ", i), func(t *testing.T) {
					l := pool.Get(t, nil)
					now := contents(t, l)
					if i == 0 {
						first = now
					}
					if len(now) < 50 {
						t.Errorf("%d rows, want what the migrations put there", len(now))
					}
					if d := modelstest.Differences(first, now); d != "" {
						t.Errorf("other content than at first:\n%s", d)
					}
					spend(t, l)
					if d := modelstest.Differences(first, contents(t, l)); d == "" {
						t.Error("the test changed nothing")
					}
				})
			}
		})
	}
}

// spend uses up ids, changes what was there and adds rows.
func spend(t *testing.T, l *modelstest.Lent) {
	t.Helper()
	asn, peer := uint32(64500), "192.0.2.1"
	err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
		s := models.Session{PeerASN: &asn, PeerIPAddr: &peer, IPType: "ipv4"}
		if err := tx.AddSession(&s); err != nil {
			return err
		}
		if s.ID != 1 {
			return fmt.Errorf("the first session has id %d", s.ID)
		}
		name := "Changed"
		_, err := tx.UpdateResource(models.RootID, models.ResourceChange{Name: &name})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Store.AddKey(t.Context(), models.NewKey{Name: "spent", Allow: models.Permissions()}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Raw.Exec("DELETE FROM section_fields"); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherSharesDatabaseAndKeys(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		key, secret, err := l.Store.AddKey(t.Context(), models.NewKey{Name: "name", Allow: models.Permissions()})
		if err != nil {
			t.Fatal(err)
		}
		found, err := l.Another(t).Credential(t.Context(), key)
		if err != nil || found == nil || found.Secret != secret {
			t.Errorf("another store finds %v, %v", found, err)
		}
	})
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, a, b, want string }{
		{"equal", "a|b", "a|b", ""},
		{"both empty", "", "", ""},
		{"changed", "a|b|c", "a|x|c", "- \"b\"\n+ \"x\"\n"},
		{"order", "a|b", "b|a", "- \"a\"\n+ \"b\"\n- \"b\"\n+ \"a\"\n"},
		{"missing", "a|b", "a", "- \"b\"\n"},
		{"added", "a", "a|b", "+ \"b\"\n"},
		{"accents that look the same", "\u00e9", "e\u0301", "- \"\\u00e9\"\n+ \"e\\u0301\"\n"},
		{"space at the end", "a", "a ", "- \"a\"\n+ \"a \"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := modelstest.Differences(strings.Split(test.a, "|"), strings.Split(test.b, "|")); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSameRunsOnEveryKind(t *testing.T) {
	t.Parallel()
	var kinds []string
	lines := modelstest.Same(t, nil, func(t *testing.T, l *modelstest.Lent) []string {
		kinds = append(kinds, l.Store.Kind())
		return []string{"same"}
	})
	if strings.Join(kinds, " ") != "sqlite mysql" || len(lines) != 1 || lines[0] != "same" {
		t.Errorf("ran on %v, returned %v", kinds, lines)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := modelstest.NewClock(1400800494)
	if got := c.Now().Format(time.DateTime); got != "2014-05-22 23:14:54" {
		t.Errorf("shows %s", got)
	}
	c.Advance(90 * time.Second)
	if got := c.Now().Format(time.DateTime); got != "2014-05-22 23:16:24" {
		t.Errorf("shows %s after 90 s", got)
	}
}
