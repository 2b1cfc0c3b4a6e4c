package models

import (
	"context"
	"database/sql"
	"sync"
)

// mostStatements bounds what the many combinations of filters can take.
const mostStatements = 200

// statements keeps the hot reads prepared: their text is fixed, and preparing
// costs a round trip on MySQL and a compilation on SQLite.
type statements struct {
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

func (c *statements) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, stmt := range c.prepared {
		_ = stmt.Close()
	}
	c.prepared = nil
}

// query runs a read whose text is one of few. The hot reads go through it and
// read columns as they come, since GORM's reflection costs more than the
// database does.
func (s *Store) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	pool, err := s.read.DB()
	if err != nil {
		return nil, err
	}
	stmt, err := s.statements.prepare(ctx, pool, text)
	if err != nil {
		return nil, databaseError(err)
	}
	var rows *sql.Rows
	if stmt != nil {
		rows, err = stmt.QueryContext(ctx, args...)
	} else {
		rows, err = pool.QueryContext(ctx, text, args...)
	}
	return rows, databaseError(err)
}

// prepare returns the prepared statement of a text, or nil when too many are
// kept already.
func (c *statements) prepare(ctx context.Context, pool *sql.DB, text string) (*sql.Stmt, error) {
	c.mu.RLock()
	stmt, full := c.prepared[text], len(c.prepared) >= mostStatements
	c.mu.RUnlock()
	if stmt != nil || full {
		return stmt, nil
	}
	stmt, err := pool.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if other, ok := c.prepared[text]; ok {
		_ = stmt.Close()
		return other, nil
	}
	if c.prepared == nil {
		c.prepared = map[string]*sql.Stmt{}
	}
	c.prepared[text] = stmt
	return stmt, nil
}
