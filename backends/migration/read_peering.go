package migration

import (
	"context"
	"fmt"
	"strings"
)

// sessionRow is a row of getSessions.
type sessionRow struct {
	ID, Type, State, Password, Note scalar
	SourceASN                       scalar `json:"source_asn"`
	SourceIPAddr                    scalar `json:"source_ipaddr"`
	ResourceID                      scalar `json:"resource_id"`
	PeerASN                         scalar `json:"peer_asn"`
	PeerName                        scalar `json:"peer_name"`
	PeerParticipantID               scalar `json:"peer_participant_id"`
	PeerIPAddr                      scalar `json:"peer_ipaddr"`
	PeerHostname                    scalar `json:"peer_hostname"`
	PeerGroup                       scalar `json:"peer_group"`
	PublicID                        scalar `json:"public_id"`
	PublicName                      scalar `json:"public_name"`
	IPType                          scalar `json:"ip_type"`
	PrfxMax                         scalar `json:"prfx_max"`
	PrfxReceived                    scalar `json:"prfx_received"`
}

// readSessions reads the sessions of all exchanges. A side that demands an
// exchange is asked for each one later.
func (r *reader) readSessions(ctx context.Context, deleted bool) error {
	list, err := rows[sessionRow](ctx, r.asking, "peering", "getSessions")
	if deleted {
		list, err = rows[sessionRow](ctx, r.asking, "peering", "getSessions", with("deleted", "1"))
	}
	if err := r.refusable(err); err != nil {
		return err
	}
	if err := r.takeSessions(list, deleted); err != nil {
		return fmt.Errorf("peering getSessions: %w", err)
	}
	return nil
}

func (r *reader) takeSessions(list []sessionRow, deleted bool) error {
	for i, row := range list {
		n := &numbers{}
		id := n.id("id", row.ID)
		s := &Session{
			SourceASN: n.optional32("source_asn", row.SourceASN), SourceIPAddr: row.SourceIPAddr.text, ResourceID: n.optional("resource_id", row.ResourceID),
			PeerASN: n.optional32("peer_asn", row.PeerASN), PeerName: row.PeerName.text,
			PeerParticipantID: n.optional("peer_participant_id", row.PeerParticipantID), PeerIPAddr: row.PeerIPAddr.text,
			PeerHostname: row.PeerHostname.text, PeerGroup: row.PeerGroup.text, PublicID: n.optional("public_id", row.PublicID),
			IPType: row.IPType.String(), Type: row.Type.String(), State: row.State.String(), PrfxMax: n.optional32("prfx_max", row.PrfxMax),
			PrfxReceived: n.optional32("prfx_received", row.PrfxReceived), Password: row.Password.String(), Note: row.Note.text, Deleted: deleted,
		}
		if n.err != nil {
			return fmt.Errorf("row %d: %w", i+1, n.err)
		}
		r.saw("sessions", &id)
		r.saw("resources", s.ResourceID)
		r.sawExchange(s.PublicID)
		if s.PublicID != nil && *s.PublicID != 0 {
			*get[Exchange](r.Snapshot, KindExchange, Key{First: *s.PublicID}) = Exchange{Known: true, Name: row.PublicName.text}
		}
		if old := get[Session](r.Snapshot, KindSession, Key{First: id}); old == nil || old.Deleted {
			r.objects[KindSession][Key{First: id}] = s
		}
	}
	return nil
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

// requestRow is a row of getRequests.
type requestRow struct {
	ID, Subject, Body, Status, Created, Modified scalar
	PublicID                                     scalar `json:"public_id"`
	SourceParticipantID                          scalar `json:"source_participant_id"`
	SourceASN                                    scalar `json:"source_asn"`
	PeerParticipantID                            scalar `json:"peer_participant_id"`
	PeerASN                                      scalar `json:"peer_asn"`
	PeerName                                     scalar `json:"peer_name"`
	EmailType                                    scalar `json:"email_type"`
	EmailFrom                                    scalar `json:"email_from"`
	EmailTo                                      scalar `json:"email_to"`
}

func (r *reader) readRequests(ctx context.Context) error {
	list, err := rows[requestRow](ctx, r.asking, "peering", "getRequests")
	if err != nil {
		return err
	}
	for i, row := range list {
		n := &numbers{}
		id := n.id("id", row.ID)
		q := &Request{
			PublicID: n.optional("public_id", row.PublicID), SourceParticipantID: n.optional("source_participant_id", row.SourceParticipantID),
			SourceASN: n.optional32("source_asn", row.SourceASN), PeerParticipantID: n.optional("peer_participant_id", row.PeerParticipantID),
			PeerASN: n.optional32("peer_asn", row.PeerASN), PeerName: row.PeerName.String(), EmailType: row.EmailType.String(),
			EmailFrom: row.EmailFrom.String(), EmailTo: row.EmailTo.String(), Subject: row.Subject.String(), Body: row.Body.String(), Status: row.Status.text,
		}
		err := n.err
		for _, at := range []struct {
			from scalar
			to   *int64
		}{{row.Created, &q.Created}, {row.Modified, &q.Modified}} {
			if err == nil {
				*at.to, err = r.moment(at.from)
			}
		}
		if err != nil {
			return fmt.Errorf("peering getRequests: row %d: %w", i+1, err)
		}
		r.saw("requests", &id)
		r.sawExchange(q.PublicID)
		r.objects[KindRequest][Key{First: id}] = q
	}
	return nil
}

// finishPeers takes from the communications what only sessions make of them.
func (r *reader) finishPeers() error {
	type pair struct{ peer, exchange uint64 }
	byNetwork, byASN := map[pair]bool{}, map[pair]bool{}
	explained := map[uint64]bool{}
	for _, o := range r.objects[KindSession] {
		s := o.(*Session)
		switch {
		case s.Deleted || s.PublicID == nil:
		case s.PeerParticipantID != nil:
			byNetwork[pair{*s.PeerParticipantID, *s.PublicID}] = true
		case s.PeerASN != nil:
			byASN[pair{uint64(*s.PeerASN), *s.PublicID}] = true
		}
	}
	for key, o := range r.objects[KindCommunication] {
		c := o.(*Communication)
		explained[key.First] = explained[key.First] || c.Marked
		hidden := byNetwork[pair{key.First, key.Second}]
		if n := get[Network](r.Snapshot, KindNetwork, Key{First: key.First}); n != nil && n.ASN != nil {
			hidden = hidden || byASN[pair{uint64(*n.ASN), key.Second}]
		}
		if hidden {
			c.Marked = r.logSaysMarked(key)
		}
		if !c.Recorded && !c.Marked && c.RequestStatus == nil && c.Qualified == nil {
			delete(r.objects[KindCommunication], key)
		}
	}
	for key, o := range r.objects[KindPeer] {
		if o.(*Peer).IsPeer && !explained[key.First] && !r.hasSession(key) {
			r.findMark(key.First)
		}
	}
	return nil
}

// hasSession reports whether a network has a live session at any exchange or none.
func (r *reader) hasSession(network Key) bool {
	n := get[Network](r.Snapshot, KindNetwork, network)
	for _, o := range r.objects[KindSession] {
		s := o.(*Session)
		switch {
		case s.Deleted:
		case s.PeerParticipantID != nil:
			if *s.PeerParticipantID == network.First {
				return true
			}
		case s.PeerASN != nil && n != nil && n.ASN != nil && *s.PeerASN == *n.ASN:
			return true
		}
	}
	return false
}

// findMark finds by the log where a network is marked as a peer that has no port
// there, so that no answer for an exchange shows it.
func (r *reader) findMark(network uint64) {
	found := false
	if log := get[Log](r.Snapshot, KindLog, Key{First: network}); log != nil {
		for _, e := range log.Entries {
			if e.ExchangeID == nil {
				continue
			}
			key := Key{network, *e.ExchangeID}
			if r.objects[KindCommunication][key] == nil && r.logSaysMarked(key) {
				r.objects[KindCommunication][key] = &Communication{Recorded: true, Marked: true}
			}
			found = found || r.logSaysMarked(key)
		}
	}
	if !found {
		r.note("network %d is a peer at an exchange that no answer names", network)
	}
}

// logSaysMarked tells from the log whether a network was marked as a peer.
func (r *reader) logSaysMarked(key Key) bool {
	log := get[Log](r.Snapshot, KindLog, Key{First: key.First})
	if log == nil {
		return false
	}
	for _, e := range log.Entries {
		if e.ExchangeID == nil || *e.ExchangeID != key.Second {
			continue
		}
		switch e.Message {
		case "Marked existing peer":
			return true
		case "Marked not existing peer", "Peer status reset":
			return false
		}
	}
	return false
}
