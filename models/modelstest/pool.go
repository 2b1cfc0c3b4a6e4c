package modelstest

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"provision-gateway/models"
)

// Pool lends fresh databases of a kind to many short tests. A SQLite file is
// copied from a migrated one; a MariaDB database is brought back to what it
// was after the migrations, since to make one takes half a second.
//
// A test may write what it likes to a lent database but must leave the tables
// as they are.
type Pool struct {
	kind Kind
	mu   sync.Mutex
	free []string
	// template is the address of a migrated database, image the content of a
	// migrated SQLite file.
	template string
	image    []byte
}

// NewPool makes an empty pool.
func NewPool(kind Kind) *Pool { return &Pool{kind: kind} }

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
func (p *Pool) giveBack(t testing.TB, database string) {
	t.Helper()
	raw := Raw(t, database)
	script, err := p.restore(raw, database)
	if err == nil {
		_, err = raw.Exec(script)
	}
	if err != nil {
		t.Errorf("give back database: %v", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, database)
}

// restore gives the statements that bring a database back. They name only what
// differs where that is cheap to know.
func (p *Pool) restore(raw *sql.DB, database string) (script string, err error) {
	schema := func(database string) string { return database[strings.LastIndexByte(database, '/')+1:] }
	template := schema(p.template)
	rows, err := raw.Query("SELECT a.table_name, a.auto_increment, a.auto_increment <=> b.auto_increment"+
		" FROM information_schema.tables a LEFT JOIN information_schema.tables b ON b.table_name = a.table_name AND b.table_schema = ?"+
		" WHERE a.table_schema = ?", schema(database), template)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var b strings.Builder
	b.WriteString("SET foreign_key_checks = 0;")
	for rows.Next() {
		var table string
		var next *int64
		var same bool
		if err := rows.Scan(&table, &next, &same); err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "DELETE FROM %s;", table)
		if next != nil && !same {
			fmt.Fprintf(&b, "ALTER TABLE %s AUTO_INCREMENT = %d;", table, *next)
		}
		fmt.Fprintf(&b, "INSERT INTO %s SELECT * FROM %s.%s;", table, template, table)
	}
	return b.String(), rows.Err()
}
