package models

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// PeerRow is a network as a possible peer; a nil text is NULL.
type PeerRow struct {
	ID           uint64
	ASN          sql.RawBytes
	Name         sql.RawBytes
	InfoPrefixes sql.RawBytes
}

// EachPeer calls f for every network of the directory that meets the
// conditions, in the order of the Fold key of its name, then of its id: those
// with a port at an exchange, or all when exchange is nil.
//
// The order is made here. To sort by a key of 1 KB costs a database more than
// it costs to read the rows.
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
	if exchange != nil {
		b.WriteString(" FROM (SELECT DISTINCT p.network_id FROM ports p WHERE p.exchange_id = ? AND p.gone_at IS NULL) m" +
			" JOIN networks n ON n.id = m.network_id")
		args = append([]any{*exchange}, args...)
	} else {
		b.WriteString(" FROM networks n")
	}
	b.WriteString(" WHERE n.gone_at IS NULL")
	b.WriteString(where)
	peers, err := s.readPeers(ctx, b.String(), args, inGo)
	if err != nil {
		return err
	}
	slices.SortFunc(peers, func(a, b sortedPeer) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.ID, b.ID))
	})
	for i := range peers {
		if err := f(&peers[i].PeerRow); err != nil {
			return err
		}
	}
	return nil
}

// sortedPeer is a row with the key of its place in the list.
type sortedPeer struct {
	PeerRow
	key string
}

// readPeers reads the rows of EachPeer in the order of the database. Their
// texts are kept in a few large pieces.
func (s *Store) readPeers(ctx context.Context, query string, args []any, inGo []Condition) ([]sortedPeer, error) {
	var (
		peers []sortedPeer
		kept  []byte
		// Read as text, though it is a number: database/sql takes an empty text
		// for NULL while it has no text of the row before it.
		id, asn, name, prefixes sql.RawBytes
	)
	keep := func(text sql.RawBytes) sql.RawBytes {
		if text == nil {
			return nil
		}
		const piece = 16 << 10
		if cap(kept)-len(kept) < len(text) {
			kept = make([]byte, 0, max(piece, len(text)))
		}
		kept = append(kept, text...)
		return sql.RawBytes(kept[len(kept)-len(text) : len(kept) : len(kept)])
	}
	texts := make([]sql.RawBytes, len(inGo))
	targets := []any{&id, &asn, &name, &prefixes}
	for i := range texts {
		targets = append(targets, &texts[i])
	}
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		err := rows.Scan(targets...)
		if err != nil || !meets(inGo, texts) {
			return err
		}
		p := sortedPeer{PeerRow: PeerRow{ASN: keep(asn), Name: keep(name), InfoPrefixes: keep(prefixes)}, key: Fold(string(name))}
		if p.ID, err = strconv.ParseUint(string(id), 10, 64); err != nil {
			return err
		}
		peers = append(peers, p)
		return nil
	})
	return peers, err
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
