package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"provision-gateway/models/keyring"
	"provision-gateway/models/migrations"
)

// Options says how to open a Store.
type Options struct {
	// Database is `sqlite:PATH` or `mysql:DSN`, the DSN in the form of
	// github.com/go-sql-driver/mysql.
	Database string
	// Connections caps the connections to MySQL; 0 means 32.
	Connections int
	// Keyring seals secrets. It may be nil where none are read or written.
	Keyring *keyring.Keyring
	// Now gives the time; nil means time.Now.
	Now func() time.Time
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	// read and write are the same pool on MySQL. On SQLite write is a single
	// connection, which makes writers queue in the process instead of failing
	// on a locked file.
	read, write *gorm.DB
	now         func() time.Time
	keyring     *keyring.Keyring
	versions    *versionReader
	statements  statements
	mysql       bool
}

// Open connects to a database; it does not change it. Its errors never show
// the DSN, which may hold a password.
func Open(ctx context.Context, o Options) (*Store, error) {
	kind, where, _ := strings.Cut(o.Database, ":")
	s := &Store{now: o.Now, keyring: o.Keyring}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	switch {
	case kind == "sqlite" && where != "":
		s.read, s.write, err = openSQLite(where)
	case kind == "mysql" && where != "":
		s.mysql = true
		s.read, err = openMySQL(where, o.Connections)
		s.write = s.read
	default:
		return nil, Errorf(Invalid, "database must be sqlite:PATH or mysql:DSN")
	}
	if err != nil {
		return nil, fmt.Errorf("open %s database: %w", kind, err)
	}
	if err := s.Ping(ctx); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open %s database: %w", kind, err)
	}
	s.versions = newVersionReader(s)
	return s, nil
}

// Close ends all connections.
func (s *Store) Close() error {
	s.statements.close()
	var errs []error
	for _, db := range []*gorm.DB{s.read, s.write} {
		pool, err := db.DB()
		if err == nil {
			err = pool.Close()
		}
		errs = append(errs, err)
		if s.read == s.write {
			break
		}
	}
	return errors.Join(errs...)
}

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.read.DB()
	if err != nil {
		return err
	}
	return databaseError(pool.PingContext(ctx))
}

// Kind is `sqlite` or `mysql`.
func (s *Store) Kind() string { return s.write.Name() }

// Migrate brings the schema up to date. Gateways that start at the same time
// on one MySQL server take turns.
func (s *Store) Migrate(ctx context.Context) error {
	if !s.mysql {
		return migrations.Up(s.write.WithContext(ctx))
	}
	return s.write.WithContext(ctx).Connection(func(db *gorm.DB) error {
		// Without a session of its own, each call would add to the last one.
		db = db.Session(&gorm.Session{})
		var got sql.NullInt64
		lock := "provision-gateway migrations"
		if err := db.Raw("SELECT GET_LOCK(CONCAT(?, DATABASE()), 60)", lock).Scan(&got).Error; err != nil {
			return databaseError(err)
		}
		if got.Int64 != 1 {
			return errors.New("another gateway has been migrating this database for 60 s")
		}
		defer func() { _ = db.Exec("DO RELEASE_LOCK(CONCAT(?, DATABASE()))", lock).Error }()
		return databaseError(migrations.Up(db))
	})
}

// PendingMigrations returns the ids of the steps the database lacks.
func (s *Store) PendingMigrations(ctx context.Context) ([]string, error) {
	ids, err := migrations.Pending(s.read.WithContext(ctx))
	return ids, databaseError(err)
}

// Tx is a transaction. All that is written through one Tx is committed
// together, and with it the new version of every scope it touched.
type Tx struct {
	db      *gorm.DB
	store   *Store
	touched map[Scope]bool
	// Time is the moment of the transaction in Unix seconds.
	Time int64
}

// attempts is how often a transaction is tried that lost against another.
const attempts = 8

// Write runs f in a transaction and commits when it returns nil. A transaction
// that the database aborted in favour of another (deadlock, lock wait, busy)
// is tried again from the start, so f must have no effect outside of tx.
func (s *Store) Write(ctx context.Context, f func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := s.write.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			tx := &Tx{db: db, store: s, touched: map[Scope]bool{}, Time: s.now().Unix()}
			if err := f(tx); err != nil {
				return err
			}
			return tx.bump()
		})
		if err == nil || try == attempts || !isContention(err) {
			return databaseError(err)
		}
		pause := time.Duration(rand.Int64N(int64(time.Millisecond) << try))
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
