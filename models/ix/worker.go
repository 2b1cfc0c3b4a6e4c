package ix

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"provision-gateway/models"
)

// batch is how many objects Step takes on at most.
const batch = 200

// putOff is how many seconds an object is left alone whose step failed.
const putOff = 60

// Idle reports whether no object is due. It only reads.
func (s *Store) Idle(ctx context.Context) (bool, error) {
	var row Row
	err := s.Reader(ctx).Select("id").Where("due_at <= ?", s.Now().Unix()).Limit(1).Find(&row).Error
	return row.ID == "", models.DatabaseError(err)
}

// Step lets the objects that are due take one step each, in transactions of
// their own, and returns how many did. It begins with those that are due for
// longest. A step is taken once, whoever else is at it, and as a whole. An object
// whose step fails holds up no other one; it is due again a minute later, and the
// error names it.
func (s *Store) Step(ctx context.Context) (taken int, err error) {
	var due []Row
	err = s.Reader(ctx).Select("id", "collection").Where("due_at <= ?", s.Now().Unix()).Order("due_at, position, id").Limit(batch).Find(&due).Error
	if err != nil {
		return 0, models.DatabaseError(err)
	}
	var failed []error
	for _, row := range due {
		if ctx.Err() != nil {
			return taken, errors.Join(append(failed, ctx.Err())...)
		}
		did, err := s.stepOf(ctx, row.ID)
		if did {
			taken++
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		failed = append(failed, fmt.Errorf("%s %s: %w", row.Collection, row.ID, err))
		if err := s.postpone(ctx, row.ID); err != nil {
			return taken, errors.Join(append(failed, err)...)
		}
	}
	return taken, errors.Join(failed...)
}

// stepOf takes the next step of an object if it is still due. A panic becomes an
// error.
func (s *Store) stepOf(ctx context.Context, id string) (did bool, err error) {
	err = s.Write(ctx, "", func(tx *Tx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		// It may be tried again.
		did = false
		var row Row
		err = tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND due_at <= ?", id, tx.Time).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		o, err := decode(&row)
		if err != nil {
			return err
		}
		// Who has another step to take says when.
		if err := tx.Due(row.Collection, o, nil); err != nil {
			return err
		}
		k, _ := kindOf(row.Collection)
		if k.advance == nil {
			return nil
		}
		did = true
		return k.advance(tx, o)
	})
	return did && err == nil, err
}

// postpone makes an object due later.
func (s *Store) postpone(ctx context.Context, id string) error {
	return s.Write(ctx, "", func(tx *Tx) error {
		at := tx.Time + putOff
		return tx.db.Model(&Row{}).Where("id = ? AND due_at <= ?", id, tx.Time).Update("due_at", at).Error
	})
}

// Work takes steps until none is due, with a pause after each round that took
// some. The error of a round ends it.
func (s *Store) Work(ctx context.Context, pause time.Duration) error {
	for {
		taken, err := s.Step(ctx)
		if err != nil || taken == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
