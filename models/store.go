package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"provision-gateway/models/keyring"
)

// Options says how to open a Store.
type Options struct {
	// Database is `sqlite:PATH` or `mysql:DSN`, the DSN in the form of
	// github.com/go-sql-driver/mysql.
	Database string
	// Connections caps the connections to MySQL; 0 means 32.
	Connections int
	// Timeout is the longest time for connecting to MySQL, and for the whole
	// answer to a statement, unless the DSN says otherwise; 0 means 30 seconds. A transaction
	// whose server is lost is tried again for as long.
	Timeout time.Duration
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
	timeout     time.Duration
}

// Open connects to a database; it does not change it. Its errors never show
// the DSN, which may hold a password.
func Open(ctx context.Context, o Options) (*Store, error) {
	kind, where, _ := strings.Cut(o.Database, ":")
	s := &Store{now: o.Now, keyring: o.Keyring, timeout: o.Timeout}
	if s.timeout == 0 {
		s.timeout = 30 * time.Second
	}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	switch {
	case kind == "sqlite" && where != "":
		s.read, s.write, err = openSQLite(where)
	case kind == "mysql" && where != "":
		s.mysql = true
		s.read, err = openMySQL(where, o.Connections, s.timeout)
		s.write = s.read
	default:
		return nil, Errorf(Invalid, "database must be sqlite:PATH or mysql:DSN")
	}
	if err != nil {
		return nil, fmt.Errorf("open %s database: %w", kind, databaseError(err))
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
