package models

import "context"

// StartComparisonAnew deletes what was found for an action up to now, so that what
// was mended does not count any more, and audits who said so and why. Where the
// original differs with itself stays known.
func (s *Store) StartComparisonAnew(ctx context.Context, action, by, reason string) error {
	if err := checkWho(by, reason); err != nil {
		return err
	}
	return s.Write(ctx, func(tx *Tx) error {
		if err := tx.db.Where("action = ? AND name <> ?", action, CountProbes).Delete(&ComparisonCount{}).Error; err != nil {
			return err
		}
		if err := tx.db.Where("action = ?", action).Delete(&ComparisonDifference{}).Error; err != nil {
			return err
		}
		change := ModeChange{Pattern: action, Time: tx.Time, By: by, Reason: reason}
		var stored []ActionMode
		if err := tx.db.Where("pattern = ?", action).Find(&stored).Error; err != nil {
			return err
		}
		if len(stored) > 0 {
			mode, share := &stored[0].Mode, &stored[0].Share
			change.OldMode, change.OldShare, change.NewMode, change.NewShare = mode, share, mode, share
		}
		return tx.db.Create(&change).Error
	})
}
