package handlers

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"provision-gateway/backends/delivery"
	"provision-gateway/compat"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

// getRequests lists the peering requests that were issued. The word for one is
// singular, as in the documentation's example.
func getRequests(k *call) ([]byte, error) {
	w, count := compat.Writer{}, 0
	w.Open('[')
	err := k.Store.EachRequest(k.ctx, k.conditions(), func(r *models.Request) error {
		count++
		k.writeRequest(&w, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.Close(']')
	switch count {
	case 0:
		return list("No request found.", &w), nil
	case 1:
		return list("1 request found.", &w), nil
	}
	return list(fmt.Sprintf("%d requests found.", count), &w), nil
}

func (k *call) writeRequest(w *compat.Writer, r *models.Request) {
	w.Open('{')
	w.Number("id", r.ID)
	compat.OptionalNumber(w, "public_id", r.PublicID)
	compat.OptionalNumber(w, "source_participant_id", r.SourceParticipantID)
	compat.OptionalNumber(w, "source_asn", r.SourceASN)
	compat.OptionalNumber(w, "peer_participant_id", r.PeerParticipantID)
	compat.OptionalNumber(w, "peer_asn", r.PeerASN)
	w.Text("peer_name", r.PeerName)
	w.Text("email_type", r.EmailType)
	w.Text("email_from", r.EmailFrom)
	w.Text("email_to", r.EmailTo)
	w.Text("subject", r.Subject)
	w.Text("body", r.Body)
	w.OptionalText("status", r.Status)
	w.Text("created", k.formatTime(r.CreatedAt))
	w.Text("modified", k.formatTime(r.ModifiedAt))
	w.Close('}')
}

// sendRequest sends a peering request. The request is stored before the mail
// is handed over and marked after it, so that none is lost; only a mail that
// was handed over is called sent.
func sendRequest(k *call) ([]byte, error) {
	r, err := k.newRequest()
	if err != nil {
		return nil, err
	}
	var peer *models.Peer
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		if err := k.claim(tx); err != nil {
			return err
		}
		if peer, err = k.findPeer(tx, "peer_participant_id"); err != nil {
			return err
		}
		if r.SourceASN == nil {
			if r.SourceASN, err = tx.NetworkASN(*r.SourceParticipantID); err != nil {
				return err
			}
		}
		if err := k.checkCooldown(tx, peer); err != nil {
			return err
		}
		// A transaction that is tried again makes a new row.
		r.ID = 0
		if err := tx.AddRequest(r); err != nil {
			return err
		}
		return tx.CountMail(delivery.RequestID(r.ID), k.MailCap)
	})
	if err != nil {
		return nil, err
	}
	if err := k.send(delivery.OfRequest(r, peer)); err != nil {
		return nil, errors.Join(err, k.Store.Write(k.ctx, func(tx *models.Tx) error {
			return errors.Join(delivery.Failed(tx, r, err), k.releaseUnless(tx, delivery.Uncertain(err)))
		}))
	}
	var body []byte
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		if err := tx.RequestSent(r, peer); err != nil {
			return err
		}
		if body, err = k.peerAnswer(tx, peer, "Request sent"); err != nil {
			return err
		}
		return k.settle(tx, body)
	})
	return body, err
}

// checkCooldown refuses a request that follows another one too soon.
func (k *call) checkCooldown(tx *models.Tx, peer *models.Peer) error {
	if k.MailCooldown == 0 {
		return nil
	}
	latest, err := tx.LatestRequest(peer, tx.Time-int64(k.MailCooldown/time.Second)+1)
	if err != nil || latest == nil {
		return err
	}
	return refuse("Request to %s was sent already: %s", peer.Network.Name, k.formatTime(latest.CreatedAt))
}

func (k *call) send(m delivery.Mail) error {
	ctx, cancel := k.outside()
	defer cancel()
	return k.Mailer.Send(ctx, m)
}

// newRequest reads and checks the parameters of sendRequest.
func (k *call) newRequest() (r *models.Request, err error) {
	p := k.params
	m, err := k.newMail()
	if err != nil {
		return nil, err
	}
	r = &models.Request{EmailFrom: m.From, EmailTo: m.To, EmailCC: strings.Join(m.CC, ", "), EmailBCC: strings.Join(m.BCC, ", "), Subject: m.Subject, Body: m.Body, EmailType: "text"}
	if m.HTML {
		r.EmailType = "html"
	}
	var name *string
	for _, f := range []func() error{
		func() error { return set(&r.PublicID, p, "public_id", parameters.row) },
		func() error { return set(&r.PeerParticipantID, p, "peer_participant_id", parameters.row) },
		func() error { return set(&r.SourceParticipantID, p, "source_participant_id", parameters.row) },
		func() error { return set(&r.SourceASN, p, "source_asn", parameters.asn) },
		func() error { return set(&r.PeerASN, p, "peer_asn", parameters.asn) },
		func() error { return set(&name, p, "peer_name", parameters.name) },
	} {
		if err := f(); err != nil {
			return nil, err
		}
	}
	r.PeerName = *name
	if v, sent := p.get("status"); sent && textOf(v) == "" {
		return r, nil
	}
	r.GivenStatus, err = p.choice(k.action, "status")
	return r, err
}

// templateRoles is the role of the contact that each template is for.
var templateRoles = map[string]string{"noc": "NOC", "policy": "Policy", "technical": "Technical", "request": "Policy"}

// sendEmail sends a mail to a contact of a peer.
func sendEmail(k *call) ([]byte, error) {
	m, err := k.newMail()
	if err != nil {
		return nil, err
	}
	m.Template = "policy"
	if v, sent := k.params.get("template"); sent && textOf(v) != "" {
		template, err := k.params.choice(k.action, "template")
		if err != nil {
			return nil, err
		}
		m.Template = *template
	}
	if m.ID, err = newMailID(); err != nil {
		return nil, err
	}
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		if err := k.claim(tx); err != nil {
			return err
		}
		if m.Peer, err = k.findPeer(tx, "participant_id"); err != nil {
			return err
		}
		if err := tx.CountMail(m.ID, k.MailCap); err != nil || m.To != "" {
			return err
		}
		contact, err := tx.ContactFor(m.Peer.Network.ID, templateRoles[m.Template])
		if err != nil {
			return err
		}
		if contact == nil {
			return refuse("No contact found for %s", m.Peer.Network.Name)
		}
		m.To, err = mailbox("email_to", phpvalue.String(*contact.Email))
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := k.send(*m); err != nil {
		return nil, errors.Join(err, k.Store.Write(k.ctx, func(tx *models.Tx) error {
			if delivery.Uncertain(err) {
				return nil
			}
			return errors.Join(tx.UncountMail(m.ID), k.release(tx))
		}))
	}
	var body []byte
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		if err := tx.LogPeer(m.Peer, "Email sent to "+m.To, nil); err != nil {
			return err
		}
		if body, err = k.peerAnswer(tx, m.Peer, "Email sent"); err != nil {
			return err
		}
		return k.settle(tx, body)
	})
	return body, err
}
