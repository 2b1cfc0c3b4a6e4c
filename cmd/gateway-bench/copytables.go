package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// copiedTables are all tables whose rows the gateway answers from. What is left
// out belongs to one database: its migrations and the versions of its scopes.
var copiedTables = []string{
	"networks", "exchanges", "exchange_prefixes", "ports", "contacts", "communications", "log_entries", "requests", "sessions",
	"resources", "section_fields", "secrets", "field_values", "api_keys", "ix_objects", "ix_signing_keys",
}

// copiedAtOnce is how many rows one statement inserts.
const copiedAtOnce = 200

// copyTables makes the rows of a database those of another, with the same ids.
func copyTables(ctx context.Context, from, to *sql.DB) error {
	for _, table := range copiedTables {
		if err := copyTable(ctx, from, to, table); err != nil {
			return fmt.Errorf("copy table %s: %w", table, err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from, to *sql.DB, table string) error {
	if _, err := to.ExecContext(ctx, "DELETE FROM "+table); err != nil {
		return err
	}
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+table+" ORDER BY id")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	insert := func(values []any) error {
		if len(values) == 0 {
			return nil
		}
		_, err := to.ExecContext(ctx, insertion(table, columns, len(values)/len(columns)), values...)
		return err
	}
	var values []any
	for rows.Next() {
		row, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if values = append(values, row...); len(values) == copiedAtOnce*len(columns) {
			if err := insert(values); err != nil {
				return err
			}
			values = values[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return insert(values)
}

// insertion is a statement that inserts some rows.
func insertion(table string, columns []string, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + "),"
	return "INSERT INTO " + table + " (`" + strings.Join(columns, "`,`") + "`) VALUES " +
		strings.TrimSuffix(strings.Repeat(row, rows), ",")
}
