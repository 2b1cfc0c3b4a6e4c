package models

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"provision-gateway/models/migrations"
)

// Migrate brings the schema up to date. Gateways that start at the same time
// on one database take turns.
func (s *Store) Migrate(ctx context.Context) error {
	if !s.mysql {
		return migrations.Up(s.write.WithContext(ctx))
	}
	return s.write.WithContext(ctx).Connection(func(db *gorm.DB) error {
		// Without a session of its own, each call would add to the last one.
		db = db.Session(&gorm.Session{})
		if err := takeMigrationTurn(db); err != nil {
			return databaseError(err)
		}
		defer func() { _ = db.Exec("DO RELEASE_LOCK(" + migrationLock + ")").Error }()
		return databaseError(migrations.Up(db))
	})
}

// migrationLock is the SQL of a lock's name. Such names are common to the
// whole server and limited to 64 characters, as long as that of a database can
// be.
const migrationLock = "CONCAT('provision-gateway ', MD5(DATABASE()))"

// takeMigrationTurn waits for up to a minute, in parts that are shorter than
// the silence after which the connection is given up.
func takeMigrationTurn(db *gorm.DB) error {
	for range 30 {
		var got sql.NullInt64
		if err := db.Raw("SELECT GET_LOCK(" + migrationLock + ", 2)").Scan(&got).Error; err != nil {
			return err
		}
		if got.Int64 == 1 {
			return nil
		}
	}
	return errors.New("another gateway has been migrating this database for 60 s")
}

// PendingMigrations returns the ids of the steps the database lacks.
func (s *Store) PendingMigrations(ctx context.Context) ([]string, error) {
	ids, err := migrations.Pending(s.read.WithContext(ctx))
	return ids, databaseError(err)
}
