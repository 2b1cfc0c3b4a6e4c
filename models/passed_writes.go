package models

import (
	"context"
	"fmt"
	"slices"
)

// PassedWrites says how far a scope of this database is behind an original server
// that answers writes: what such a write changes is here only after the next
// import.
type PassedWrites struct {
	Scope Scope `gorm:"primaryKey"`
	// Passed counts the begins and the ends of writes that were passed on. Covered
	// is how many of them lay before the begin of an import that was complete.
	Passed, Covered int64
	// Since is when the first write that is not covered was passed on, at the
	// earliest, in Unix seconds; 0 when all are covered.
	Since int64
}

// Stale reports whether the original was told to change something that no import
// has brought here.
func (p PassedWrites) Stale() bool { return p.Passed > p.Covered }

// PassedWrites returns how far each scope is behind that an original can change.
func (s *Store) PassedWrites(ctx context.Context) ([]PassedWrites, error) {
	var rows []PassedWrites
	err := s.read.WithContext(ctx).Order("scope").Find(&rows).Error
	return rows, databaseError(err)
}

// WriteBegins notes that a write that may change these scopes is about to be passed
// on to an original server. It has to be committed before that: who stops in between
// leaves a database that is known to be behind. Every gateway sees with its next
// request that it is. The result is for WriteFailed.
func (tx *Tx) WriteBegins(some ...Scope) ([]PassedWrites, error) { return tx.notePassed(some) }

// WriteEnds notes that the original has answered a write, or that its outcome is not
// known. An import that began while the write was under way does not cover it: it
// may have read before the write was done.
func (tx *Tx) WriteEnds(some ...Scope) error {
	_, err := tx.notePassed(some)
	return err
}

// notePassed counts one more. The version of the modes is raised only where what
// callers get changes, so that a row of writes has gateways read the modes once.
func (tx *Tx) notePassed(some []Scope) ([]PassedWrites, error) {
	if len(some) == 0 {
		return nil, nil
	}
	// Since comes first: MySQL would see the new value of passed.
	counted := tx.db.Exec("UPDATE passed_writes SET since = CASE WHEN passed > covered THEN since ELSE ? END, passed = passed + 1"+
		" WHERE scope IN ?", tx.Time, some)
	if counted.Error != nil {
		return nil, counted.Error
	}
	if int(counted.RowsAffected) != len(some) {
		return nil, fmt.Errorf("%d of the scopes %v have a count of passed writes", counted.RowsAffected, some)
	}
	var rows []PassedWrites
	if err := tx.db.Where("scope IN ?", some).Order("scope").Find(&rows).Error; err != nil {
		return nil, err
	}
	if slices.ContainsFunc(rows, func(p PassedWrites) bool { return p.Passed == p.Covered+1 }) {
		tx.touch(ScopeModes)
	}
	return rows, nil
}

// WriteFailed takes back what WriteBegins noted, for a write that surely did not
// reach the original. Where another write was passed on since, or one before it is
// not covered, nothing changes.
func (tx *Tx) WriteFailed(begun []PassedWrites) error {
	for _, p := range begun {
		// The count itself never goes down: an import may have taken it already, and
		// would cover the next write with it.
		if err := tx.coverSince(0, p.Scope, p.Passed, "passed = ? AND covered = ?", p.Passed, p.Passed-1); err != nil {
			return err
		}
	}
	return nil
}

// A PassedMark is how far each scope was behind at a moment.
type PassedMark struct {
	passed []PassedWrites
	at     int64
}

// MarkPassedWrites takes what an import will cover. It has to be taken before
// anything is read of the original.
func (s *Store) MarkPassedWrites(ctx context.Context) (PassedMark, error) {
	rows, err := s.PassedWrites(ctx)
	return PassedMark{rows, s.now().Unix()}, err
}

// CoverPassedWrites notes that an import is complete which began with this mark.
// Scopes to which nothing was passed on since are not behind any more, for every
// gateway with its next request.
func (s *Store) CoverPassedWrites(ctx context.Context, m PassedMark) error {
	return s.Write(ctx, func(tx *Tx) error {
		for _, p := range m.passed {
			// Another import may have covered more.
			if err := tx.coverSince(m.at, p.Scope, p.Passed, "covered < ?", p.Passed); err != nil {
				return err
			}
		}
		return nil
	})
}

// coverSince covers writes of a scope where a condition holds. What is not covered
// was passed on after a time.
func (tx *Tx) coverSince(since int64, scope Scope, covered int64, where string, args ...any) error {
	all := append([]any{covered, since, covered, scope}, args...)
	done := tx.db.Exec("UPDATE passed_writes SET since = CASE WHEN passed > ? THEN ? ELSE 0 END, covered = ? WHERE scope = ? AND "+where, all...)
	if done.Error == nil && done.RowsAffected > 0 {
		tx.touch(ScopeModes)
	}
	return done.Error
}
