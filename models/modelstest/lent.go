package modelstest

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
)

// Lent is a database on loan.
type Lent struct {
	Store   *models.Store
	Raw     *sql.DB
	Keyring *keyring.Keyring
	// Database is the address in the form of models.Options.
	Database string
	// KeyFile is the path of the key file that Keyring was read from.
	KeyFile string
	now     func() time.Time
}

// Get lends a database until the test ends. now may be nil for the real clock.
func (p *Pool) Get(t testing.TB, now func() time.Time) *Lent {
	t.Helper()
	l := &Lent{Database: p.database(t), KeyFile: filepath.Join(t.TempDir(), "gateway.key"), now: now}
	if p.kind.Name != "sqlite" {
		// Registered first, so done last.
		t.Cleanup(func() { p.giveBack(t, l.Database) })
	}
	l.Store = l.open(t, &l.Keyring)
	l.Raw = Raw(t, l.Database)
	return l
}

// Another opens the database again, as another process of the same machine
// would: with connections and a keyring of its own.
func (l *Lent) Another(t testing.TB) *models.Store {
	t.Helper()
	return l.open(t, new(*keyring.Keyring))
}

// patience is the timeout of stores in tests. On a machine that does much else, a
// transaction may lose against others for longer than a server would bear.
const patience = 5 * time.Minute

func (l *Lent) open(t testing.TB, ring **keyring.Keyring) *models.Store {
	t.Helper()
	var err error
	if *ring, err = keyring.LoadOrCreate(l.KeyFile); err != nil {
		t.Fatal(err)
	}
	store, err := models.Open(t.Context(), models.Options{Database: l.Database, Keyring: *ring, Now: l.now, Connections: 8, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}
