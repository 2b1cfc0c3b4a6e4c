package migration

import (
	"context"
	"fmt"
)

// peerRow is a row of getPeers.
type peerRow struct {
	ID, ASN, Name, Qualified scalar
	PublicID                 scalar       `json:"public_id"`
	IsPeer                   scalar       `json:"is_peer"`
	RequestStatus            scalar       `json:"request_status"`
	InfoPrefixes             scalar       `json:"info_prefixes"`
	Ports                    []portRow    `json:"public_ips"`
	Contacts                 []contactRow `json:"contacts"`
	Log                      []entryRow   `json:"log_data"`
}

type portRow struct {
	ID, Speed, Protocol scalar
	ParticipantID       scalar `json:"participant_id"`
	PublicID            scalar `json:"public_id"`
	ASN                 scalar `json:"local_asn"`
	Address             scalar `json:"local_ipaddr"`
}

type contactRow struct {
	ID, Role, Name, Telephone, Email scalar
	ParticipantID                    scalar `json:"participant_id"`
}

type entryRow struct {
	Message, Time scalar
	RequestID     scalar `json:"request_id"`
	SessionID     scalar `json:"session_id"`
	PublicID      scalar `json:"public_id"`
}

// readOverall asks what one answer shows for all exchanges.
func (r *reader) readOverall(ctx context.Context) error {
	for _, details := range []string{"include_public_ips", "include_contacts", "include_log_data"} {
		peers, err := rows[peerRow](ctx, r.asking, "peering", "getPeers", with(details, "1"))
		if err != nil {
			return err
		}
		for i := range peers {
			if err := r.takePeer(&peers[i]); err != nil {
				return fmt.Errorf("peering getPeers %s=1: row %d: %w", details, i+1, err)
			}
		}
	}
	for _, deleted := range []bool{false, true} {
		if err := r.readSessions(ctx, deleted); err != nil {
			return err
		}
	}
	return r.readRequests(ctx)
}

// takePeer takes a network and its details.
func (r *reader) takePeer(p *peerRow) error {
	n := &numbers{}
	id := n.id("id", p.ID)
	network := &Network{ASN: n.optional32("asn", p.ASN), Name: p.Name.String(), InfoPrefixes: n.optional32("info_prefixes", p.InfoPrefixes), Columns: map[string]string{}}
	if n.err != nil {
		return n.err
	}
	r.objects[KindNetwork][Key{First: id}] = network
	r.objects[KindPeer][Key{First: id}] = &Peer{p.IsPeer.yes()}
	for _, row := range p.Ports {
		if err := r.takePort(row); err != nil {
			return err
		}
	}
	for _, row := range p.Contacts {
		key := Key{First: n.id("the id of a contact", row.ID)}
		contact := &Contact{n.id("the network of a contact", row.ParticipantID), row.Role.String(), row.Name.text, row.Telephone.text, row.Email.text}
		if n.err != nil {
			return n.err
		}
		r.objects[KindContact][key] = contact
	}
	entries, err := r.entries(p.Log)
	if err != nil || len(entries) == 0 {
		return err
	}
	r.objects[KindLog][Key{First: id}] = &Log{entries}
	return nil
}

// takePort takes one address of a port.
func (r *reader) takePort(row portRow) error {
	n := &numbers{}
	key := Key{First: n.id("the id of an address", row.ID)}
	seen := Port{
		NetworkID: n.id("the network of an address", row.ParticipantID), ExchangeID: n.id("the exchange of an address", row.PublicID),
		ASN: n.optional32("local_asn", row.ASN), Speed: uint32(min(n.whole("speed", row.Speed), 1<<32-1)),
	}
	if n.err != nil {
		return n.err
	}
	r.sawExchange(&seen.ExchangeID)
	port := get[Port](r.Snapshot, KindPort, key)
	if port == nil {
		port = &seen
		r.objects[KindPort][key] = port
	}
	address := &port.IPv4
	if row.Protocol.String() == "IPv6" {
		address = &port.IPv6
	}
	if *address != nil && **address != row.Address.String() {
		r.note("address %d has several addresses of one protocol, of which one is kept", key.First)
		return nil
	}
	*address = row.Address.text
	return nil
}
