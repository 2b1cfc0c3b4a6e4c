package models_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// directoryFixture is a store, and a connection of its own to look at what is
// really stored.
type directoryFixture struct {
	*models.Store
	t   *testing.T
	raw *sql.DB
	// seconds is the time, which moves only when a test moves it.
	seconds int64
}

func eachDirectory(t *testing.T, f func(t *testing.T, d *directoryFixture)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			address := kind.Database(t)
			d := &directoryFixture{t: t, seconds: 1000}
			d.Store = modelstest.Open(t, address, func() time.Time { return time.Unix(d.seconds, 0) })
			driver, dsn, _ := strings.Cut(address, ":")
			raw, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			d.raw = raw
			t.Cleanup(func() { _ = raw.Close() })
			f(t, d)
		})
	}
}

// rows returns `id gone_at` of all rows of a table, or id and another column.
func (d *directoryFixture) rows(table, column string) map[uint64]string {
	d.t.Helper()
	rows, err := d.raw.Query("SELECT id, " + column + " FROM " + table)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out := map[uint64]string{}
	for rows.Next() {
		var id uint64
		var value sql.NullString
		if err := rows.Scan(&id, &value); err != nil {
			d.t.Fatal(err)
		}
		if !value.Valid {
			value.String = "NULL"
		}
		out[id] = value.String
	}
	return out
}

func (d *directoryFixture) version() models.Versions {
	d.t.Helper()
	v, err := d.Versions(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

// replaceWith runs ReplaceDirectory over plain rows and returns what was
// refused, as `id: why`.
func replaceWith[R models.DirectoryRow](d *directoryFixture, live, gone []R) (models.DirectoryChanges, []string) {
	d.t.Helper()
	var refused []string
	changes, err := models.ReplaceDirectory(d.t.Context(), d.Store, func(in *models.DirectoryImport[R]) error {
		refused = nil
		put := func(rows []R, put func(R) error) error {
			for i, row := range rows {
				err := put(row)
				var refusal *models.RowError
				if errors.As(err, &refusal) {
					refused = append(refused, fmt.Sprintf("%d: %v", i, refusal))
				} else if err != nil {
					return err
				}
			}
			return nil
		}
		return errors.Join(put(live, in.Put), put(gone, in.PutGone))
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return changes, refused
}

func directoryNetwork(id uint64, name string) models.Network {
	return models.Network{ID: id, Name: name, InfoTraffic: "1-5Gbps", InfoRatio: "Balanced", InfoType: "NSP"}
}

func checkChanges(t *testing.T, step string, got, want models.DirectoryChanges) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %+v, want %+v", step, got, want)
	}
}
