package models

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// PeerRow is a network as a possible peer. Its texts are valid until the next
// row is read; nil is NULL.
type PeerRow struct {
	ID           uint64
	ASN          sql.RawBytes
	Name         sql.RawBytes
	InfoPrefixes sql.RawBytes
}

// EachPeer calls f for every network of the directory that meets the
// conditions, in the order of the Fold key of its name, then of its id: those
// with a port at an exchange, or all when exchange is nil.
func (s *Store) EachPeer(ctx context.Context, exchange *uint64, conditions []Condition, f func(*PeerRow) error) error {
	where, args, inGo, possible := split(conditions, "n.")
	if !possible {
		return nil
	}
	var b strings.Builder
	b.WriteString("SELECT n.id, n.asn, n.name, n.info_prefixes")
	for _, c := range inGo {
		b.WriteString(", n.")
		b.WriteString(c.column)
	}
	b.WriteString(" FROM networks n WHERE n.gone_at IS NULL")
	if exchange != nil {
		b.WriteString(" AND n.id IN (SELECT p.network_id FROM ports p WHERE p.exchange_id = ? AND p.gone_at IS NULL)")
		args = append([]any{*exchange}, args...)
	}
	b.WriteString(where)
	b.WriteString(" ORDER BY n.name_fold, n.id")
	var row PeerRow
	// Read as text, though it is a number: database/sql takes an empty text for
	// NULL while it has no text of the row before it.
	var id sql.RawBytes
	texts := make([]sql.RawBytes, len(inGo))
	targets := []any{&id, &row.ASN, &row.Name, &row.InfoPrefixes}
	for i := range texts {
		targets = append(targets, &texts[i])
	}
	return s.each(ctx, b.String(), args, func(rows *sql.Rows) error {
		err := rows.Scan(targets...)
		if err != nil || !meets(inGo, texts) {
			return err
		}
		if row.ID, err = strconv.ParseUint(string(id), 10, 64); err != nil {
			return err
		}
		return f(&row)
	})
}

// Relation is how far peering with a network has come.
type Relation struct {
	// Recorded is true when there is a communication record.
	Recorded      bool
	RequestStatus *string
	Qualified     *bool
	// Marked is true when the network was marked as an existing peer.
	Marked bool
}

// Relations is how far peering has come with every network, at one exchange or
// anywhere.
type Relations struct {
	byNetwork map[uint64]Relation
	// The networks and, for sessions that name none, the AS numbers with live
	// sessions.
	withSession    map[uint64]bool
	withSessionASN map[string]bool
}

// Of returns the relation with a network.
func (r *Relations) Of(network uint64) Relation { return r.byNetwork[network] }

// IsPeer reports whether the network was marked as a peer or has a live
// session with us.
func (r *Relations) IsPeer(network uint64, asn []byte) bool {
	return r.byNetwork[network].Marked || r.withSession[network] || len(asn) > 0 && r.withSessionASN[string(asn)]
}

// Relations reads the communication records and live sessions at an exchange.
// With a nil exchange it reads those at all, and then tells only who is a
// peer, since records of several exchanges are not one.
func (s *Store) Relations(ctx context.Context, exchange *uint64) (*Relations, error) {
	r := &Relations{byNetwork: map[uint64]Relation{}, withSession: map[uint64]bool{}, withSessionASN: map[string]bool{}}
	records := "SELECT network_id, request_status, qualified, is_peer FROM communications"
	sessions := "SELECT DISTINCT peer_participant_id, peer_asn FROM sessions WHERE deleted_at IS NULL"
	var args []any
	if exchange != nil {
		records, sessions, args = records+" WHERE exchange_id = ?", sessions+" AND public_id = ?", []any{*exchange}
	} else {
		records += " WHERE is_peer = 1"
	}
	err := s.each(ctx, records, args, func(rows *sql.Rows) error {
		var network uint64
		var relation Relation
		if err := rows.Scan(&network, &relation.RequestStatus, &relation.Qualified, &relation.Marked); err != nil {
			return err
		}
		if exchange == nil {
			relation = Relation{Marked: true}
		}
		relation.Recorded = exchange != nil
		r.byNetwork[network] = relation
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, s.each(ctx, sessions, args, func(rows *sql.Rows) error {
		var network *uint64
		var asn sql.RawBytes
		if err := rows.Scan(&network, &asn); err != nil {
			return err
		}
		switch {
		case network != nil:
			r.withSession[*network] = true
		case asn != nil:
			r.withSessionASN[string(asn)] = true
		}
		return nil
	})
}

// IsEmpty reports whether the directory holds no network, not even one that is
// gone.
func (s *Store) IsEmpty(ctx context.Context) (bool, error) {
	var ids []uint64
	err := s.read.WithContext(ctx).Model(&Network{}).Limit(1).Pluck("id", &ids).Error
	return len(ids) == 0, databaseError(err)
}
