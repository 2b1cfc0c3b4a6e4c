package models

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"gorm.io/gorm"
)

// DirectoryPlan is what imports of several types are going to change. To compute
// it takes seconds with lists as long as PeeringDB's; to write it takes as long
// as there are changes. Nobody who writes waits for the first.
type DirectoryPlan struct {
	// tx is set when the imports write at once.
	tx *Tx
	// db is where to read, and time the moment of the plan in Unix seconds.
	db   *gorm.DB
	time int64
	// version is that of ScopeDirectory as it was read.
	version int64
	// live tells of the networks and exchanges that the plan is going to change
	// whether they will be live.
	live  map[directoryParent]map[uint64]bool
	steps []func(tx *Tx) error
}

// ErrStalePlan is why a plan cannot be applied, or be made: what it was computed
// from has changed or could not be read to its end.
var ErrStalePlan = errors.New("the directory changed meanwhile")

// PlanDirectory calls f with an empty plan, for PlanImport to read one state of
// the database and to write nothing. It returns the error of f; where the
// database broke off, it is ErrStalePlan as well.
func (s *Store) PlanDirectory(ctx context.Context, f func(p *DirectoryPlan) error) (*DirectoryPlan, error) {
	p := &DirectoryPlan{time: s.now().Unix(), live: map[directoryParent]map[uint64]bool{}}
	err := s.read.WithContext(ctx).Transaction(func(db *gorm.DB) (err error) {
		p.db = db
		if p.version, err = directoryVersion(db, ""); err != nil {
			return err
		}
		return f(p)
	}, &sql.TxOptions{ReadOnly: true})
	p.db = nil
	if isContention(err) || isLostServer(err) {
		return nil, errors.Join(ErrStalePlan, databaseError(err))
	}
	if err != nil {
		return nil, databaseError(err)
	}
	return p, nil
}

// PlanDirectory gives a plan whose imports write at once, as a part of the
// transaction: the way that never ends in ErrStalePlan, but during which nobody
// else can write.
func (tx *Tx) PlanDirectory() *DirectoryPlan { return &DirectoryPlan{tx: tx} }

// PlanImport is ImportDirectory as a part of a plan. Imports of a plan see what
// those before them are going to change.
func PlanImport[R DirectoryRow](p *DirectoryPlan, o DirectoryOptions[R], feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	if p.tx != nil {
		return ImportDirectory(p.tx, o, feed)
	}
	in := &DirectoryImport[R]{db: p.db, time: p.time, options: o, planned: p.live}
	if err := in.run(feed); err != nil {
		return DirectoryChanges{}, err
	}
	if in.changes.wrote() {
		p.steps = append(p.steps, func(tx *Tx) error { return writeDirectory(tx, in.writes, in.retired) })
	}
	p.remember(in.parentsAfter())
	return in.changes, nil
}

// remember notes which networks or exchanges will be live.
func (p *DirectoryPlan) remember(parent directoryParent, live map[uint64]bool) {
	if parent != "" {
		p.live[parent] = live
	}
}

// parentsAfter tells of the rows that the import changes, if others can belong
// to them, whether they will be live.
func (in *DirectoryImport[R]) parentsAfter() (directoryParent, map[uint64]bool) {
	var parent directoryParent
	switch any(new(R)).(type) {
	case *Network:
		parent = parentNetwork
	case *Exchange:
		parent = parentExchange
	default:
		return "", nil
	}
	live := map[uint64]bool{}
	for id, row := range in.stored {
		if row.put {
			live[id] = row.live
		}
	}
	for _, id := range in.retired {
		live[id] = false
	}
	return parent, live
}

// Apply writes the plan. It fails with ErrStalePlan when the directory is no
// longer what the plan was made from; a plan that changes nothing is never
// stale, since it is as if it had been applied when it was made.
func (p *DirectoryPlan) Apply(tx *Tx) error {
	if len(p.steps) == 0 {
		return nil
	}
	lock := ""
	if tx.store.mysql {
		// Whoever changes the directory changes one of these rows as well, and
		// waits for the end of this transaction to do so.
		lock = " FOR UPDATE"
	}
	version, err := directoryVersion(tx.db, lock)
	if err != nil {
		return err
	}
	if version != p.version {
		return ErrStalePlan
	}
	for _, step := range p.steps {
		if err := step(tx); err != nil {
			return err
		}
	}
	tx.touch(ScopeDirectory)
	return nil
}

// directoryVersion counts the committed changes of the directory.
func directoryVersion(db *gorm.DB, lock string) (sum int64, err error) {
	var versions []int64
	err = db.Raw("SELECT version FROM generations WHERE scope = ?"+lock, string(ScopeDirectory)).Scan(&versions).Error
	for _, version := range versions {
		sum += version
	}
	return sum, err
}

// writeDirectory stores rows as they are and marks others gone. Ids are in
// order, so that two imports lock rows in the same order.
func writeDirectory[R DirectoryRow](tx *Tx, rows []R, gone []uint64) error {
	for some := range slices.Chunk(rows, directoryBatch) {
		if err := storeRows(tx.db, some); err != nil {
			return err
		}
	}
	return retireRows[R](tx.db, gone, tx.Time)
}
