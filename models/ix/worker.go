package ix

import (
	"context"
	"time"

	"provision-gateway/models"
)

// Idle reports whether no object is due. It only reads.
func (s *Store) Idle(ctx context.Context) (bool, error) {
	var row Row
	err := s.Reader(ctx).Select("id").Where("due_at <= ?", s.Now().Unix()).Limit(1).Find(&row).Error
	return row.ID == "", models.DatabaseError(err)
}

// Work takes steps until none is due, with the interval after each round that
// took some. The error of a round ends it.
func (s *Store) Work(ctx context.Context) error {
	for {
		taken, err := s.Step(ctx)
		if err != nil || taken == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.Interval):
		}
	}
}
