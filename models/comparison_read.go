package models

import "context"

// ComparisonSum is a count of an action, added up over slots.
type ComparisonSum struct {
	Action string
	Name   string
	Count  int64
	// First and Last are the begins of the first and the last slot that counted,
	// in Unix seconds.
	First int64
	Last  int64
}

// ComparisonSums adds up the counts of slots of a length, in seconds, that begin
// at a time, in Unix seconds, or later: by action and name, in that order.
func (s *Store) ComparisonSums(ctx context.Context, seconds, from int64) ([]ComparisonSum, error) {
	var sums []ComparisonSum
	err := s.read.WithContext(ctx).Model(&ComparisonCount{}).
		Select("action, name, SUM(count) AS count, MIN(start) AS first, MAX(start) AS last").
		Where("seconds = ? AND start >= ?", seconds, from).Group("action, name").Order("action, name").Find(&sums).Error
	return sums, databaseError(err)
}

// ComparisonSum adds up the counts of an action by name, over slots of a length
// that begin at a time or later.
func (s *Store) ComparisonSum(ctx context.Context, action string, seconds, from int64) (map[string]int64, error) {
	var sums []ComparisonSum
	err := s.read.WithContext(ctx).Model(&ComparisonCount{}).Select("name, SUM(count) AS count").
		Where("action = ? AND seconds = ? AND start >= ?", action, seconds, from).Group("name").Find(&sums).Error
	out := map[string]int64{}
	for _, sum := range sums {
		out[sum.Name] = sum.Count
	}
	return out, databaseError(err)
}

// ComparisonFirst returns the begin, in Unix seconds, of the first slot of a length
// that begins at a time or later and has one of these counts of an action; 0 when
// none has.
func (s *Store) ComparisonFirst(ctx context.Context, action string, seconds, from int64, names ...string) (int64, error) {
	var first []int64
	err := s.read.WithContext(ctx).Model(&ComparisonCount{}).
		Where("action = ? AND seconds = ? AND start >= ? AND name IN ?", action, seconds, from, names).Order("start").Limit(1).Pluck("start", &first).Error
	if err != nil || len(first) == 0 {
		return 0, databaseError(err)
	}
	return first[0], nil
}

// LastModeChanges returns when the mode of each pattern was last changed, in Unix
// seconds: stored, ended, or said to be looked at anew.
func (s *Store) LastModeChanges(ctx context.Context) (map[string]int64, error) {
	var rows []ModeChange
	err := s.read.WithContext(ctx).Model(&ModeChange{}).Select("pattern, MAX(time) AS time").Group("pattern").Find(&rows).Error
	last := map[string]int64{}
	for _, row := range rows {
		last[row.Pattern] = row.Time
	}
	return last, databaseError(err)
}

// ComparisonDifferences returns the differences that were seen at a time, in Unix
// seconds, or later: by action, the most frequent first.
func (s *Store) ComparisonDifferences(ctx context.Context, since int64) ([]ComparisonDifference, error) {
	var rows []ComparisonDifference
	err := s.read.WithContext(ctx).Where("last_seen >= ?", since).Order("action, count DESC, fingerprint").Find(&rows).Error
	return rows, databaseError(err)
}

// ComparisonNoise returns where the original was seen to differ with itself at a
// time, in Unix seconds, or later: by action and path.
func (s *Store) ComparisonNoise(ctx context.Context, since int64) ([]ComparisonNoise, error) {
	var rows []ComparisonNoise
	err := s.read.WithContext(ctx).Where("last_seen >= ?", since).Order("action, path").Find(&rows).Error
	return rows, databaseError(err)
}

// PruneComparisons removes the counts of slots of a length that begin before a
// time, in Unix seconds.
func (s *Store) PruneComparisons(ctx context.Context, seconds, before int64) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("seconds = ? AND start < ?", seconds, before).Delete(&ComparisonCount{}).Error
	})
}

// PruneComparisonNoise removes what was last seen before a time, in Unix seconds.
func (s *Store) PruneComparisonNoise(ctx context.Context, before int64) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("last_seen < ?", before).Delete(&ComparisonNoise{}).Error
	})
}
