package models

import (
	"context"
	"database/sql"
)

// PeerPort is one address of a network at an exchange. A port with two
// addresses gives two.
type PeerPort struct {
	ID, NetworkID, ExchangeID uint64
	ASN                       *uint32
	Address                   string
	// Speed is in Mbit/s.
	Speed uint32
	// Protocol is IPv4 or IPv6.
	Protocol string
}

// PortsOf returns the addresses of networks, by port id, IPv4 first: those at
// one exchange, or all when exchange is nil; of one network, or of all when
// network is nil.
func (s *Store) PortsOf(ctx context.Context, network, exchange *uint64) (map[uint64][]PeerPort, error) {
	out := map[uint64][]PeerPort{}
	text, args := perNetwork("SELECT id, network_id, exchange_id, asn, ipv4, ipv6, speed FROM ports WHERE gone_at IS NULL", network)
	if exchange != nil {
		text, args = text+" AND exchange_id = ?", append(args, *exchange)
	}
	return out, s.each(ctx, text+" ORDER BY id", args, func(rows *sql.Rows) error {
		var p PeerPort
		var ipv4, ipv6 *string
		if err := rows.Scan(&p.ID, &p.NetworkID, &p.ExchangeID, &p.ASN, &ipv4, &ipv6, &p.Speed); err != nil {
			return err
		}
		for _, a := range []struct {
			address  *string
			protocol string
		}{{ipv4, "IPv4"}, {ipv6, "IPv6"}} {
			if a.address != nil {
				p.Address, p.Protocol = *a.address, a.protocol
				out[p.NetworkID] = append(out[p.NetworkID], p)
			}
		}
		return nil
	})
}

// ContactsOf returns the contacts of networks by contact id: of one network,
// or of all when network is nil.
func (s *Store) ContactsOf(ctx context.Context, network *uint64) (map[uint64][]Contact, error) {
	out := map[uint64][]Contact{}
	text, args := perNetwork("SELECT id, network_id, role, name, telephone, email FROM contacts WHERE gone_at IS NULL", network)
	return out, s.each(ctx, text+" ORDER BY id", args, func(rows *sql.Rows) error {
		var c Contact
		if err := rows.Scan(&c.ID, &c.NetworkID, &c.Role, &c.Name, &c.Telephone, &c.Email); err != nil {
			return err
		}
		out[c.NetworkID] = append(out[c.NetworkID], c)
		return nil
	})
}

func perNetwork(text string, network *uint64) (string, []any) {
	if network == nil {
		return text, nil
	}
	return text + " AND network_id = ?", []any{*network}
}

// each runs a read and calls f on every row.
func (s *Store) each(ctx context.Context, text string, args []any, f func(*sql.Rows) error) error {
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return databaseError(rows.Err())
}
