package models

import (
	"context"
	"fmt"
	"slices"
)

// ImportRows writes rows of the directory as an original server shows them: change
// is called for each id with the stored row, or an empty one, and sets what is
// known. The rows are PeeringDB's afterwards, so that the next synchronisation
// takes them over. The ids of rows that only this gateway knows are returned and
// their rows left as they are.
func ImportRows[R DirectoryRow](tx *Tx, ids []uint64, change func(id uint64, row *R)) (local []uint64, err error) {
	for some := range slices.Chunk(ids, importBatch) {
		var stored []R
		if err := tx.db.Where("id IN ?", some).Find(&stored).Error; err != nil {
			return nil, err
		}
		byID := map[uint64]*R{}
		for i := range stored {
			byID[any(&stored[i]).(directoryRow).directoryID()] = &stored[i]
		}
		var rows []R
		for _, id := range some {
			row := byID[id]
			if row == nil {
				row = new(R)
				setDirectoryID(row, id)
			}
			if any(row).(directoryRow).local() {
				local = append(local, id)
				continue
			}
			change(id, row)
			*any(row).(directoryRow).goneAt() = nil
			if n, ok := any(row).(*Network); ok {
				n.NameFold = []byte(Fold(n.Name))
			}
			rows = append(rows, *row)
		}
		if err := storeRows(tx.db, rows); err != nil {
			return nil, err
		}
	}
	tx.touch(ScopeDirectory)
	return local, nil
}

// RetireRows marks rows of the directory gone.
func RetireRows[R DirectoryRow](tx *Tx, ids []uint64) error {
	tx.touch(ScopeDirectory)
	return retireRows[R](tx.db, ids, tx.Time)
}

// setDirectoryID gives a new row its id and the values that a network has that
// nothing is known of.
func setDirectoryID[R DirectoryRow](row *R, id uint64) {
	switch r := any(row).(type) {
	case *Network:
		const unknown = "Not Disclosed"
		r.ID, r.InfoTraffic, r.InfoRatio, r.InfoType = id, unknown, unknown, unknown
	case *Exchange:
		r.ID, r.ProtoUnicast = id, true
	case *ExchangePrefix:
		r.ID = id
	case *Port:
		r.ID, r.Operational = id, true
	case *Contact:
		r.ID, r.Visible = id, "Users"
	}
}

// ExchangeIDs returns the ids of all exchanges, gone ones too.
func (s *Store) ExchangeIDs(ctx context.Context) ([]uint64, error) {
	var ids []uint64
	err := s.read.WithContext(ctx).Model(&Exchange{}).Order("id").Pluck("id", &ids).Error
	return ids, databaseError(err)
}

// PlaceholderName is what an exchange is called whose name is not known.
func PlaceholderName(id uint64) string { return fmt.Sprintf("Exchange %d", id) }

// RemoveExchange removes an exchange altogether, so that sessions there show no
// name.
func (tx *Tx) RemoveExchange(id uint64) error {
	tx.touch(ScopeDirectory)
	return tx.db.Where("id = ? AND local = ?", id, false).Delete(&Exchange{}).Error
}
