package models

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// Tx is a transaction. All that is written through one Tx is committed
// together, and with it the new version of every scope it touched.
type Tx struct {
	db      *gorm.DB
	store   *Store
	touched map[Scope]bool
	// Time is the moment of the transaction in Unix seconds.
	Time int64
}

// A transaction that lost its server is tried lostAttempts times. One that lost
// against another is tried more often, since with many writers some lose many
// times. Neither is tried again once it has taken the timeout of the store.
const (
	lostAttempts      = 8
	contendedAttempts = 20
)

// Write runs f in a transaction and commits when it returns nil. A transaction
// that the database aborted in favour of another (deadlock, lock wait, busy),
// or whose server went away before it was to commit, is tried again from the
// start, so f must have no effect outside of tx.
func (s *Store) Write(ctx context.Context, f func(tx *Tx) error) error {
	started := time.Now()
	for try := 1; ; try++ {
		// Whether a commit that got no answer was done cannot be known.
		committing := false
		err := s.write.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			db, aborted := watched(db)
			tx := &Tx{db: db, store: s, touched: map[Scope]bool{}, Time: s.now().Unix()}
			if err := f(tx); err != nil {
				return err
			}
			if aborted.err != nil {
				return aborted.err
			}
			if err := tx.bump(); err != nil {
				return err
			}
			committing = true
			return nil
		})
		again := isContention(err) && try < contendedAttempts || !committing && isLostServer(err) && try < lostAttempts
		if err == nil || !again || time.Since(started) >= s.timeout {
			return databaseError(err)
		}
		pause := time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 9)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// isContention reports whether a transaction was rolled back only because of
// another one, so that trying again may succeed.
func isContention(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		const deadlock, lockWait = 1213, 1205
		return my.Number == deadlock || my.Number == lockWait
	}
	return isBusySQLite(err)
}

// isLostServer reports whether the connection broke, or the server is a node
// that left its cluster, so that trying again on another connection may
// succeed.
func isLostServer(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		const unknownCommand, shutdown, killed = 1047, 1053, 1927
		return my.Number == unknownCommand || my.Number == shutdown || my.Number == killed
	}
	var network *net.OpError
	return errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, sqldriver.ErrBadConn) || errors.As(err, &network)
}
