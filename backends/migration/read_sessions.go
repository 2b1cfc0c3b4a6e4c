package migration

import (
	"context"
	"fmt"

	"provision-gateway/backends/legacy"
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
	var which []legacy.Parameter
	if deleted {
		which = append(which, with("deleted", "1"))
	}
	list, err := rows[sessionRow](ctx, r.asking, "peering", "getSessions", which...)
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
