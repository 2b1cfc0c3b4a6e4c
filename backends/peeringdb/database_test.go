package peeringdb_test

import (
	"database/sql"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// database is a store, and a connection of its own to look at what is really
// stored.
type database struct {
	*models.Store
	t   testing.TB
	raw *sql.DB
}

func open(t testing.TB, kind modelstest.Kind) *database {
	t.Helper()
	address := kind.Database(t)
	d := &database{Store: modelstest.Open(t, address, nil), t: t}
	driver, dsn, _ := strings.Cut(address, ":")
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	d.raw = raw
	return d
}

func each(t *testing.T, f func(t *testing.T, d *database)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			f(t, open(t, kind))
		})
	}
}

func sqlite(t testing.TB) *database {
	t.Helper()
	return open(t, modelstest.Kinds()[0])
}

// answer runs a query and returns a line per row, its columns separated by |.
func (d *database) answer(query string) string {
	d.t.Helper()
	rows, err := d.raw.Query(query)
	if err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		d.t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			d.t.Fatal(err)
		}
		var cells []string
		for _, v := range values {
			if !v.Valid {
				v.String = "NULL"
			}
			cells = append(cells, v.String)
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func (d *database) count(query string) int {
	d.t.Helper()
	n, err := strconv.Atoi(d.answer(query))
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *database) version() models.Versions {
	d.t.Helper()
	v, err := d.Versions(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}
