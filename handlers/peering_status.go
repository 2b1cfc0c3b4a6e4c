package handlers

import (
	"provision-gateway/compat"
	"provision-gateway/models"
)

// findPeer finds the network and the exchange that participant_id (or the
// given name of it) and public_id name.
func (k *call) findPeer(tx *models.Tx, participant string) (*models.Peer, error) {
	network, possible := k.params.id(participant)
	exchange, also := k.params.id("public_id")
	if !possible || !also {
		return nil, refuse("Could not find peer matching parameters")
	}
	return tx.FindPeer(network, exchange)
}

// peerAnswer is the answer of an action that changed a peer: the peer with its
// log, without prefixes (vendor documentation, resetPeerStatus and
// sendRequest).
func (k *call) peerAnswer(tx *models.Tx, p *models.Peer, message string) ([]byte, error) {
	if err := tx.Complete(p); err != nil {
		return nil, err
	}
	w := compat.Writer{}
	w.Open('{')
	w.Number("id", p.Network.ID)
	w.Number("public_id", p.Exchange.ID)
	compat.OptionalNumber(&w, "asn", p.Network.ASN)
	w.Text("name", p.Network.Name)
	w.Bool("qualified", p.Relation.Qualified == nil || *p.Relation.Qualified)
	w.Int("is_peer", oneIf(p.Relation.Marked))
	w.OptionalText("request_status", p.Relation.RequestStatus)
	w.Null("info_prefixes")
	w.EmptyList("public_ips")
	w.EmptyList("contacts")
	k.writeLog(&w, p.Log)
	w.Close('}')
	return list(message, &w), nil
}

// resetPeerStatus starts over with a peer: no request, no marks.
func resetPeerStatus(k *call, tx *models.Tx) ([]byte, error) {
	p, err := k.findPeer(tx, "participant_id")
	if err != nil {
		return nil, err
	}
	none := models.StatusNone
	err = tx.ChangeCommunication(p, func(c *models.Communication) {
		c.RequestStatus, c.Qualified, c.IsPeer = &none, nil, false
	})
	if err != nil {
		return nil, err
	}
	if err := tx.LogPeer(p, "Peer status reset", nil); err != nil {
		return nil, err
	}
	return k.peerAnswer(tx, p, p.Network.Name+" status reset")
}

// marks are the log messages of updatePeer, in the words of the menu of the
// original's user interface.
var marks = map[string]string{
	models.StatusAccepted: "Marked approved", models.StatusRejected: "Marked rejected",
	models.StatusSent: "Marked sent", models.StatusNone: "Marked not contacted",
}

// updatePeer sets the marks that are sent, and logs each that changed.
func updatePeer(k *call, tx *models.Tx) ([]byte, error) {
	status, err := k.params.choice(k.action, "request_status")
	if err != nil {
		return nil, err
	}
	p, err := k.findPeer(tx, "participant_id")
	if err != nil {
		return nil, err
	}
	// An empty mark is none, as for any boolean.
	sendsQualified, sendsIsPeer := k.params.text("qualified") != "", k.params.text("is_peer") != ""
	if status == nil && !sendsQualified && !sendsIsPeer {
		return k.peerAnswer(tx, p, p.Network.Name+" updated")
	}
	var messages []string
	err = tx.ChangeCommunication(p, func(c *models.Communication) {
		messages = nil
		if status != nil && (c.RequestStatus == nil || *c.RequestStatus != *status) {
			c.RequestStatus = status
			messages = append(messages, marks[*status])
		}
		if sendsQualified {
			qualified := k.params.flag("qualified")
			if c.Qualified == nil || *c.Qualified != qualified {
				c.Qualified = &qualified
				messages = append(messages, either(qualified, "Marked qualified", "Marked not qualified"))
			}
		}
		if sendsIsPeer {
			if isPeer := k.params.flag("is_peer"); c.IsPeer != isPeer {
				c.IsPeer = isPeer
				messages = append(messages, either(isPeer, "Marked existing peer", "Marked not existing peer"))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, message := range messages {
		if err := tx.LogPeer(p, message, nil); err != nil {
			return nil, err
		}
	}
	return k.peerAnswer(tx, p, p.Network.Name+" updated")
}

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}
