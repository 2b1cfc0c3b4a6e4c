package modelstest

import (
	"database/sql"
	"testing"

	"provision-gateway/models"
)

// Column lists the first column of a query's rows as texts; NULL is `NULL`.
func Column(t testing.TB, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	lines := []string{}
	for rows.Next() {
		var text *string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if text == nil {
			text = new("NULL")
		}
		lines = append(lines, *text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// Put adds rows to the directory.
func Put[R models.DirectoryRow](t testing.TB, store *models.Store, rows ...R) {
	t.Helper()
	_, err := models.MergeDirectory(t.Context(), store, func(in *models.DirectoryImport[R]) error {
		for _, row := range rows {
			if err := in.Put(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
