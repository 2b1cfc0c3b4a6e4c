package models_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gorm.io/gorm"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// What f returns is returned, and nothing of what it wrote is there.
func TestWriteRollsBack(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		stop := errors.New("stop")
		before := versions(t, l.Store)
		add := func(tx *models.Tx) error {
			if err := tx.AddSession(new(session(1))); err != nil {
				return err
			}
			_, err := tx.AddResource(models.ResourceChange{Name: new("x"), Type: new("category")})
			return err
		}
		cancelled, cancel := context.WithCancel(t.Context())
		for what, run := range map[string]func() error{
			"error": func() error {
				return l.Store.Write(t.Context(), func(tx *models.Tx) error { return errors.Join(add(tx), stop) })
			},
			"caller gone": func() error {
				return l.Store.Write(cancelled, func(tx *models.Tx) error {
					err := add(tx)
					cancel()
					return err
				})
			},
			"panic": func() (err error) {
				defer func() { err = fmt.Errorf("panicked: %v", recover()) }()
				return l.Store.Write(t.Context(), func(tx *models.Tx) error { _ = add(tx); panic("stop") })
			},
		} {
			if err := run(); err == nil {
				t.Errorf("%s: no error", what)
			}
			if n := len(sessions(t, l.Store, false)); n != 0 || len(logs(t, l)) != 0 || versions(t, l.Store) != before {
				t.Errorf("%s: %d sessions, log %q", what, n, logs(t, l))
			}
		}
		addSession(t, l.Store, session(1))
	})
}

// A savepoint of a transaction that is rolled back, and a unique key that a
// statement violates, leave the rest of the transaction as it is.
func TestATransactionOutlivesItsParts(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		stop := errors.New("stop")
		write(t, l.Store, func(tx *models.Tx) error {
			if err := tx.AddSession(new(session(1))); err != nil {
				return err
			}
			err := tx.DB().Transaction(func(db *gorm.DB) error {
				if err := db.Exec("UPDATE sessions SET state = 'lost'").Error; err != nil {
					return err
				}
				inner := db.Transaction(func(db *gorm.DB) error { return db.Exec("UPDATE sessions SET note = 'kept?'").Error })
				return errors.Join(inner, stop)
			})
			if err == nil || err.Error() != "stop" {
				t.Errorf("part: %v", err)
			}
			if err := tx.DB().Transaction(func(db *gorm.DB) error { return db.Exec("UPDATE sessions SET note = 'kept'").Error }); err != nil {
				return err
			}
			if err := tx.AddSession(new(session(1))); models.ErrorCode(err) != models.Conflict {
				t.Errorf("duplicate: %v", err)
			}
			return tx.AddSession(new(session(2)))
		})
		equal(t, "states", column(t, l, "SELECT state FROM sessions ORDER BY id"), []string{"not configured", "not configured"})
		equal(t, "notes", column(t, l, "SELECT note FROM sessions ORDER BY id"), []string{"kept", "NULL"})
		if n := len(logs(t, l)); n != 2 {
			t.Errorf("%d log entries", n)
		}
	})
}
