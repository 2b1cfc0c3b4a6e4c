package migration

import (
	"context"
	"fmt"
)

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
