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

// Provisioning goes on in steps: an object whose due_at has come takes the next
// one by the advance function of its collection. What an object waits for wakes
// it.

// next is when an object that goes on now takes its next step, in Unix seconds.
func (tx *Tx) next() *int64 { return new(tx.Time + tx.interval()) }

// interval is the time between two steps of an object, in seconds.
func (tx *Tx) interval() int64 { return int64((tx.store.Interval + time.Second - 1) / time.Second) }

// GoOn lets an object take its next step after the interval.
func (tx *Tx) GoOn(c Collection, o Object) error { return tx.Due(c, o, tx.next()) }

// Wake re-evaluates an object because something that it waits for has changed:
// its status is brought up to date at once, and it takes its next step, if it has
// one, as soon as steps are taken. An object that has gone meanwhile is no error.
func (tx *Tx) Wake(c Collection, id string) error {
	k, known := kindOf(c)
	if !known || k.review == nil && k.advance == nil {
		return nil
	}
	var row Row
	err := tx.db.Select("type").Where("id = ? AND collection = ?", id, c).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// What never waits is not locked: many use it at once.
	if c == NetworkServices && row.Type == TypeExchangeLAN {
		return nil
	}
	o, err := tx.Get(c, id)
	if err != nil {
		return err
	}
	if k.review != nil {
		if err := k.review(tx, o); err != nil {
			return err
		}
	}
	// One that takes a step soon anyway keeps the interval between its steps.
	return tx.db.Model(&Row{}).Where("id = ? AND collection = ? AND (due_at IS NULL OR due_at > ?)", id, c, *tx.next()).
		Update("due_at", tx.Time).Error
}

// Step lets every object take a step whose time has come, each in a transaction
// of its own, and returns how many did. Any number of gateways may do it at once:
// each due step is taken once. An object whose step fails does not keep others
// from theirs; it is due again a minute later, and the error names it.
func (s *Store) Step(ctx context.Context) (worked int, err error) {
	var due []Row
	err = s.Reader(ctx).Select("id", "collection").Where("due_at <= ?", s.Now().Unix()).Order("due_at, position, id").Find(&due).Error
	if err != nil {
		return 0, models.DatabaseError(err)
	}
	var failed []error
	for _, row := range due {
		if err := ctx.Err(); err != nil {
			return worked, err
		}
		took, err := s.step(ctx, row.Collection, row.ID)
		if err != nil {
			failed = append(failed, fmt.Errorf("step of %s in %s: %w", row.ID, row.Collection, err), s.putOff(ctx, row.ID))
		}
		if took {
			worked++
		}
	}
	return worked, errors.Join(failed...)
}

// step lets one object take its step, unless another gateway did meanwhile.
func (s *Store) step(ctx context.Context, c Collection, id string) (took bool, err error) {
	err = s.Write(ctx, "", func(tx *Tx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		// The transaction may be tried again.
		took = false
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
		// It waits from now on, unless its step says when the next one is.
		if err := tx.Due(c, o, nil); err != nil {
			return err
		}
		took = true
		if k, known := kindOf(c); known && k.advance != nil {
			return k.advance(tx, o)
		}
		return nil
	})
	return took && err == nil, err
}

// putOff lets an object whose step failed be, for a minute.
func (s *Store) putOff(ctx context.Context, id string) error {
	const pause = 60
	return s.Write(ctx, "", func(tx *Tx) error {
		return tx.db.Model(&Row{}).Where("id = ? AND due_at <= ?", id, tx.Time).Update("due_at", tx.Time+pause).Error
	})
}
