package models

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ComparisonCount is how often something happened to the compared requests of an
// action within a slot of time. What the names mean is the business of package
// comparison; here they are added up, over all gateways of the database.
type ComparisonCount struct {
	// Action is target.action.
	Action string `gorm:"primaryKey"`
	// Seconds is the length of the slot, and Start its begin in Unix seconds.
	Seconds int64  `gorm:"primaryKey"`
	Start   int64  `gorm:"primaryKey"`
	Name    string `gorm:"primaryKey"`
	Count   int64
}

// ComparisonDifference is a difference between the answers of both sides, of
// which one sample is kept: the first.
type ComparisonDifference struct {
	// Fingerprint is equal for differences that count as the same.
	Fingerprint string `gorm:"primaryKey"`
	Action      string
	Path        string
	Kind        string
	Count       int64
	// FirstSeen and LastSeen are in Unix seconds.
	FirstSeen int64
	LastSeen  int64
	// Sample is JSON, without secrets.
	Sample string
}

// ComparisonNoise is how often, on one day, answers of the original to one request
// differed in a place.
type ComparisonNoise struct {
	// Fingerprint is equal for what is counted together.
	Fingerprint string `gorm:"primaryKey"`
	Action      string
	Path        string
	Count       int64
	// FirstSeen and LastSeen are in Unix seconds.
	FirstSeen int64
	LastSeen  int64
}

// CountProbes is the name under which it is counted how often the original was
// asked twice to see whether it differs with itself. It belongs to what is known of
// that, and outlasts StartComparisonAnew.
const CountProbes = "probes"

// CountNotKept is the name under which AddComparisons counts differences that it
// did not keep.
const CountNotKept = "not_kept"

// ComparisonBatch is what a gateway found since the last one.
type ComparisonBatch struct {
	Counts      []ComparisonCount
	Differences []ComparisonDifference
	Noise       []ComparisonNoise
	// Most and MostOfAction are how many differences are kept in all, and of one
	// action. Those that are kept make no room for others.
	Most, MostOfAction int
}

// AddComparisons adds a batch to what is stored, as one change. Of a difference
// that is stored already, only the count and the last time change. One for which
// there is no room is counted under CountNotKept of its action, in the slot of an
// hour.
func (s *Store) AddComparisons(ctx context.Context, b ComparisonBatch) error {
	return s.Write(ctx, func(tx *Tx) error {
		counts := slices.Clone(b.Counts)
		for _, d := range sortedBy(b.Differences, func(d ComparisonDifference) string { return d.Fingerprint }) {
			kept, err := tx.addDifference(d, b)
			if err != nil {
				return err
			}
			if !kept {
				const hour = 3600
				counts = append(counts, ComparisonCount{d.Action, hour, d.LastSeen - d.LastSeen%hour, CountNotKept, d.Count})
			}
		}
		if err := tx.addCounts(counts); err != nil {
			return err
		}
		for _, n := range sortedBy(b.Noise, func(n ComparisonNoise) string { return n.Fingerprint }) {
			later := clause.OnConflict{DoUpdates: clause.Assignments(map[string]any{
				"count": gorm.Expr("comparison_noises.count + ?", n.Count), "last_seen": n.LastSeen,
			})}
			later.Columns = []clause.Column{{Name: "fingerprint"}}
			if err := tx.db.Clauses(later).Create(&n).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// sortedBy is in one order for all gateways, against deadlocks.
func sortedBy[R any](rows []R, key func(R) string) []R {
	return slices.SortedFunc(slices.Values(rows), func(a, b R) int { return cmp.Compare(key(a), key(b)) })
}

func (tx *Tx) addCounts(counts []ComparisonCount) error {
	sums := map[ComparisonCount]int64{}
	for _, c := range counts {
		n := c.Count
		c.Count = 0
		sums[c] += n
	}
	rows := make([]ComparisonCount, 0, len(sums))
	for c, n := range sums {
		c.Count = n
		rows = append(rows, c)
	}
	slices.SortFunc(rows, func(a, b ComparisonCount) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Name, b.Name))
	})
	sum := "comparison_counts.count + excluded.count"
	if tx.store.mysql {
		sum = "comparison_counts.count + VALUES(count)"
	}
	add := clause.OnConflict{
		Columns:   []clause.Column{{Name: "action"}, {Name: "seconds"}, {Name: "start"}, {Name: "name"}},
		DoUpdates: clause.Assignments(map[string]any{"count": gorm.Expr(sum)}),
	}
	for part := range slices.Chunk(rows, 100) {
		if err := tx.db.Clauses(add).Create(&part).Error; err != nil {
			return err
		}
	}
	return nil
}

// addDifference reports whether the difference is stored now.
func (tx *Tx) addDifference(d ComparisonDifference, b ComparisonBatch) (bool, error) {
	known := tx.db.Model(&ComparisonDifference{}).Where("fingerprint = ?", d.Fingerprint).
		Updates(map[string]any{"count": gorm.Expr("count + ?", d.Count), "last_seen": gorm.Expr(tx.greatest("last_seen"), d.LastSeen)})
	if known.Error != nil || known.RowsAffected > 0 {
		return true, known.Error
	}
	// The rows are locked, so that two gateways do not both take the last place.
	counted := tx.db.Model(&ComparisonDifference{})
	if tx.store.mysql {
		counted = counted.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var actions []string
	if err := counted.Pluck("action", &actions).Error; err != nil {
		return false, err
	}
	all := len(actions)
	actions = slices.DeleteFunc(actions, func(action string) bool { return action != d.Action })
	if all >= b.Most || len(actions) >= b.MostOfAction {
		return false, nil
	}
	return true, tx.db.Create(&d).Error
}

// greatest is the SQL of the greater one of a column and an argument.
func (tx *Tx) greatest(column string) string {
	if tx.store.mysql {
		return "GREATEST(" + column + ", ?)"
	}
	return "MAX(" + column + ", ?)"
}
