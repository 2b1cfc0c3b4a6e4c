package migration

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// entries reads a log and notes what it tells of sessions and ids.
func (r *reader) entries(log []entryRow) ([]Entry, error) {
	var out []Entry
	for _, row := range log {
		n := &numbers{}
		at, err := r.moment(row.Time)
		if err != nil {
			return nil, err
		}
		e := Entry{
			Message: row.Message.String(), Time: at, RequestID: n.optional("request_id", row.RequestID),
			SessionID: n.optional("session_id", row.SessionID), ExchangeID: n.optional("public_id", row.PublicID),
		}
		if n.err != nil {
			return nil, n.err
		}
		r.sawExchange(e.ExchangeID)
		r.saw("requests", e.RequestID)
		r.saw("sessions", e.SessionID)
		r.sawSession(&e)
		out = append(out, e)
	}
	return out, nil
}

// moment reads a time as answers show it.
func (r *reader) moment(s scalar) (int64, error) {
	t, err := time.ParseInLocation(time.DateTime, s.String(), r.options.Location)
	if err != nil {
		return 0, &wrongValueError{"a time is not of the form 2006-01-02 15:04:05"}
	}
	return t.Unix(), nil
}

// takeLogs adds the entries of an exchange that the log of all exchanges did not
// show.
func (r *reader) takeLogs(peers []peerRow) error {
	for _, p := range peers {
		entries, err := r.entries(p.Log)
		if err != nil {
			return err
		}
		id, err := strconv.ParseUint(p.ID.String(), 10, 64)
		if err != nil || len(entries) == 0 {
			continue
		}
		log := get[Log](r.Snapshot, KindLog, Key{First: id})
		if log == nil {
			log = &Log{}
			r.objects[KindLog][Key{First: id}] = log
		}
		log.add(entries)
	}
	return nil
}

// add adds the entries that are not there yet, as often as they are shown.
func (l *Log) add(entries []Entry) {
	have := map[string]int{}
	for _, e := range l.Entries {
		have[sumOf(e)]++
	}
	missing := false
	for _, e := range entries {
		if have[sumOf(e)]--; have[sumOf(e)] < 0 {
			l.Entries, missing = append(l.Entries, e), true
		}
	}
	if missing {
		slices.SortStableFunc(l.Entries, func(a, b Entry) int { return int(b.Time - a.Time) })
	}
}

// sawSession notes the times of a session that an entry tells. Entries come
// newest first.
func (r *reader) sawSession(e *Entry) {
	if e.SessionID == nil {
		return
	}
	m := r.Snapshot.sessions[*e.SessionID]
	if m == nil {
		m = &moments{}
		r.Snapshot.sessions[*e.SessionID] = m
	}
	m.modified = max(m.modified, e.Time)
	switch {
	case strings.HasPrefix(e.Message, "Session added"):
		m.created = e.Time
	case strings.HasPrefix(e.Message, "Session deleted"):
		m.deleted = max(m.deleted, e.Time)
	}
}
