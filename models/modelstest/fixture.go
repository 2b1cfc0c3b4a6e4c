package modelstest

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
)

// Fixture is rows to put into a migrated database: for each table a list of
// rows, each a value per column. A value like "2014-05-22 23:14:54" in a column
// of time is turned into Unix seconds. What can be derived is: name_fold, slug,
// live_slug, live_key, the section of an entry (from "section", its slug), and
// the sealed form of a secret (from "plain").
type Fixture struct {
	// Clear are tables to empty first.
	Clear []string
	// Defaults are values by table and column for rows that name none.
	Defaults map[string]map[string]any
	Rows     map[string][]map[string]any
}

// ReadFixture reads NAME.json.
func ReadFixture(t testing.TB, files fs.FS, name string) Fixture {
	t.Helper()
	data, err := fs.ReadFile(files, name+".json")
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	f := Fixture{Rows: map[string][]map[string]any{}}
	if err := json.Unmarshal(data, &members); err != nil {
		t.Fatalf("fixture %s: %v", name, err)
	}
	for member, value := range members {
		decoder := json.NewDecoder(bytes.NewReader(value))
		decoder.UseNumber()
		switch member {
		case "clear":
			err = decoder.Decode(&f.Clear)
		case "defaults":
			err = decoder.Decode(&f.Defaults)
		default:
			var rows []map[string]any
			err = decoder.Decode(&rows)
			f.Rows[member] = rows
		}
		if err != nil {
			t.Fatalf("fixture %s, %s: %v", name, member, err)
		}
	}
	return f
}

// tableOrder puts referenced rows first.
var tableOrder = []string{
	"networks", "exchanges", "exchange_prefixes", "ports", "contacts", "communications", "log_entries", "requests", "sessions",
	"resources", "section_fields", "secrets", "field_values", "api_keys",
}

// Insert puts the rows of fixtures into a database.
func Insert(t testing.TB, db *sql.DB, ring *keyring.Keyring, fixtures ...Fixture) {
	t.Helper()
	defaults := map[string]map[string]any{}
	for _, f := range fixtures {
		for table, values := range f.Defaults {
			if defaults[table] == nil {
				defaults[table] = map[string]any{}
			}
			maps.Copy(defaults[table], values)
		}
		for _, table := range f.Clear {
			if _, err := db.Exec("DELETE FROM " + table); err != nil {
				t.Fatal(err)
			}
		}
		for table := range f.Rows {
			if !slices.Contains(tableOrder, table) {
				t.Fatalf("fixture: no table %s", table)
			}
		}
		for _, table := range tableOrder {
			for _, given := range f.Rows[table] {
				row := maps.Clone(defaults[table])
				if row == nil {
					row = map[string]any{}
				}
				maps.Copy(row, given)
				derive(t, db, ring, table, row)
				insert(t, db, table, row)
			}
		}
	}
	// Whoever watches the versions must see the change.
	if _, err := db.Exec("UPDATE generations SET version = version + 1 WHERE stripe = 0"); err != nil {
		t.Fatal(err)
	}
}

func derive(t testing.TB, db *sql.DB, ring *keyring.Keyring, table string, row map[string]any) {
	t.Helper()
	text := func(column string) string {
		if v := row[column]; v != nil {
			return fmt.Sprint(v)
		}
		return ""
	}
	switch table {
	case "networks":
		row["name_fold"] = []byte(models.Fold(text("name")))
	case "sessions":
		if row["deleted_at"] == nil {
			row["live_key"] = text("resource_id") + "|" + text("source_ipaddr") + "|" + text("peer_ipaddr")
		}
	case "resources":
		if row["slug"] == nil {
			row["slug"] = models.Slugify(text("name"))
		}
		if row["deleted_at"] == nil {
			row["live_slug"] = row["slug"]
		}
		if section, ok := row["section"]; ok {
			delete(row, "section")
			var id int64
			if err := db.QueryRow("SELECT id FROM resources WHERE live_slug = ?", section).Scan(&id); err != nil {
				t.Fatalf("fixture: section %v: %v", section, err)
			}
			row["section_id"] = id
		}
	case "secrets":
		var id uint64
		if _, err := fmt.Sscan(text("id"), &id); err != nil {
			t.Fatal(err)
		}
		keyID, sealed, err := ring.Seal(models.SecretPlace(id), []byte(text("plain")))
		if err != nil {
			t.Fatal(err)
		}
		delete(row, "plain")
		row["key_id"], row["sealed"] = keyID, sealed
	}
	for column, value := range row {
		if s, ok := value.(string); ok && (strings.HasSuffix(column, "_at") || slices.Contains([]string{"time", "date", "modified", "date_created", "date_lastupdated"}, column)) {
			at, err := time.Parse(time.DateTime, s)
			if err != nil {
				t.Fatalf("fixture: %s.%s: %v", table, column, err)
			}
			row[column] = at.Unix()
		}
	}
}

func insert(t testing.TB, db *sql.DB, table string, row map[string]any) {
	t.Helper()
	columns := slices.Sorted(maps.Keys(row))
	values := make([]any, len(columns))
	for i, column := range columns {
		values[i] = row[column]
		if n, ok := values[i].(json.Number); ok {
			values[i] = n.String()
		}
	}
	quoted := "`" + strings.Join(columns, "`, `") + "`"
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	if _, err := db.Exec("INSERT INTO "+table+" ("+quoted+") VALUES ("+marks+")", values...); err != nil {
		t.Fatalf("fixture: %s %v: %v", table, row["id"], err)
	}
}

// Raw opens a second connection to a database, past the models.
func Raw(t testing.TB, database string) *sql.DB {
	t.Helper()
	kind, where, _ := strings.Cut(database, ":")
	if kind == "sqlite" {
		return opened(t, "sqlite", where+"?_pragma=busy_timeout(10000)")
	}
	cfg, err := mysql.ParseDSN(where)
	if err != nil {
		t.Fatal(err)
	}
	cfg.MultiStatements = true
	return opened(t, "mysql", cfg.FormatDSN())
}

func opened(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
