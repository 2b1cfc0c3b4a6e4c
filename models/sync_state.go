package models

import (
	"context"

	"gorm.io/gorm/clause"
)

// SyncState says how far the copy of one type of PeeringDB's objects has come.
// It changes in the transaction that takes the rows over, so it is never ahead
// of them.
type SyncState struct {
	// Object is the type as the API names it: net, ix, netixlan, ixpfx or poc.
	Object string `gorm:"primaryKey"`
	// Cursor is the latest change that was taken over, in Unix seconds of
	// PeeringDB's clock: the largest `updated` seen.
	Cursor int64
	// FullAt and RanAt are the Unix seconds at which the last complete list, and
	// the last list of any kind, was taken over. FullAt is 0 before the first.
	FullAt int64
	RanAt  int64
}

// SyncStates returns how far each type of object has come, by its name. Types
// that were never taken over are missing.
func (s *Store) SyncStates(ctx context.Context) (map[string]SyncState, error) {
	var rows []SyncState
	if err := s.read.WithContext(ctx).Find(&rows).Error; err != nil {
		return nil, databaseError(err)
	}
	out := map[string]SyncState{}
	for _, row := range rows {
		out[row.Object] = row
	}
	return out, nil
}

// SetSyncState notes how far a type of object has come.
func (tx *Tx) SetSyncState(state SyncState) error {
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&state).Error
}
