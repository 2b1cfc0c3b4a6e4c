package models

import (
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// DirectoryImport takes the rows of one type during ImportDirectory. It is not
// safe for concurrent use.
type DirectoryImport[R DirectoryRow] struct {
	// db is where to read, and to write when direct is set.
	db     *gorm.DB
	direct bool
	// time is the moment of the import in Unix seconds.
	time    int64
	options DirectoryOptions[R]
	changes DirectoryChanges
	stored  map[uint64]storedRow
	// looked are the ids that were looked up one by one, stored or not.
	looked  map[uint64]bool
	parents map[directoryParent]map[uint64]bool
	// planned tells of networks and exchanges that are going to change whether
	// they will be live.
	planned map[directoryParent]map[uint64]bool
	writes  []R
	retired []uint64
}

// storedRow is what an import remembers of a row: enough to know whether a row
// of the feed differs, whatever the size of the row.
type storedRow struct {
	sum  fingerprint
	live bool
	// put is set once the feed has put the row, keep when it is to stay.
	put, keep bool
	// foreign is set when the row is of the other kind, local or not.
	foreign bool
}

// Put takes a live row. The import computes NameFold and Local and ignores
// GoneAt. A *RowError means that the row was refused: it has no id, its id was
// put before or is that of a row of the other kind, or a network or exchange
// that it belongs to is unknown or gone. In the last case a stored row of that id is marked gone too, since nothing may
// be live below something that is not. Other errors end the import.
func (in *DirectoryImport[R]) Put(row R) error {
	d, old, err := in.accept(&row, true)
	if err != nil {
		return err
	}
	id := d.directoryID()
	sum, err := fingerprintOf(d)
	if err != nil {
		return err
	}
	in.stored[id] = storedRow{sum: sum, live: true, put: true}
	switch {
	case old == nil:
		in.changes.Added++
	case !old.live || old.sum != sum:
		in.changes.Changed++
	default:
		in.changes.Unchanged++
		return nil
	}
	return in.write(row)
}

// PutGone takes a row that upstream reports as deleted. A stored row keeps its
// values, since upstream empties those of deleted rows, and is marked gone. A
// row never seen before is stored as gone, so that it can be resolved. A
// *RowError means the same as for Put, except that what the row belongs to may
// be gone.
func (in *DirectoryImport[R]) PutGone(row R) error {
	d, old, err := in.accept(&row, false)
	if err != nil {
		return err
	}
	id := d.directoryID()
	if old != nil {
		if old.live {
			in.retire(id)
		} else {
			in.changes.Unchanged++
		}
		in.stored[id] = storedRow{sum: old.sum, put: true}
		return nil
	}
	in.stored[id] = storedRow{put: true}
	in.changes.Removed++
	*d.goneAt() = &in.time
	return in.write(row)
}

// Keep says that the feed mentions a row but that it cannot be used: what is
// stored under its id, if anything, stays as it is.
func (in *DirectoryImport[R]) Keep(id uint64) {
	if old, ok := in.stored[id]; ok {
		old.keep = true
		in.stored[id] = old
	}
}

// run reads what is stored, takes the feed, and marks gone what it does not
// mention.
func (in *DirectoryImport[R]) run(feed func(in *DirectoryImport[R]) error) error {
	if err := in.read(); err != nil {
		return err
	}
	if err := feed(in); err != nil {
		return err
	}
	if in.options.Complete {
		in.retireUnmentioned()
	}
	slices.Sort(in.retired)
	return nil
}

// accept prepares a row and checks its id and what it belongs to. It returns
// what is stored under the id, or nil.
func (in *DirectoryImport[R]) accept(row *R, live bool) (directoryRow, *storedRow, error) {
	d := any(row).(directoryRow)
	in.setLocal(row)
	if n, ok := d.(*Network); ok {
		n.NameFold = []byte(Fold(n.Name))
	}
	id := d.directoryID()
	if id == 0 {
		return nil, nil, &RowError{Reason: "no id"}
	}
	if err := in.lookUp(id); err != nil {
		return nil, nil, err
	}
	old, ok := in.stored[id]
	switch {
	case old.put:
		return nil, nil, &RowError{Reason: "duplicate id"}
	case old.foreign && in.options.Local:
		return nil, nil, &RowError{Reason: "the id belongs to a row of PeeringDB"}
	case old.foreign:
		return nil, nil, &RowError{Reason: "the id belongs to a local row"}
	}
	refused, err := in.refuseParents(d, live)
	if err != nil {
		return nil, nil, err
	}
	if refused != nil && (live || !ok) {
		if ok {
			if old.live {
				in.retire(id)
			}
			in.stored[id] = storedRow{sum: old.sum, put: true}
		}
		return nil, nil, refused
	}
	if !ok {
		return d, nil, nil
	}
	return d, &old, nil
}

// setLocal makes a row one of the kind that the feed holds.
func (in *DirectoryImport[R]) setLocal(row *R) {
	local := in.options.Local
	switch r := any(row).(type) {
	case *Network:
		r.Local = local
	case *Exchange:
		r.Local = local
	case *ExchangePrefix:
		r.Local = local
	case *Port:
		r.Local = local
	case *Contact:
		r.Local = local
	}
}

// refuseParents returns an error unless everything a row belongs to is stored
// and, for a live row, live.
func (in *DirectoryImport[R]) refuseParents(d directoryRow, live bool) (*RowError, error) {
	for _, ref := range d.references() {
		parentLive, known, err := in.parent(ref)
		switch {
		case err != nil:
			return nil, err
		case !known:
			return &RowError{Reason: "unknown " + string(ref.parent), Detail: formatID(ref.id)}, nil
		case live && !parentLive:
			return &RowError{Reason: string(ref.parent) + " is gone", Detail: formatID(ref.id)}, nil
		}
	}
	return nil, nil
}

// directoryBatch is how many rows one statement writes. Larger statements make
// SQLite slower and on MySQL come nearer to the largest packet it takes.
const directoryBatch = 50

func (in *DirectoryImport[R]) write(row R) error {
	in.writes = append(in.writes, row)
	if !in.direct || len(in.writes) < directoryBatch {
		return nil
	}
	err := storeRows(in.db, in.writes)
	in.writes = in.writes[:0]
	return err
}

// retire marks a stored live row gone.
func (in *DirectoryImport[R]) retire(id uint64) {
	in.retired = append(in.retired, id)
	in.changes.Removed++
}

func (in *DirectoryImport[R]) retireUnmentioned() {
	for id, row := range in.stored {
		if row.live && !row.put && !row.keep && !row.foreign {
			in.retire(id)
		}
	}
}

// storeRows inserts rows, or replaces those with their ids.
func storeRows[R DirectoryRow](db *gorm.DB, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error
}

// retireRows marks rows gone at a time.
func retireRows[R DirectoryRow](db *gorm.DB, gone []uint64, at int64) error {
	for ids := range slices.Chunk(gone, 10*directoryBatch) {
		if err := db.Model(new(R)).Where("id IN ?", ids).Update("gone_at", at).Error; err != nil {
			return err
		}
	}
	return nil
}
