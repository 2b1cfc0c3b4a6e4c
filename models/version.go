package models

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
)

// Scope is a part of the data whose changes are counted together. An answer
// that was made from some scopes is still true while their versions are the
// same.
type Scope string

// The scopes. Every table that an answer may show belongs to one of them.
const (
	// ScopeDirectory is networks, exchanges, prefixes, ports and contacts.
	ScopeDirectory Scope = "directory"
	// ScopePeering is communications, log entries, requests and sessions.
	ScopePeering Scope = "peering"
	// ScopeResources is resources, sections, field values and secrets.
	ScopeResources Scope = "resources"
	// ScopeKeys is API keys.
	ScopeKeys Scope = "keys"
	// ScopeModes is who answers which action.
	ScopeModes Scope = "modes"
)

var scopes = []Scope{ScopeDirectory, ScopePeering, ScopeResources, ScopeKeys, ScopeModes}

// Versions counts the committed changes of each scope.
type Versions [5]int64

// Of returns the versions of some scopes, and 0 for the others, so that two
// results compare equal when nothing in these scopes changed.
func (v Versions) Of(some ...Scope) Versions {
	var out Versions
	for i, scope := range scopes {
		if slices.Contains(some, scope) {
			out[i] = v[i]
		}
	}
	return out
}

// touch says that the transaction changes a scope.
func (tx *Tx) touch(some ...Scope) {
	for _, scope := range some {
		tx.touched[scope] = true
	}
}

// bump counts the change of every touched scope as the last step of the
// transaction, so that the rows are locked only while it commits. The order is
// fixed, against deadlocks.
func (tx *Tx) bump() error {
	stripe := 0
	if tx.store.mysql {
		stripe = rand.IntN(16)
	}
	for _, scope := range scopes {
		if !tx.touched[scope] {
			continue
		}
		result := tx.db.Exec("UPDATE generations SET version = version + 1 WHERE scope = ? AND stripe = ?", string(scope), stripe)
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected != 1 {
			return fmt.Errorf("scope %s has no version row", scope)
		}
	}
	return nil
}

// Versions returns the versions as they are in the database at some moment
// after the call began, so a change that anybody committed before the call is
// counted. Calls that come while a query is under way share the next one: many
// concurrent requests cost few queries.
func (s *Store) Versions(ctx context.Context) (Versions, error) { return s.versions.get(ctx) }

// versionReader shares queries between callers without ever answering one from
// a query that began before it asked.
type versionReader struct {
	query func(context.Context) (Versions, error)
	mu    sync.Mutex
	// next collects those who wait for the query that has not begun.
	next    *versionQuery
	running bool
}

type versionQuery struct {
	done     chan struct{}
	versions Versions
	err      error
}

func newVersionReader(s *Store) *versionReader { return &versionReader{query: s.readVersions} }

func (r *versionReader) get(ctx context.Context) (Versions, error) {
	r.mu.Lock()
	if r.next == nil {
		r.next = &versionQuery{done: make(chan struct{})}
	}
	query := r.next
	if !r.running {
		r.running = true
		go r.run()
	}
	r.mu.Unlock()
	select {
	case <-query.done:
		return query.versions, query.err
	case <-ctx.Done():
		return Versions{}, ctx.Err()
	}
}

func (r *versionReader) run() {
	for {
		r.mu.Lock()
		query := r.next
		r.next = nil
		r.running = query != nil
		r.mu.Unlock()
		if query == nil {
			return
		}
		// Nobody's own context, since the others wait for it too. It has no
		// deadline, which would cost more than the query; the connection has.
		query.versions, query.err = r.query(context.Background())
		close(query.done)
		if query.err != nil {
			r.fail(query.err)
		}
	}
}

// fail ends the wait of those who came while a query failed. To ask again would
// make them wait for a silent server twice.
func (r *versionReader) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if query := r.next; query != nil {
		r.next = nil
		query.err = err
		close(query.done)
	}
}

func (s *Store) readVersions(ctx context.Context) (v Versions, err error) {
	// SQLite keeps one row for each scope, and what needs no aggregate is
	// several times cheaper there.
	text := "SELECT scope, version FROM generations"
	if s.mysql {
		text = "SELECT scope, CAST(SUM(version) AS SIGNED) FROM generations GROUP BY scope"
	}
	err = s.each(ctx, text, nil, func(rows *sql.Rows) error {
		var scope string
		var version int64
		if err := rows.Scan(&scope, &version); err != nil {
			return err
		}
		if i := slices.Index(scopes, Scope(scope)); i >= 0 {
			v[i] = version
		}
		return nil
	})
	return v, err
}

// String is a text that is equal for equal versions.
func (v Versions) String() string { return fmt.Sprint([len(v)]int64(v)) }
