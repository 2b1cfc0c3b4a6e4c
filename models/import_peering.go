package models

import (
	"slices"

	"gorm.io/gorm/clause"
)

// ImportSessions writes sessions under their ids: change is called with the stored
// one, or an empty one. A session that another live one has the router and
// addresses of is stored too; see SettleLiveKeys.
func (tx *Tx) ImportSessions(ids []uint64, change func(s *Session)) error {
	tx.touch(ScopePeering)
	return importByID(tx, ids, func(s *Session) uint64 { return s.ID }, func(id uint64, s *Session) {
		s.ID = id
		if s.CreatedAt == 0 {
			s.CreatedAt, s.ModifiedAt = tx.Time, tx.Time
		}
		change(s)
		s.LiveKey = nil
	})
}

// ImportRequests writes requests under their ids, as ones whose mail was sent.
func (tx *Tx) ImportRequests(ids []uint64, change func(r *Request)) error {
	tx.touch(ScopePeering)
	return importByID(tx, ids, func(r *Request) uint64 { return r.ID }, func(id uint64, r *Request) {
		r.ID, r.Delivery, r.Failure = id, DeliverySent, nil
		change(r)
	})
}

// importByID reads rows, has them changed and writes them.
func importByID[R any](tx *Tx, ids []uint64, idOf func(*R) uint64, change func(id uint64, row *R)) error {
	for some := range slices.Chunk(ids, importBatch) {
		var stored []R
		if err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id IN ?", some).Find(&stored).Error; err != nil {
			return err
		}
		rows := make([]R, len(some))
		for i, id := range some {
			if at := slices.IndexFunc(stored, func(r R) bool { return idOf(&r) == id }); at >= 0 {
				rows[i] = stored[at]
			}
			change(id, &rows[i])
		}
		if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&rows, directoryBatch).Error; err != nil {
			return err
		}
	}
	return nil
}

// RemoveSessions removes sessions altogether, as the original server did.
func (tx *Tx) RemoveSessions(ids []uint64) error {
	tx.touch(ScopePeering)
	return tx.db.Where("id IN ?", ids).Delete(&Session{}).Error
}

// RemoveRequests removes requests altogether.
func (tx *Tx) RemoveRequests(ids []uint64) error {
	tx.touch(ScopePeering)
	return tx.db.Where("id IN ?", ids).Delete(&Request{}).Error
}

// SettleLiveKeys gives the live sessions that came by ImportSessions what may
// exist only once among them, the one with the lowest id first. It returns the ids
// of those whose router and addresses another live session has: they stay without.
func (tx *Tx) SettleLiveKeys() (doubled []uint64, err error) {
	var open []Session
	if err := tx.db.Where("deleted_at IS NULL AND live_key IS NULL").Order("id").Find(&open).Error; err != nil {
		return nil, err
	}
	for i := range open {
		key := open[i].liveKey()
		var taken []uint64
		if err := tx.db.Model(&Session{}).Where("live_key = ?", key).Pluck("id", &taken).Error; err != nil {
			return nil, err
		}
		if len(taken) > 0 {
			doubled = append(doubled, open[i].ID)
			continue
		}
		if err := tx.db.Model(&Session{ID: open[i].ID}).UpdateColumn("live_key", key).Error; err != nil {
			return nil, err
		}
	}
	return doubled, nil
}

// ImportCommunication writes the record of a network at an exchange.
func (tx *Tx) ImportCommunication(network, exchange uint64, change func(*Communication)) error {
	p := &Peer{}
	p.Network.ID, p.Exchange.ID = network, exchange
	return tx.ChangeCommunication(p, change)
}

// RemoveCommunication removes the record of a network at an exchange.
func (tx *Tx) RemoveCommunication(network, exchange uint64) error {
	tx.touch(ScopePeering)
	return tx.db.Where("network_id = ? AND exchange_id = ?", network, exchange).Delete(&Communication{}).Error
}

// ImportLog makes entries, newest first, the log of a network. Those that are
// there already at the log's beginning keep their rows.
func (tx *Tx) ImportLog(network uint64, entries []LogEntry) error {
	tx.touch(ScopePeering)
	var stored []LogEntry
	if err := tx.db.Where("network_id = ?", network).Order("time, id").Find(&stored).Error; err != nil {
		return err
	}
	wanted := slices.Clone(entries)
	slices.Reverse(wanted)
	same := 0
	for same < len(stored) && same < len(wanted) && sameEntry(stored[same], wanted[same]) {
		same++
	}
	if same < len(stored) {
		same = 0
		if err := tx.db.Where("network_id = ?", network).Delete(&LogEntry{}).Error; err != nil {
			return err
		}
	}
	rows := wanted[same:]
	for i := range rows {
		rows[i].ID, rows[i].NetworkID = 0, &network
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.db.CreateInBatches(&rows, importBatch).Error
}

func sameEntry(a, b LogEntry) bool {
	same := func(x, y *uint64) bool { return x == y || x != nil && y != nil && *x == *y }
	return a.Message == b.Message && a.Time == b.Time && same(a.ExchangeID, b.ExchangeID) && same(a.RequestID, b.RequestID) && same(a.SessionID, b.SessionID)
}
