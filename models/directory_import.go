package models

import (
	"slices"

	"gorm.io/gorm/clause"
)

// DirectoryImport takes the rows of one type during ImportDirectory. It is not
// safe for concurrent use.
type DirectoryImport[R DirectoryRow] struct {
	tx      *Tx
	options DirectoryOptions[R]
	changes DirectoryChanges
	stored  map[uint64]storedRow
	parents map[directoryParent]map[uint64]bool
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
	*d.goneAt() = &in.tx.Time
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
	old, ok := in.stored[id]
	switch {
	case old.put:
		return nil, nil, &RowError{Reason: "duplicate id"}
	case old.foreign && in.options.Local:
		return nil, nil, &RowError{Reason: "the id belongs to a row of PeeringDB"}
	case old.foreign:
		return nil, nil, &RowError{Reason: "the id belongs to a local row"}
	}
	if refused := in.refuseParents(d, live); refused != nil && (live || !ok) {
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
func (in *DirectoryImport[R]) refuseParents(d directoryRow, live bool) error {
	for _, ref := range d.references() {
		parentLive, known := in.parents[ref.parent][ref.id]
		switch {
		case !known:
			return &RowError{Reason: "unknown " + string(ref.parent), Detail: formatID(ref.id)}
		case live && !parentLive:
			return &RowError{Reason: string(ref.parent) + " is gone", Detail: formatID(ref.id)}
		}
	}
	return nil
}

// directoryBatch is how many rows one statement writes. Larger statements make
// SQLite slower and on MySQL come nearer to the largest packet it takes.
const directoryBatch = 50

func (in *DirectoryImport[R]) write(row R) error {
	in.writes = append(in.writes, row)
	if len(in.writes) < directoryBatch {
		return nil
	}
	return in.flushWrites()
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

func (in *DirectoryImport[R]) flushWrites() error {
	if len(in.writes) == 0 {
		return nil
	}
	err := in.tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&in.writes).Error
	in.writes = in.writes[:0]
	return err
}

// flush writes what is left. Ids are in order, so that two imports lock rows
// in the same order.
func (in *DirectoryImport[R]) flush() error {
	if err := in.flushWrites(); err != nil {
		return err
	}
	slices.Sort(in.retired)
	for ids := range slices.Chunk(in.retired, 10*directoryBatch) {
		if err := in.tx.db.Model(new(R)).Where("id IN ?", ids).Update("gone_at", in.tx.Time).Error; err != nil {
			return err
		}
	}
	return nil
}

// newDirectoryImport reads what is stored of a type and of the types above it.
func newDirectoryImport[R DirectoryRow](tx *Tx, o DirectoryOptions[R]) (*DirectoryImport[R], error) {
	in := &DirectoryImport[R]{tx: tx, options: o, stored: map[uint64]storedRow{}, parents: map[directoryParent]map[uint64]bool{}}
	if err := in.readStored(); err != nil {
		return nil, err
	}
	for _, ref := range any(new(R)).(directoryRow).references() {
		ids, err := readParents(tx, ref.parent)
		if err != nil {
			return nil, err
		}
		in.parents[ref.parent] = ids
	}
	return in, nil
}
