package models

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDialect is GORM's SQLite dialect over modernc.org/sqlite, which needs
// no cgo. The dialect reads the error type of another driver, so the
// translation of unique-key errors is ours.
type sqliteDialect struct{ sqlite.Dialector }

// Translate turns a violated unique or primary key into gorm.ErrDuplicatedKey.
func (d sqliteDialect) Translate(err error) error {
	var e *modernc.Error
	if errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return gorm.ErrDuplicatedKey
	}
	return err
}

// isBusySQLite reports whether another process held the file locked for longer
// than the busy timeout.
func isBusySQLite(err error) bool {
	var e *modernc.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// openSQLite opens a file twice: a pool of readers, which see the last commit
// without waiting, and one writer. Write-ahead logging with full
// synchronisation: an acknowledged write survives a crash of the machine.
func openSQLite(path string) (read, write *gorm.DB, err error) {
	if path == ":memory:" {
		return nil, nil, Errorf(Invalid, "the SQLite database must be a file: every connection would have a memory of its own")
	}
	open := func(connections int, pragmas ...string) (*gorm.DB, error) {
		query := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
		pool, err := sql.Open("sqlite", fmt.Sprintf("file:%s?%s", (&url.URL{Path: path}).EscapedPath(), query.Encode()))
		if err != nil {
			return nil, err
		}
		limit(pool, connections)
		db, err := gorm.Open(sqliteDialect{sqlite.Dialector{DriverName: "sqlite", Conn: pool}}, gormConfig(true))
		if err != nil {
			_ = pool.Close()
		}
		return db, err
	}
	// To turn write-ahead logging on SQLite needs the file for itself and does
	// not wait for it; another gateway may be opening the same new file.
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		write, err = open(1, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)")
		if err == nil {
			break
		}
		if !isBusySQLite(err) || time.Now().After(deadline) {
			return nil, nil, err
		}
	}
	if read, err = open(max(2, runtime.GOMAXPROCS(0)), "query_only(1)", "cache_size(-16000)"); err != nil {
		if pool, e := write.DB(); e == nil {
			_ = pool.Close()
		}
		return nil, nil, err
	}
	return read, write, nil
}

func openConnector(c driver.Connector, connections int) *sql.DB {
	if connections == 0 {
		connections = 32
	}
	pool := sql.OpenDB(c)
	limit(pool, connections)
	return pool
}

// limit keeps connections open between bursts and replaces them now and then,
// so that a moved server is found again.
func limit(pool *sql.DB, connections int) {
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(10 * time.Minute)
}
