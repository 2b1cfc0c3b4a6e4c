package models

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gorm.io/gorm"
)

// AddRequest stores a peering request whose mail is still to be handed over.
func (tx *Tx) AddRequest(r *Request) error {
	tx.touch(ScopePeering)
	r.ID, r.Delivery, r.CreatedAt, r.ModifiedAt = 0, DeliveryPending, tx.Time, tx.Time
	return tx.db.Create(r).Error
}

// RequestSent notes that the mail of a request was handed over: in the request,
// in the communication record of the peer, and in the log.
func (tx *Tx) RequestSent(r *Request, peer *Peer) error {
	if err := tx.MarkRequestSent(r.ID); err != nil {
		return err
	}
	sent := StatusSent
	if err := tx.ChangeCommunication(peer, func(c *Communication) { c.RequestStatus = &sent }); err != nil {
		return err
	}
	return tx.LogPeer(peer, "Request sent to "+r.EmailTo, &r.ID)
}

// MarkRequestSent notes in a request that its mail was handed over.
func (tx *Tx) MarkRequestSent(id uint64) error {
	tx.touch(ScopePeering)
	return tx.db.Model(&Request{ID: id}).
		Updates(map[string]any{"delivery": DeliverySent, "status": gorm.Expr("given_status"), "failure": nil, "modified_at": tx.Time}).Error
}

// MarkRequestFailed notes why the mail of a request was not handed over. A long
// reason is cut, and what is no text in it replaced: it may be what a foreign
// server said.
func (tx *Tx) MarkRequestFailed(id uint64, reason string) error {
	return tx.markRequest(id, DeliveryFailed, reason)
}

// MarkRequestUnknown notes why it is not known whether the mail of a request was
// handed over. It stays pending.
func (tx *Tx) MarkRequestUnknown(id uint64, reason string) error {
	return tx.markRequest(id, DeliveryPending, reason)
}

func (tx *Tx) markRequest(id uint64, delivery, reason string) error {
	const most = 2000
	reason = strings.ToValidUTF8(reason, "\ufffd")
	if runes := []rune(reason); len(runes) > most {
		reason = string(runes[:most])
	}
	tx.touch(ScopePeering)
	return tx.db.Model(&Request{ID: id}).
		Updates(map[string]any{"delivery": delivery, "failure": reason, "modified_at": tx.Time}).Error
}

// NetworkASN returns the AS number of a network of the directory, nil when the
// network or its number is unknown.
func (tx *Tx) NetworkASN(id uint64) (*uint32, error) {
	var n Network
	err := tx.db.Select("asn").Where("id = ?", id).Take(&n).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return n.ASN, err
}

// ContactFor returns the contact of a network for a role that has a mail
// address, the one with the lowest id; nil when there is none.
func (tx *Tx) ContactFor(network uint64, role string) (*Contact, error) {
	var contacts []Contact
	err := tx.db.Where("network_id = ? AND gone_at IS NULL AND email IS NOT NULL", network).Order("id").Find(&contacts).Error
	if err != nil {
		return nil, err
	}
	for i, c := range contacts {
		if c.Role == role && strings.TrimSpace(*c.Email) != "" {
			return &contacts[i], nil
		}
	}
	return nil, nil
}

// EachRequest calls f for every peering request that meets the conditions, by
// id. The request is valid until the next one is read.
func (s *Store) EachRequest(ctx context.Context, conditions []Condition, f func(*Request) error) error {
	where, args, inGo, possible := split(conditions, "")
	if !possible {
		return nil
	}
	if len(inGo) > 0 {
		return errors.New("requests are not found by a text")
	}
	const columns = "SELECT id, public_id, source_participant_id, source_asn, peer_participant_id, peer_asn, peer_name, " +
		"email_type, email_from, email_to, subject, body, status, created_at, modified_at FROM requests WHERE id > 0"
	return s.each(ctx, columns+where+" ORDER BY id", args, func(rows *sql.Rows) error {
		var r Request
		if err := rows.Scan(&r.ID, &r.PublicID, &r.SourceParticipantID, &r.SourceASN, &r.PeerParticipantID, &r.PeerASN,
			&r.PeerName, &r.EmailType, &r.EmailFrom, &r.EmailTo, &r.Subject, &r.Body, &r.Status, &r.CreatedAt,
			&r.ModifiedAt); err != nil {
			return err
		}
		return f(&r)
	})
}
