package models

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"gorm.io/gorm/clause"
)

// SessionColumns are the columns of a session as the legacy answers show them,
// in their order. resource_name and public_name are joined.
var SessionColumns = []string{
	"id", "source_asn", "source_ipaddr", "resource_id", "resource_name", "peer_asn", "peer_name", "peer_participant_id",
	"peer_ipaddr", "peer_hostname", "peer_group", "public_id", "public_name", "ip_type", "type", "state", "prfx_max",
	"prfx_received", "password", "note",
}

// sessionSelect reads SessionColumns with the names of router and exchange.
var sessionSelect = func() string {
	var b strings.Builder
	for i, column := range SessionColumns {
		if i > 0 {
			b.WriteString(", ")
		}
		switch column {
		case "resource_name":
			b.WriteString("r.name")
		case "public_name":
			b.WriteString("e.name")
		case "state":
			b.WriteString(stateShown)
		default:
			b.WriteString("s." + column)
		}
	}
	return "SELECT " + b.String() + " FROM sessions s LEFT JOIN resources r ON r.id = s.resource_id" +
		" LEFT JOIN exchanges e ON e.id = s.public_id LEFT JOIN exchange_sessions x ON x.session_id = s.id WHERE "
}()

// stateShown is the state of a session as answers show it. What an exchange says
// of a session with a route server counts while no router knows it, and when it
// is on its way out.
const stateShown = "CASE WHEN x.state = '" + StateDeleting + "' OR x.state <> '' AND s.state = '" + StateNotConfigured + "' THEN x.state ELSE s.state END"

// SessionRow is a session as text, one value for each of SessionColumns; nil
// is NULL. It is valid until the next row is read.
type SessionRow []sql.RawBytes

// EachSession calls f for every session that meets the conditions, by id:
// the live ones, or the deleted ones.
func (s *Store) EachSession(ctx context.Context, conditions []Condition, deleted bool, f func(SessionRow) error) error {
	text, args, inGo, possible := sessionQuery(conditions, deleted)
	if !possible {
		return nil
	}
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return err
	}
	return eachSession(rows, inGo, f)
}

// MatchingSessions returns the live sessions that meet the conditions, by id,
// locked until the transaction ends, so that none is configured meanwhile.
func (tx *Tx) MatchingSessions(conditions []Condition) ([]Session, error) {
	text, args, inGo, possible := sessionQuery(conditions, false)
	if !possible {
		return nil, nil
	}
	rows, err := tx.db.Raw(text, args...).Rows()
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := eachSession(rows, inGo, func(r SessionRow) error {
		ids = append(ids, string(r[0]))
		return nil
	}); err != nil || len(ids) == 0 {
		return nil, err
	}
	var sessions []Session
	for some := range slices.Chunk(ids, 500) {
		var part []Session
		locked := tx.db.Clauses(clause.Locking{Strength: "UPDATE"})
		if err := locked.Where("id IN ? AND deleted_at IS NULL", some).Order("id").Find(&part).Error; err != nil {
			return nil, err
		}
		sessions = append(sessions, part...)
	}
	return sessions, nil
}

func sessionQuery(conditions []Condition, deleted bool) (text string, args []any, inGo []Condition, possible bool) {
	where, args, inGo, possible := split(conditions, "s.")
	state := "s.deleted_at IS NULL"
	if deleted {
		state = "s.deleted_at IS NOT NULL"
	}
	return sessionSelect + state + where + " ORDER BY s.id", args, inGo, possible
}

// eachSession reads and closes rows.
func eachSession(rows *sql.Rows, inGo []Condition, f func(SessionRow) error) error {
	defer func() { _ = rows.Close() }()
	row := make(SessionRow, len(SessionColumns))
	targets := make([]any, len(row))
	for i := range row {
		targets[i] = &row[i]
	}
	positions := make([]int, len(inGo))
	for i, c := range inGo {
		positions[i] = slices.Index(SessionColumns, c.column)
	}
	texts := make([]sql.RawBytes, len(inGo))
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, position := range positions {
			texts[i] = row[position]
		}
		if !meets(inGo, texts) {
			continue
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return databaseError(rows.Err())
}

// SessionText returns a session as the transaction sees it, as text like
// EachSession.
func (tx *Tx) SessionText(id uint64, f func(SessionRow) error) error {
	rows, err := tx.db.Raw(sessionSelect+"s.id = ?", id).Rows()
	if err != nil {
		return err
	}
	return eachSession(rows, nil, f)
}
