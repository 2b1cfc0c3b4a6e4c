package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
	"provision-gateway/models/modelstest"
)

// databases are a SQLite file and a database on a private MariaDB server with
// the same rows.
type databases struct {
	server *modelstest.Server
	// sqlite and mariadb are addresses in the form of models.Options; keyFile
	// holds the keys that secrets in both are sealed with.
	sqlite, mariadb, keyFile string
	data                     *dataset
	credential               credential
	// rawSQLite and rawMariaDB look into them, past the models.
	rawSQLite, rawMariaDB *sql.DB
}

// openDatabases makes and fills both databases. The caller closes them, after
// an error too.
func openDatabases(ctx context.Context, folder string, a amount) (*databases, error) {
	d := &databases{sqlite: "sqlite:" + filepath.Join(folder, "gateway.db"), keyFile: filepath.Join(folder, "gateway.key")}
	if err := d.fillSQLite(ctx, a); err != nil {
		return d, err
	}
	if err := d.startMariaDB(ctx); err != nil {
		return d, err
	}
	var err error
	if d.rawSQLite, err = sql.Open("sqlite", strings.TrimPrefix(d.sqlite, "sqlite:")+"?_pragma=busy_timeout(10000)"); err != nil {
		return d, err
	}
	if d.rawMariaDB, err = sql.Open("mysql", strings.TrimPrefix(d.mariadb, "mysql:")); err != nil {
		return d, err
	}
	d.rawMariaDB.SetMaxOpenConns(1)
	return d, copyTables(ctx, d.rawSQLite, d.rawMariaDB)
}

func (d *databases) fillSQLite(ctx context.Context, a amount) (err error) {
	ring, err := keyring.LoadOrCreate(d.keyFile)
	if err != nil {
		return err
	}
	store, err := models.Open(ctx, models.Options{Database: d.sqlite, Keyring: ring})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	if d.data, err = fill(ctx, store, a); err != nil {
		return err
	}
	d.credential.key, d.credential.secret, err = store.AddKey(ctx, models.NewKey{
		Name:  "benchmark",
		Allow: []models.Permission{models.PermissionRead, models.PermissionWrite, models.PermissionSecrets},
	})
	return err
}

// startMariaDB makes an empty database with the gateway's tables.
func (d *databases) startMariaDB(ctx context.Context) (err error) {
	if d.server, err = modelstest.StartMariaDB(); err != nil {
		return err
	}
	if d.mariadb, err = d.server.NewDatabase(); err != nil {
		return err
	}
	store, err := models.Open(ctx, models.Options{Database: d.mariadb})
	if err != nil {
		return err
	}
	return errors.Join(store.Migrate(ctx), store.Close())
}

// close ends the server and all connections.
func (d *databases) close() {
	for _, db := range []*sql.DB{d.rawSQLite, d.rawMariaDB} {
		if db != nil {
			_ = db.Close()
		}
	}
	if d.server != nil {
		d.server.Stop()
	}
}

// serverProcess is the process id of the MariaDB server.
func (d *databases) serverProcess(ctx context.Context) (int, error) {
	var file string
	if err := d.rawMariaDB.QueryRowContext(ctx, "SELECT @@pid_file").Scan(&file); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// mariadbVersion is the version of the MariaDB server.
func (d *databases) mariadbVersion(ctx context.Context) (version string, err error) {
	err = d.rawMariaDB.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version)
	return version, err
}

// connection is the MariaDB database as PHP's PDO wants it.
func (d *databases) connection() (dsn, user, password string, err error) {
	cfg, err := mysql.ParseDSN(strings.TrimPrefix(d.mariadb, "mysql:"))
	if err != nil {
		return "", "", "", err
	}
	host, port, found := strings.Cut(cfg.Addr, ":")
	if !found {
		return "", "", "", fmt.Errorf("address %s of MariaDB has no port", cfg.Addr)
	}
	return fmt.Sprintf("mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4", host, port, cfg.DBName), cfg.User, cfg.Passwd, nil
}
