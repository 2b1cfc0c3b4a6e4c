package models

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"strconv"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// gormConfig is common to all databases. GORM's logger prints statements with
// their values, so it stays silent; errors reach the log through their callers.
//
// On SQLite statements stay prepared. On MySQL the driver puts the values into
// the text: to prepare on each connection, and to close again, costs more round
// trips than a write has.
func gormConfig(prepare bool) *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard,
		TranslateError:         true,
		PrepareStmt:            prepare,
		PrepareStmtMaxSize:     mostStatements,
		SkipDefaultTransaction: true,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	}
}

// openMySQL connects with the settings that the models rely on: an update that
// changes nothing still counts its rows, values that do not fit are errors,
// and a server that stays silent is given up on.
func openMySQL(dsn string, connections int, timeout time.Duration) (*gorm.DB, error) {
	cfg, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, Errorf(Invalid, "the DSN is not of the form user:password@tcp(host:port)/database")
	}
	cfg.ClientFoundRows = true
	cfg.ParseTime = false
	cfg.InterpolateParams = true
	cfg.Loc = time.UTC
	cfg.Collation = "utf8mb4_bin"
	cfg.Logger = silent{}
	for _, silence := range []*time.Duration{&cfg.Timeout, &cfg.ReadTimeout, &cfg.WriteTimeout} {
		if *silence == 0 {
			*silence = timeout
		}
	}
	if cfg.Net == "tcp" {
		cfg.Net = dialWithin(cfg.ReadTimeout)
	}
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	// It would make the connection speak another character set.
	delete(cfg.Params, "charset")
	// A transaction that waits for another one is tried again before the
	// silence of the server looks like a lost connection.
	cfg.Params["innodb_lock_wait_timeout"] = strconv.Itoa(max(1, int(cfg.ReadTimeout/(3*time.Second))))
	cfg.Params["sql_mode"] = "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'"
	cfg.Params["time_zone"] = "'+00:00'"
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	pool := openConnector(repeatableRead{connector}, connections)
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, DSNConfig: cfg}), gormConfig(false))
	if err == nil {
		err = watchTransactions(db)
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// repeatableRead sets the isolation level that the locks of the models rely on
// for every new connection. The variable that a DSN would set has another name
// on each kind of server; the statement has one.
type repeatableRead struct{ sqldriver.Connector }

// Connect opens a connection with that isolation level.
func (c repeatableRead) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, connectOnce(err)
	}
	const text = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"
	if _, err := conn.(sqldriver.ExecerContext).ExecContext(ctx, text, nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// silent drops what the driver would print to standard error; the same reaches
// us as an error.
type silent struct{}

func (silent) Print(...any) {}
