package modelstest

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
)

// Pool lends fresh databases of a kind to many short tests. A SQLite file is
// copied from a migrated one; a MariaDB database is brought back to what it
// was after the migrations, since to make one takes half a second.
type Pool struct {
	kind     Kind
	mu       sync.Mutex
	free     []string
	// template is the address of a migrated database, image the content of a
	// migrated SQLite file.
	template string
	image    []byte
}

// NewPool makes an empty pool.
func NewPool(kind Kind) *Pool { return &Pool{kind: kind} }

// Lent is a database on loan.
type Lent struct {
	Store   *models.Store
	Raw     *sql.DB
	Keyring *keyring.Keyring
	// Database is the address in the form of models.Options.
	Database string
}

// Get lends a database until the test ends. now may be nil for the real clock.
func (p *Pool) Get(t testing.TB, now func() time.Time) *Lent {
	t.Helper()
	l := &Lent{Database: p.database(t)}
	ring, err := keyring.LoadOrCreate(filepath.Join(t.TempDir(), "gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	l.Keyring = ring
	if l.Store, err = models.Open(t.Context(), models.Options{Database: l.Database, Keyring: ring, Now: now, Connections: 4}); err != nil {
		t.Fatal(err)
	}
	l.Raw = Raw(t, l.Database)
	t.Cleanup(func() {
		_ = l.Store.Close()
		if p.kind.Name != "sqlite" {
			p.giveBack(t, l)
		}
	})
	return l
}

func (p *Pool) database(t testing.TB) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kind.Name == "sqlite" {
		if p.image == nil {
			file := strings.TrimPrefix(p.migrated(t), "sqlite:")
			var err error
			if p.image, err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
		fresh := filepath.Join(t.TempDir(), "gateway.db")
		if err := os.WriteFile(fresh, p.image, 0o600); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + fresh
	}
	if p.template == "" {
		p.template = p.migrated(t)
	}
	if n := len(p.free); n > 0 {
		database := p.free[n-1]
		p.free = p.free[:n-1]
		return database
	}
	return p.migrated(t)
}

func (p *Pool) migrated(t testing.TB) string {
	t.Helper()
	database := p.kind.Database(t)
	store, err := models.Open(t.Context(), models.Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Closing the last connection folds SQLite's write-ahead log into the file.
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return database
}

// giveBack empties a MariaDB database, copies what the migrations had put
// there from the template, and starts the ids where they started.
func (p *Pool) giveBack(t testing.TB, l *Lent) {
	name := func(database string) string { return database[strings.LastIndexByte(database, '/')+1:] }
	template := name(p.template)
	rows, err := l.Raw.Query("SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema = ?", template)
	if err != nil {
		t.Error(err)
		return
	}
	var script strings.Builder
	script.WriteString("SET foreign_key_checks = 0;")
	for rows.Next() {
		var table string
		var next *int64
		if err := rows.Scan(&table, &next); err != nil {
			t.Error(err)
		}
		fmt.Fprintf(&script, "DELETE FROM %s;", table)
		if next != nil {
			fmt.Fprintf(&script, "ALTER TABLE %s AUTO_INCREMENT = %d;", table, *next)
		}
		fmt.Fprintf(&script, "INSERT INTO %s SELECT * FROM %s.%s;", table, template, table)
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
	if _, err := l.Raw.Exec(script.String()); err != nil {
		t.Errorf("give back database: %v", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, l.Database)
}
