package models

import (
	"context"
	"database/sql"
	"sync"
)

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
	stmt, err := s.prepare(ctx, text)
	if err != nil {
		return nil, databaseError(err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, databaseError(err)
}

func (s *Store) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	c := &s.statements
	c.mu.RLock()
	stmt, ok := c.prepared[text]
	c.mu.RUnlock()
	if ok {
		return stmt, nil
	}
	pool, err := s.read.DB()
	if err != nil {
		return nil, err
	}
	if stmt, err = pool.PrepareContext(ctx, text); err != nil {
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
