package models

import (
	"context"
	"database/sql"
)

// StaleSession is a live session whose other end is no longer listed upstream.
type StaleSession struct {
	ID uint64 `json:"id"`
	// Label is as in messages.
	Label string `json:"session"`
	// Reason is one of the Stale constants.
	Reason string `json:"reason"`
}

// Why a session is stale.
const (
	// StaleNetwork means that the peer's network is gone, or unknown.
	StaleNetwork = "the network is not listed any more"
	// StaleExchange means that the exchange is gone, or unknown.
	StaleExchange = "the exchange is not listed any more"
	// StaleAddress means that no network has the peer's address at the exchange,
	// or another one has.
	StaleAddress = "the address is not the peer's any more"
)

// StaleSessions returns the live sessions, by id, whose network, exchange or peer
// address the directory does not list. Of sessions that name no exchange only a
// network that they name is looked up: they may be private.
func (s *Store) StaleSessions(ctx context.Context) ([]StaleSession, error) {
	// The network is that of the session by its id, or else by its AS number.
	const query = `SELECT s.id, s.public_id, s.source_asn, s.source_ipaddr, s.peer_asn, s.peer_name, s.peer_ipaddr,
		EXISTS (SELECT 1 FROM networks n WHERE n.gone_at IS NULL AND (n.id = s.peer_participant_id OR (s.peer_participant_id IS NULL AND n.asn = s.peer_asn))),
		EXISTS (SELECT 1 FROM exchanges e WHERE e.gone_at IS NULL AND e.id = s.public_id),
		EXISTS (SELECT 1 FROM ports p WHERE p.gone_at IS NULL AND p.exchange_id = s.public_id AND (p.ipv4 = s.peer_ipaddr OR p.ipv6 = s.peer_ipaddr)
			AND (p.network_id = s.peer_participant_id OR (s.peer_participant_id IS NULL AND p.asn = s.peer_asn)))
		FROM sessions s WHERE s.deleted_at IS NULL AND (s.public_id IS NOT NULL OR s.peer_participant_id IS NOT NULL) ORDER BY s.id`
	var stale []StaleSession
	err := s.each(ctx, query, nil, func(rows *sql.Rows) error {
		var row Session
		var network, exchange, address bool
		if err := rows.Scan(&row.ID, &row.PublicID, &row.SourceASN, &row.SourceIPAddr, &row.PeerASN, &row.PeerName, &row.PeerIPAddr, &network, &exchange, &address); err != nil {
			return err
		}
		found := StaleSession{ID: row.ID, Label: row.Label()}
		switch {
		case !network:
			found.Reason = StaleNetwork
		case row.PublicID == nil:
			return nil
		case !exchange:
			found.Reason = StaleExchange
		case !address:
			found.Reason = StaleAddress
		default:
			return nil
		}
		stale = append(stale, found)
		return nil
	})
	return stale, err
}
