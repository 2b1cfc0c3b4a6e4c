package models

// readStored reads the fingerprints of all rows of the type, one row at a
// time.
func (in *DirectoryImport[R]) readStored() error {
	rows, err := in.tx.db.Model(new(R)).Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		// A row of its own each time: GORM reuses what pointers point at.
		row := new(R)
		if err := in.tx.db.ScanRows(rows, row); err != nil {
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

// readParents returns the ids of all rows of a parent type, and whether each
// is live.
func readParents(tx *Tx, parent directoryParent) (map[uint64]bool, error) {
	var model any = &Network{}
	if parent == parentExchange {
		model = &Exchange{}
	}
	rows, err := tx.db.Model(model).Select("id, gone_at IS NULL").Rows()
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	ids := map[uint64]bool{}
	for rows.Next() {
		var id uint64
		var live bool
		if err := rows.Scan(&id, &live); err != nil {
			return nil, err
		}
		ids[id] = live
	}
	return ids, rows.Err()
}
