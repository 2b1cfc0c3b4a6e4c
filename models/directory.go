package models

import "context"

// DirectoryRow is a type of row that PeeringDB gives and that belongs to
// ScopeDirectory.
type DirectoryRow interface {
	Network | Exchange | ExchangePrefix | Port | Contact
}

// DirectoryChanges counts what an import did with the rows of one type.
type DirectoryChanges struct {
	// Added rows are new and live.
	Added int `json:"added"`
	// Changed rows were stored with other values, or were gone and came back.
	Changed int `json:"changed"`
	// Unchanged rows were stored just so.
	Unchanged int `json:"unchanged"`
	// Removed rows were marked gone by this import.
	Removed int `json:"removed"`
}

// wrote reports whether the import wrote something.
func (c DirectoryChanges) wrote() bool { return c.Added+c.Changed+c.Removed > 0 }

// RowError says why an import refused a row. The import itself can go on.
type RowError struct {
	// Reason is the same text for all rows refused for the same reason.
	Reason string
	// Detail is what it was about this row; it may be empty.
	Detail string
}

// Error returns the reason and the detail.
func (e *RowError) Error() string {
	if e.Detail == "" {
		return e.Reason
	}
	return e.Reason + ": " + e.Detail
}

// DirectoryOptions says how an import takes the rows of one type.
type DirectoryOptions[R DirectoryRow] struct {
	// Complete means that the feed holds every row of its type: stored rows that
	// it does not mention are marked gone. Otherwise they stay as they are.
	Complete bool
	// Keep names stored rows that a complete feed need not mention, since it
	// could not see them. It may be nil.
	Keep func(*R) bool
	// Part, when set, limits what is read of the stored rows; a short feed then
	// takes little time. Rows outside of it stay as they are.
	Part *DirectoryPart
	// Local means that the feed holds rows that only this gateway knows.
	// Otherwise it is PeeringDB's. Neither kind of feed changes rows of the
	// other, and a row whose id the other kind has is refused.
	Local bool
}

// DirectoryPart names stored rows by what they are or belong to. Those of the
// feed are looked up in any case.
type DirectoryPart struct {
	// IDs are rows of the type of the import.
	IDs []uint64
	// Networks and Exchanges name the rows below them, where the type has any.
	Networks, Exchanges []uint64
}

// ImportDirectory makes the rows that feed puts the live rows of their type, as
// a part of the transaction: new rows are added and rows with other values
// changed. When all is as it was, nothing is written and the version of
// ScopeDirectory stays. An error of feed is returned; the transaction must then
// be given up.
func ImportDirectory[R DirectoryRow](tx *Tx, o DirectoryOptions[R], feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	in := &DirectoryImport[R]{db: tx.db, direct: true, time: tx.Time, options: o}
	if err := in.run(feed); err != nil {
		return DirectoryChanges{}, err
	}
	if err := writeDirectory(tx, in.writes, in.retired); err != nil {
		return DirectoryChanges{}, err
	}
	if in.changes.wrote() {
		tx.touch(ScopeDirectory)
	}
	return in.changes, nil
}

// ReplaceDirectory is ImportDirectory of a complete feed of PeeringDB, in a
// transaction of its own.
//
// A transaction lost against another one is tried again, so feed may be called
// several times and must start from its first row each time. An error of feed
// rolls everything back and is returned.
func ReplaceDirectory[R DirectoryRow](ctx context.Context, s *Store, feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	return importAlone(ctx, s, DirectoryOptions[R]{Complete: true}, feed)
}

// MergeDirectory is ReplaceDirectory for a feed that holds only what changed:
// rows that it does not mention stay as they are.
func MergeDirectory[R DirectoryRow](ctx context.Context, s *Store, feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	return importAlone(ctx, s, DirectoryOptions[R]{}, feed)
}

func importAlone[R DirectoryRow](ctx context.Context, s *Store, o DirectoryOptions[R], feed func(in *DirectoryImport[R]) error) (changes DirectoryChanges, err error) {
	err = s.Write(ctx, func(tx *Tx) (err error) {
		changes, err = ImportDirectory(tx, o, feed)
		return err
	})
	if err != nil {
		return DirectoryChanges{}, err
	}
	return changes, nil
}
