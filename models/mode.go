package models

import (
	"context"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ActionMode says who answers the actions of a pattern. What the words mean is
// the business of package compat; here they are kept, seen and audited.
type ActionMode struct {
	// Pattern is target.action, target.* or *.
	Pattern string `gorm:"primaryKey"`
	Mode    string
	// Share is in percent of the requests.
	Share int
	// ChangedAt is in Unix seconds.
	ChangedAt int64
	// ChangedBy is who changed it: a person's name, or what did it by itself.
	ChangedBy string
	Reason    string
}

// ModeChange is an entry of the audit of modes. An old mode of nil is none that
// was stored, a new one of nil is the end of the stored one.
type ModeChange struct {
	ID       uint64
	Pattern  string
	OldMode  *string
	OldShare *int
	NewMode  *string
	NewShare *int
	// Time is in Unix seconds.
	Time   int64
	By     string
	Reason string
}

// ActionModes returns the stored modes, by pattern.
func (s *Store) ActionModes(ctx context.Context) ([]ActionMode, error) {
	var rows []ActionMode
	err := s.read.WithContext(ctx).Order("pattern").Find(&rows).Error
	return rows, databaseError(err)
}

// ModeChanges returns the last changes of modes, newest first: of one pattern, or
// of all when it is empty.
func (s *Store) ModeChanges(ctx context.Context, pattern string, most int) ([]ModeChange, error) {
	var rows []ModeChange
	query := s.read.WithContext(ctx).Order("id DESC").Limit(most)
	if pattern != "" {
		query = query.Where("pattern = ?", pattern)
	}
	err := query.Find(&rows).Error
	return rows, databaseError(err)
}

// SetActionMode stores who answers the actions of a pattern from now on, and the
// change. Every gateway follows with its next request. A mode equal to the stored
// one changes nothing.
func (s *Store) SetActionMode(ctx context.Context, mode ActionMode) error {
	return s.changeMode(ctx, mode.Pattern, mode.ChangedBy, mode.Reason, func(*ActionMode) *ActionMode { return &mode })
}

// ReplaceActionMode is SetActionMode for one that decides by what it saw: it
// reports false, and changes nothing, when the stored mode and share are not those
// of old any more. An old one of nil is none.
func (s *Store) ReplaceActionMode(ctx context.Context, old *ActionMode, mode ActionMode) (replaced bool, err error) {
	err = s.changeMode(ctx, mode.Pattern, mode.ChangedBy, mode.Reason, func(stored *ActionMode) *ActionMode {
		replaced = old == nil && stored == nil ||
			old != nil && stored != nil && old.Mode == stored.Mode && old.Share == stored.Share
		if replaced {
			return &mode
		}
		return stored
	})
	return replaced, err
}

// UnsetActionMode ends a stored mode, so that the configuration decides again. It
// is no error when none is stored.
func (s *Store) UnsetActionMode(ctx context.Context, pattern, by, reason string) error {
	return s.changeMode(ctx, pattern, by, reason, func(*ActionMode) *ActionMode { return nil })
}

// changeMode replaces the stored mode of a pattern by what decide returns for it;
// nil is none.
func (s *Store) changeMode(ctx context.Context, pattern, by, reason string, decide func(stored *ActionMode) *ActionMode) error {
	if err := checkWho(by, reason); err != nil {
		return err
	}
	return s.Write(ctx, func(tx *Tx) error {
		var rows []ActionMode
		locked := tx.db.Clauses(clause.Locking{Strength: "UPDATE"})
		if !s.mysql {
			locked = tx.db
		}
		if err := locked.Where("pattern = ?", pattern).Find(&rows).Error; err != nil {
			return err
		}
		change := ModeChange{Pattern: pattern, Time: tx.Time, By: by, Reason: reason}
		var stored *ActionMode
		if len(rows) > 0 {
			stored = &rows[0]
			change.OldMode, change.OldShare = &stored.Mode, &stored.Share
		}
		wanted := decide(stored)
		if sameMode(stored, wanted) {
			return nil
		}
		tx.touch(ScopeModes)
		if wanted != nil {
			change.NewMode, change.NewShare = &wanted.Mode, &wanted.Share
		}
		if err := tx.db.Create(&change).Error; err != nil {
			return err
		}
		return storeMode(tx.db, pattern, wanted, tx.Time)
	})
}

// checkWho returns what is wrong with who decides something, and why.
func checkWho(by, reason string) error {
	if by == "" || utf8.RuneCountInString(by) > 255 || utf8.RuneCountInString(reason) > 255 {
		return Errorf(Invalid, "who decides, and why, must be texts of at most 255 characters")
	}
	return nil
}

func sameMode(a, b *ActionMode) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Mode == b.Mode && a.Share == b.Share
}

func storeMode(db *gorm.DB, pattern string, mode *ActionMode, now int64) error {
	if mode == nil {
		return db.Where("pattern = ?", pattern).Delete(&ActionMode{}).Error
	}
	row := *mode
	row.ChangedAt = now
	return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}
