// Package modelstest gives tests a migrated database of their own: a SQLite
// file, or a database on a private MariaDB server that it starts in a
// temporary folder when first asked.
package modelstest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
)

// Each runs f as a parallel subtest for every kind of database, each time on a
// fresh one. f must leave the tables as they are.
func Each(t *testing.T, f func(t *testing.T, store *models.Store)) {
	t.Helper()
	EachLent(t, nil, func(t *testing.T, l *Lent) { f(t, l.Store) })
}

// EachLent is like Each for tests that need more than a store. now may be nil
// for the real clock.
func EachLent(t *testing.T, now func() time.Time, f func(t *testing.T, l *Lent)) {
	t.Helper()
	for _, kind := range Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			f(t, Lend(t, kind, now))
		})
	}
}

// pools are common to all tests of a test binary.
var pools = map[string]*Pool{}

func init() {
	for _, kind := range Kinds() {
		pools[kind.Name] = NewPool(kind)
	}
}

// Lend lends a fresh database of a kind until the test ends. now may be nil for
// the real clock.
func Lend(t testing.TB, kind Kind, now func() time.Time) *Lent {
	t.Helper()
	return pools[kind.Name].Get(t, now)
}

// Kind is a kind of database.
type Kind struct {
	// Name is sqlite or mariadb.
	Name string
	// Database makes a fresh database without tables and returns its address
	// in the form of models.Options.
	Database func(t testing.TB) string
}

// Kinds are the databases that the gateway must give the same answers on.
func Kinds() []Kind {
	return []Kind{{"sqlite", SQLiteDatabase}, {"mariadb", MariaDBDatabase}}
}

// Open gives a migrated store on a fresh database; it is closed with the test.
func (k Kind) Open(t testing.TB) *models.Store {
	t.Helper()
	return Open(t, k.Database(t), nil)
}

// SQLite gives a migrated store on a fresh SQLite file.
func SQLite(t testing.TB) *models.Store {
	t.Helper()
	return Open(t, SQLiteDatabase(t), nil)
}

// SQLiteDatabase makes the address of a SQLite file that does not exist yet.
func SQLiteDatabase(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "gateway.db")
}

// Open opens and migrates a database with a keyring of its own; now may be nil
// for the real clock.
func Open(t testing.TB, database string, now func() time.Time) *models.Store {
	t.Helper()
	ring, err := keyring.LoadOrCreate(filepath.Join(t.TempDir(), "gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := models.Open(context.Background(), models.Options{Database: database, Keyring: ring, Now: now, Connections: 16, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return store
}
