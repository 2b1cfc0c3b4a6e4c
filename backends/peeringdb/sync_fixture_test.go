package peeringdb_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// quick is a configuration that waits for nothing for long.
func quick(server *peeringdbtest.Server) peeringdb.Config {
	return peeringdb.Config{
		URL: server.URL(), UserAgent: "provision-gateway/test (+noc@example.net)",
		Pause: time.Millisecond, Backoff: time.Millisecond, Attempts: 2, Patience: time.Second,
		ConnectTimeout: 5 * time.Second, AnswerTimeout: 5 * time.Second, SilenceTimeout: 5 * time.Second, Timeout: 20 * time.Second,
	}
}

// secretKey is the API key of the tests.
const secretKey = "k3y-of-the-tests"

// keyed makes a server accept the key, and adds the key to a configuration.
func keyed(server *peeringdbtest.Server) peeringdb.Config {
	server.SetKey(secretKey)
	c := quick(server)
	c.Key = secretKey
	return c
}

func newClient(t testing.TB, c peeringdb.Config) *peeringdb.Client {
	t.Helper()
	client, err := peeringdb.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// copying is a database that copies from a server.
type copying struct {
	*database
	server *peeringdbtest.Server
	client *peeringdb.Client
}

// eachCopying runs f on every kind of database, each with a server of its own
// that has the demo dump.
func eachCopying(t *testing.T, f func(t *testing.T, c *copying)) {
	t.Helper()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		server := peeringdbtest.New(t, peeringdb.Demo())
		f(t, &copying{lent(t, l), server, newClient(t, keyed(server))})
	})
}

func lent(t testing.TB, l *modelstest.Lent) *database { return &database{l.Store, t, l.Raw} }

// sync runs Sync, which must succeed.
func (c *copying) sync(o peeringdb.SyncOptions) *peeringdb.SyncReport {
	c.t.Helper()
	report, err := peeringdb.Sync(c.t.Context(), c.Store, c.client, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return report
}

// changes are what a run did, by type, without the types it did nothing with.
func changes(report *peeringdb.SyncReport) map[string]models.DirectoryChanges {
	out := map[string]models.DirectoryChanges{}
	for _, t := range report.Types {
		if t.DirectoryChanges != (models.DirectoryChanges{}) {
			out[t.Type] = t.DirectoryChanges
		}
	}
	return out
}

var directoryTables = []string{"exchanges", "networks", "ports", "exchange_prefixes", "contacts"}

// live is all live rows, whole, and so is what may be seen of the copy.
func (d *database) live(tables ...string) string {
	d.t.Helper()
	if len(tables) == 0 {
		tables = directoryTables
	}
	text := ""
	for _, table := range tables {
		text += table + "\n" + d.answer("SELECT * FROM "+table+" WHERE gone_at IS NULL ORDER BY id") + "\n"
	}
	return text
}

// stored is everything that a run may change.
func (d *database) stored() string {
	d.t.Helper()
	text := fmt.Sprintln(d.version())
	for _, table := range directoryTables {
		text += d.answer("SELECT * FROM "+table+" ORDER BY id") + "\n"
	}
	return text + d.answer("SELECT * FROM sync_states ORDER BY object")
}

// at is a second after the last change of the demo dump.
func at(seconds int64) time.Time {
	return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

func (d *database) exec(statement string) {
	d.t.Helper()
	if _, err := d.raw.Exec(statement); err != nil {
		d.t.Fatalf("%s: %v", statement, err)
	}
}

func apiError(t *testing.T, err error) *peeringdb.Error {
	t.Helper()
	var e *peeringdb.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	return e
}
