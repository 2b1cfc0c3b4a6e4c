// Package migrations holds the numbered steps that bring a database to the
// schema of package models. A step is never changed once released: it works on
// types of its own, frozen with it, so that a later change of a model cannot
// change what an old step did.
package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Steps are all steps in order. Ids are a date and a running number.
func Steps() []*gormigrate.Migration {
	return []*gormigrate.Migration{
		{ID: "20261122-01-initial", Migrate: initial},
		{ID: "20261122-02-outside", Migrate: outside},
		{ID: "20261122-03-exchange", Migrate: exchange},
		{ID: "20261122-04-modes", Migrate: modes},
		{ID: "20261122-05-exchange-sessions", Migrate: exchangeSessions},
		{ID: "20261122-06-comparison", Migrate: comparison},
		{ID: "20261122-07-import", Migrate: imports},
		{ID: "20261122-08-usage", Migrate: usage},
		{ID: "20261122-09-passed-writes", Migrate: passedWrites},
	}
}

// options keep gormigrate's own table small and name it plainly.
func options() *gormigrate.Options {
	return &gormigrate.Options{TableName: "migrations", IDColumnName: "id", IDColumnSize: 64, UseTransaction: false}
}

// Up applies the steps that the database lacks. On SQLite all of them are one
// transaction, so that programs that start at the same time take turns, and
// nothing is left of a step that was cut off. MySQL commits at every CREATE
// TABLE; steps take up there what they find.
func Up(db *gorm.DB) error {
	up := func(db *gorm.DB) error { return gormigrate.New(db, options(), Steps()).Migrate() }
	if db.Name() == "mysql" {
		return up(db)
	}
	return db.Transaction(up)
}

// Pending returns the ids of the steps that the database lacks, in order.
func Pending(db *gorm.DB) ([]string, error) {
	applied := map[string]bool{}
	if db.Migrator().HasTable("migrations") {
		var ids []string
		if err := db.Table("migrations").Pluck("id", &ids).Error; err != nil {
			return nil, err
		}
		for _, id := range ids {
			applied[id] = true
		}
	}
	var pending []string
	for _, step := range Steps() {
		if !applied[step.ID] {
			pending = append(pending, step.ID)
		}
	}
	return pending, nil
}

// createTables creates those of the tables that do not exist. MySQL commits at
// each CREATE TABLE, so a step that was cut off is taken up where it stopped.
func createTables(db *gorm.DB, tables ...any) error {
	if db.Name() == "mysql" {
		db = db.Set("gorm:table_options", "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin").Session(&gorm.Session{})
	}
	for _, table := range tables {
		if db.Migrator().HasTable(table) {
			continue
		}
		if err := db.Migrator().CreateTable(table); err != nil {
			return err
		}
	}
	return nil
}
