package models

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm/clause"
)

// ImportedObject notes that an object came from an original server, so that what
// goes there can go here too, and what was changed here is not overwritten.
type ImportedObject struct {
	Kind string `gorm:"primaryKey"`
	// First and Second are the id of the object, or the two that name it.
	First  uint64 `gorm:"primaryKey;autoIncrement:false"`
	Second uint64 `gorm:"primaryKey;autoIncrement:false"`
	// Sum is equal for objects with equal values.
	Sum string
}

// ImportedObjects returns all objects that came from an original server.
func (s *Store) ImportedObjects(ctx context.Context) ([]ImportedObject, error) {
	var rows []ImportedObject
	err := s.read.WithContext(ctx).Find(&rows).Error
	return rows, databaseError(err)
}

// NoteImported notes objects that came from an original server.
func (tx *Tx) NoteImported(objects []ImportedObject) error {
	for some := range slices.Chunk(objects, importBatch) {
		if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&some).Error; err != nil {
			return err
		}
	}
	return nil
}

// ForgetImported forgets an object that is gone.
func (tx *Tx) ForgetImported(o ImportedObject) error {
	return tx.db.Where("kind = ? AND first = ? AND second = ?", o.Kind, o.First, o.Second).Delete(&ImportedObject{}).Error
}

// importBatch is how many rows one statement of an import reads or writes.
const importBatch = 100

// raisable are the tables whose ids an import keeps, and whose next ids must be
// beyond them.
var raisable = []string{"requests", "sessions", "resources", "secrets"}

// RaiseIDs makes the next row of a table get an id of at least next. A table whose
// next id is larger already stays as it is. On MySQL it is no part of a
// transaction, since ALTER TABLE commits.
func (s *Store) RaiseIDs(ctx context.Context, table string, next uint64) error {
	if !slices.Contains(raisable, table) {
		return fmt.Errorf("the ids of %s cannot be raised", table)
	}
	db := s.write.WithContext(ctx)
	if s.mysql {
		// A smaller number than the server's own is ignored.
		return databaseError(db.Exec(fmt.Sprintf("ALTER TABLE %s AUTO_INCREMENT = %d", table, next)).Error)
	}
	return databaseError(s.Write(ctx, func(tx *Tx) error {
		updated := tx.db.Exec("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", next-1, table)
		if updated.Error != nil || updated.RowsAffected > 0 {
			return updated.Error
		}
		return tx.db.Exec("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, next-1).Error
	}))
}
