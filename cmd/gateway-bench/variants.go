package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// The variants' names.
const (
	nameBare          = "bare"
	namePHP           = "php"
	nameMariaDB       = "mariadb"
	nameMariaDBCached = "mariadb cached"
	nameSQLite        = "sqlite"
	nameSQLiteCached  = "sqlite cached"
)

// cacheSize is how many bytes of answers a cached variant keeps, the program's
// default.
const cacheSize = 64 << 20

// variant is one way to answer requests.
type variant struct {
	name, address string
	// profiles is where a gateway gives CPU profiles; empty for references.
	profiles string
	// groups are the process groups of its servers, database its database,
	// nil for bare.
	groups   []int
	database *sql.DB
	// readsOnly is true for a gateway without a cache, which a write does not
	// ask.
	readsOnly bool
}

// machine is everything that runs.
type machine struct {
	folder    string
	programs  programs
	databases *databases
	// databaseGroup is the process group of MariaDB.
	databaseGroup int
	php           *phpStack
	processes     []*process
	variants      []*variant
}

// startMachine starts the databases and all variants but the bare handler. The
// caller stops it, after an error too.
func startMachine(ctx context.Context, p programs, a amount) (m *machine, err error) {
	m = &machine{programs: p}
	if m.folder, err = os.MkdirTemp("", "gateway-bench-"); err != nil {
		return m, err
	}
	if m.databases, err = openDatabases(ctx, m.folder, a); err != nil {
		return m, err
	}
	server, err := m.databases.serverProcess(ctx)
	if err != nil {
		return m, err
	}
	if m.databaseGroup, err = syscall.Getpgid(server); err != nil {
		return m, err
	}
	if err := m.startPHP(); err != nil {
		return m, err
	}
	for _, g := range []struct {
		name, database string
		cache          int64
		raw            *sql.DB
	}{
		{nameMariaDB, m.databases.mariadb, 0, m.databases.rawMariaDB},
		{nameMariaDBCached, m.databases.mariadb, cacheSize, m.databases.rawMariaDB},
		{nameSQLite, m.databases.sqlite, 0, m.databases.rawSQLite},
		{nameSQLiteCached, m.databases.sqlite, cacheSize, m.databases.rawSQLite},
	} {
		v, err := m.startSelf(g.name, commandGateway, "-database", g.database, "-key-file", m.databases.keyFile, "-cache", strconv.FormatInt(g.cache, 10))
		if err != nil {
			return m, err
		}
		v.database, v.readsOnly = g.raw, g.cache == 0
	}
	return m, nil
}

func (m *machine) startPHP() error {
	folder := filepath.Join(m.folder, "php")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	c := phpConfig{by: m.databases.credential}
	var err error
	if c.dsn, c.user, c.password, err = m.databases.connection(); err != nil {
		return err
	}
	if c.keys, err = readKeys(m.databases.keyFile); err != nil {
		return err
	}
	// The web server's user must be able to reach its folder.
	if err := os.Chmod(m.folder, 0o711); err != nil {
		return err
	}
	if m.php, err = startPHP(folder, m.programs, c); err != nil {
		return err
	}
	m.variants = append(m.variants, &variant{
		name: namePHP, address: m.php.address, groups: []int{m.php.nginx.group(), m.php.fpm.group()}, database: m.databases.rawMariaDB,
	})
	return nil
}

// startBare starts the bare handler with answers by path and query string.
func (m *machine) startBare(answers map[string][]byte) error {
	data, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	file := filepath.Join(m.folder, "answers.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	_, err = m.startSelf(nameBare, commandBare, "-answers", file)
	return err
}

// startSelf starts a server of this program.
func (m *machine) startSelf(name, command string, args ...string) (*variant, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := newProcess(m.folder, name, self, append([]string{command}, args...)...)
	a, err := p.runAnnounced()
	m.processes = append(m.processes, p)
	if err != nil {
		return nil, err
	}
	v := &variant{name: name, address: a.Address, groups: []int{p.group()}}
	if command == commandGateway {
		v.profiles = a.Profiles
	}
	m.variants = append(m.variants, v)
	return v, nil
}

// stop ends everything that startMachine started and removes its files.
func (m *machine) stop() {
	for _, p := range m.processes {
		p.stop()
	}
	if m.php != nil {
		m.php.stop()
	}
	if m.databases != nil {
		m.databases.close()
	}
	if m.folder != "" {
		_ = os.RemoveAll(m.folder)
	}
}

// takesPart reports whether a variant is measured in a case: in a write not
// those that only read, and for the exchange, whose answers are never kept in
// memory, the gateways without a cache and the bare handler.
func (v *variant) takesPart(c benchCase) bool {
	switch {
	case c.ofExchange():
		return v.readsOnly || v.name == nameBare
	case c.isWrite():
		return !v.readsOnly
	}
	return true
}

// find returns the variant of a name.
func (m *machine) find(name string) (*variant, error) {
	i := slices.IndexFunc(m.variants, func(v *variant) bool { return v.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no variant %q runs", name)
	}
	return m.variants[i], nil
}

// rows counts the sessions and the log entries of a variant's database.
func (v *variant) rows(ctx context.Context) (sessions, entries int64, err error) {
	err = errors.Join(
		v.database.QueryRowContext(ctx, "SELECT COUNT(*) FROM sessions").Scan(&sessions),
		v.database.QueryRowContext(ctx, "SELECT COUNT(*) FROM log_entries").Scan(&entries),
	)
	return sessions, entries, err
}
