package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"provision-gateway/models"
)

// RequestID names the mail of a peering request.
func RequestID(id uint64) string { return fmt.Sprintf("request-%d", id) }

// OfRequest is the mail of a stored peering request.
func OfRequest(r *models.Request, peer *models.Peer) Mail {
	return Mail{
		ID: RequestID(r.ID), Template: "request", Peer: peer, From: r.EmailFrom, To: r.EmailTo, CC: Mailboxes(r.EmailCC),
		BCC: Mailboxes(r.EmailBCC), Subject: r.Subject, Body: r.Body, HTML: r.EmailType == "html",
	}
}

// Failed notes in a transaction why the mail of a request was not handed over,
// or that nobody knows.
func Failed(tx *models.Tx, r *models.Request, err error) error {
	if Uncertain(err) {
		return tx.MarkRequestUnknown(r.ID, err.Error())
	}
	return errors.Join(tx.MarkRequestFailed(r.ID, err.Error()), tx.UncountMail(RequestID(r.ID)))
}

// Resend hands over the mail of a request that failed, or of which nobody knows
// whether it was sent, with the same Message-ID, so that a mail server or a
// reader can tell that it is the same. One that was sent is a Conflict, and so is
// one that another process may be sending right now. Where it fails, the request
// is failed only if it was before; otherwise it is still not known. The request
// is returned as it was before.
func (d *Delivery) Resend(ctx context.Context, id uint64) (*models.Request, error) {
	var r *models.Request
	var peer *models.Peer
	err := d.Store.Write(ctx, func(tx *models.Tx) (err error) {
		if r, err = tx.FindRequest(id); err != nil {
			return err
		}
		if r.Delivery == models.DeliverySent {
			return models.Errorf(models.Conflict, "Request %d was sent already", id)
		}
		if wait := r.ModifiedAt + int64(d.Patience/time.Second) - tx.Time; r.Delivery == models.DeliveryPending && wait > 0 {
			return models.Errorf(models.Conflict, "Request %d may be on its way right now: try again in %d seconds", id, wait)
		}
		if r.PeerParticipantID == nil || r.PublicID == nil {
			return models.Errorf(models.Invalid, "Request %d names no peer at an exchange", id)
		}
		if peer, err = tx.FindPeer(*r.PeerParticipantID, *r.PublicID); err != nil {
			return err
		}
		if err := tx.CountMail(RequestID(id), d.HourlyCap); err != nil {
			return err
		}
		// From here on it is unknown again.
		return tx.MarkRequestUnknown(id, "being sent again")
	})
	if err != nil {
		return nil, err
	}
	if err := d.Send(ctx, OfRequest(r, peer)); err != nil {
		return nil, errors.Join(err, d.Store.Write(context.WithoutCancel(ctx), func(tx *models.Tx) error {
			if r.Delivery == models.DeliveryPending {
				// The mail of before may have been accepted: that this one was not
				// says nothing of it.
				return tx.MarkRequestUnknown(r.ID, err.Error())
			}
			return Failed(tx, r, err)
		}))
	}
	return r, d.Store.Write(context.WithoutCancel(ctx), func(tx *models.Tx) error { return tx.RequestSent(r, peer) })
}

// Mailboxes splits a list of addresses at its commas. Commas inside of quoted
// names are left alone.
func Mailboxes(list string) []string {
	var out []string
	quoted, escaped, start := false, false, 0
	add := func(part string) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	for i := range len(list) {
		switch c := list[i]; {
		case escaped:
			escaped = false
		case c == '\\' && quoted:
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			add(list[start:i])
			start = i + 1
		}
	}
	add(list[start:])
	return out
}
