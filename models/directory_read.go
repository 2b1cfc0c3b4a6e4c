package models

import (
	"slices"

	"gorm.io/gorm"
)

// read reads what is stored of the type and of the types above it, or the part
// of it that the options name.
func (in *DirectoryImport[R]) read() error {
	in.stored, in.parents, in.looked = map[uint64]storedRow{}, map[directoryParent]map[uint64]bool{}, map[uint64]bool{}
	part := in.options.Part
	if part == nil {
		if err := in.readStored(in.db); err != nil {
			return err
		}
	} else if err := in.readWhere("id", part.IDs); err != nil {
		return err
	}
	for _, ref := range any(new(R)).(directoryRow).references() {
		in.parents[ref.parent] = map[uint64]bool{}
		var err error
		switch {
		case part == nil:
			err = in.readParents(ref.parent, parentRows(in.db, ref.parent))
		case ref.parent == parentNetwork:
			err = in.readWhere("network_id", part.Networks)
		default:
			err = in.readWhere("exchange_id", part.Exchanges)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readWhere reads the rows that have one of some numbers in a column.
func (in *DirectoryImport[R]) readWhere(column string, ids []uint64) error {
	for some := range slices.Chunk(ids, 10*directoryBatch) {
		if err := in.readStored(in.db.Where(column+" IN ?", some)); err != nil {
			return err
		}
		if column == "id" {
			for _, id := range some {
				in.looked[id] = true
			}
		}
	}
	return nil
}

// lookUp makes sure that it is known what is stored under an id.
func (in *DirectoryImport[R]) lookUp(id uint64) error {
	if in.options.Part == nil || in.looked[id] {
		return nil
	}
	if _, read := in.stored[id]; read {
		return nil
	}
	return in.readWhere("id", []uint64{id})
}

// readStored reads the fingerprints of rows of the type, one row at a time.
func (in *DirectoryImport[R]) readStored(from *gorm.DB) error {
	rows, err := from.Model(new(R)).Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		// A row of its own each time: GORM reuses what pointers point at.
		row := new(R)
		if err := in.db.ScanRows(rows, row); err != nil {
			return err
		}
		d := any(row).(directoryRow)
		kept := storedRow{live: *d.goneAt() == nil, foreign: d.local() != in.options.Local}
		if in.options.Keep != nil {
			kept.keep = in.options.Keep(row)
		}
		if kept.sum, err = fingerprintOf(d); err != nil {
			return err
		}
		in.stored[d.directoryID()] = kept
	}
	return rows.Err()
}

// parent tells whether a network or exchange is known, and whether it is live.
func (in *DirectoryImport[R]) parent(ref directoryReference) (live, known bool, err error) {
	if live, known = in.planned[ref.parent][ref.id]; known {
		return live, true, nil
	}
	if live, known = in.parents[ref.parent][ref.id]; known || in.options.Part == nil {
		return live, known, nil
	}
	if err := in.readParents(ref.parent, parentRows(in.db, ref.parent).Where("id = ?", ref.id)); err != nil {
		return false, false, err
	}
	live, known = in.parents[ref.parent][ref.id]
	return live, known, nil
}

func parentRows(db *gorm.DB, parent directoryParent) *gorm.DB {
	if parent == parentExchange {
		return db.Model(&Exchange{})
	}
	return db.Model(&Network{})
}

// readParents reads the ids of rows of a parent type, and whether each is live.
func (in *DirectoryImport[R]) readParents(parent directoryParent, from *gorm.DB) error {
	rows, err := from.Select("id, gone_at IS NULL").Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id uint64
		var live bool
		if err := rows.Scan(&id, &live); err != nil {
			return err
		}
		in.parents[parent][id] = live
	}
	return rows.Err()
}
