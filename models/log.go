package models

import (
	"context"
	"database/sql"
	"strconv"
)

// Log adds an entry for a network at an exchange. The moment is the
// transaction's.
func (tx *Tx) Log(entry LogEntry) error {
	tx.touch(ScopePeering)
	entry.Time = tx.Time
	return tx.db.Create(&entry).Error
}

const logColumns = "SELECT network_id, exchange_id, message, time, request_id, session_id FROM log_entries WHERE "

// logOrder is newest first; entries of one second are in the order in which
// they were made.
const logOrder = " ORDER BY time DESC, id DESC"

// LogOf returns the log entries of networks, newest first: those of one
// exchange, or all when exchange is nil. A nil network means every network.
func (s *Store) LogOf(ctx context.Context, network, exchange *uint64) (map[uint64][]LogEntry, error) {
	where, args := "network_id IS NOT NULL", []any{}
	if network != nil {
		where, args = where+" AND network_id = ?", append(args, *network)
	}
	if exchange != nil {
		where, args = where+" AND exchange_id = ?", append(args, *exchange)
	}
	out := map[uint64][]LogEntry{}
	return out, s.each(ctx, logColumns+where+logOrder, args, func(rows *sql.Rows) error {
		var e LogEntry
		if err := rows.Scan(&e.NetworkID, &e.ExchangeID, &e.Message, &e.Time, &e.RequestID, &e.SessionID); err != nil {
			return err
		}
		out[*e.NetworkID] = append(out[*e.NetworkID], e)
		return nil
	})
}

// PeerLog returns a network's log entries at an exchange, newest first, as the
// transaction sees them.
func (tx *Tx) PeerLog(network, exchange uint64) ([]LogEntry, error) {
	var entries []LogEntry
	err := tx.db.Where("network_id = ? AND exchange_id = ?", network, exchange).Order("time DESC, id DESC").Find(&entries).Error
	return entries, err
}

// FormatID is an id in decimal, as the legacy answers show ids.
func FormatID(id uint64) string { return strconv.FormatUint(id, 10) }
