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

// ReplaceDirectory makes the rows that feed puts the live rows of their type,
// in one transaction: new rows are added, rows with other values changed, and
// rows that feed does not mention marked gone. When all is as it was, nothing
// is written and the version of ScopeDirectory stays.
//
// A transaction lost against another one is tried again, so feed may be called
// several times and must start from its first row each time. An error of feed
// rolls everything back and is returned.
func ReplaceDirectory[R DirectoryRow](ctx context.Context, s *Store, feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	return importDirectory(ctx, s, true, feed)
}

// MergeDirectory is ReplaceDirectory for a feed that holds only what changed:
// rows that it does not mention stay as they are.
func MergeDirectory[R DirectoryRow](ctx context.Context, s *Store, feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	return importDirectory(ctx, s, false, feed)
}

func importDirectory[R DirectoryRow](ctx context.Context, s *Store, complete bool, feed func(in *DirectoryImport[R]) error) (DirectoryChanges, error) {
	var changes DirectoryChanges
	err := s.Write(ctx, func(tx *Tx) error {
		in, err := newDirectoryImport[R](tx)
		if err != nil {
			return err
		}
		if err := feed(in); err != nil {
			return err
		}
		if complete {
			in.retireUnmentioned()
		}
		if err := in.flush(); err != nil {
			return err
		}
		if in.changes.wrote() {
			tx.touch(ScopeDirectory)
		}
		changes = in.changes
		return nil
	})
	if err != nil {
		return DirectoryChanges{}, err
	}
	return changes, nil
}
