package handlers

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"

	"provision-gateway/compat"
	"provision-gateway/models"
)

const noPeers = "No peers found."

// peerDetails are the lists that getPeers adds on request.
type peerDetails struct {
	ports    map[uint64][]models.PeerPort
	contacts map[uint64][]models.Contact
	log      map[uint64][]models.LogEntry
}

// getPeers lists the networks at an exchange with how far peering with them
// has come, or all networks.
func getPeers(k *call) ([]byte, error) {
	var exchange *uint64
	if id, possible, given := k.params.optionalID("public_id"); given {
		if !possible {
			return compat.AppendEnvelope(nil, true, noPeers), nil
		}
		exchange = &id
	}
	relations, err := k.Store.Relations(k.ctx, exchange)
	if err != nil {
		return nil, err
	}
	details, err := k.peerDetails(exchange)
	if err != nil {
		return nil, err
	}
	w, count := compat.NewWriter(), 0
	defer w.Free()
	w.Open('[')
	err = k.Store.EachPeer(k.ctx, exchange, k.conditions(), func(p *models.PeerRow) error {
		count++
		k.writePeerRow(w, p, exchange, relations, details)
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.Close(']')
	if count == 0 {
		return compat.AppendEnvelope(nil, true, noPeers), nil
	}
	return list(fmt.Sprintf("%d peers found.", count), w), nil
}

// list is a successful answer with a list as its data.
func list(message string, w *compat.Writer) []byte {
	return compat.AppendEnvelopeData(make([]byte, 0, len(w.Bytes)+len(message)+64), true, message, w.Bytes)
}

// peerDetails reads what the include_ parameters ask for; when one network is
// asked for, only its rows.
func (k *call) peerDetails(exchange *uint64) (d peerDetails, err error) {
	var network *uint64
	if id, possible, given := k.params.optionalID("id"); given && possible {
		network = &id
	}
	if k.params.flag("include_public_ips") {
		if d.ports, err = k.Store.PortsOf(k.ctx, network, exchange); err != nil {
			return d, err
		}
	}
	if k.params.flag("include_contacts") {
		if d.contacts, err = k.Store.ContactsOf(k.ctx, network); err != nil {
			return d, err
		}
	}
	if k.params.flag("include_log_data") {
		d.log, err = k.Store.LogOf(k.ctx, network, exchange)
	}
	return d, err
}

func (k *call) writePeerRow(w *compat.Writer, p *models.PeerRow, exchange *uint64, relations *models.Relations, d peerDetails) {
	relation := relations.Of(p.ID)
	w.Open('{')
	w.Number("id", p.ID)
	if exchange != nil && relation.Recorded {
		w.Number("public_id", *exchange)
	} else {
		w.Null("public_id")
	}
	w.Raw("asn", p.ASN)
	w.Raw("name", p.Name)
	w.Bool("qualified", relation.Qualified == nil || *relation.Qualified)
	w.Int("is_peer", oneIf(relations.IsPeer(p.ID, p.ASN)))
	w.OptionalText("request_status", relation.RequestStatus)
	w.Raw("info_prefixes", p.InfoPrefixes)
	writePorts(w, d.ports[p.ID])
	writeContacts(w, d.contacts[p.ID])
	k.writeLog(w, d.log[p.ID])
	w.Close('}')
}

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func writePorts(w *compat.Writer, ports []models.PeerPort) {
	w.Key("public_ips")
	w.Open('[')
	for _, p := range ports {
		w.Open('{')
		w.Number("id", p.ID)
		w.Number("participant_id", p.NetworkID)
		w.Number("public_id", p.ExchangeID)
		compat.OptionalNumber(w, "local_asn", p.ASN)
		w.Text("local_ipaddr", p.Address)
		w.Number("speed", uint64(p.Speed))
		w.Text("protocol", p.Protocol)
		w.Close('}')
	}
	w.Close(']')
}

func writeContacts(w *compat.Writer, contacts []models.Contact) {
	w.Key("contacts")
	w.Open('[')
	for _, c := range contacts {
		w.Open('{')
		w.Number("id", c.ID)
		w.Number("participant_id", c.NetworkID)
		w.Text("role", c.Role)
		w.OptionalText("name", c.Name)
		w.OptionalText("telephone", c.Telephone)
		w.OptionalText("email", c.Email)
		w.Close('}')
	}
	w.Close(']')
}

func (k *call) writeLog(w *compat.Writer, entries []models.LogEntry) {
	w.Key("log_data")
	w.Open('[')
	for _, e := range entries {
		w.Open('{')
		w.Text("message", e.Message)
		w.Text("time", k.formatTime(e.Time))
		compat.OptionalNumber(w, "request_id", e.RequestID)
		compat.OptionalNumber(w, "session_id", e.SessionID)
		compat.OptionalNumber(w, "public_id", e.ExchangeID)
		w.Close('}')
	}
	w.Close(']')
}

// formatTime writes a moment as the documentation's examples do:
// 2014-05-22 23:14:54, in the configured time zone.
func (k *call) formatTime(at int64) string {
	return time.Unix(at, 0).In(k.Location).Format(time.DateTime)
}

// communication is a row of getCommunications.
type communication struct {
	models.PeerRow
	isPeer bool
}

// getCommunications lists the networks at an exchange other than our own, in
// the byte order of their names.
func getCommunications(k *call) ([]byte, error) {
	const none = "No records found."
	exchange, possible := k.params.id("public_id")
	if !possible {
		return compat.AppendEnvelopeData(nil, true, none, []byte("[]")), nil
	}
	relations, err := k.Store.Relations(k.ctx, &exchange)
	if err != nil {
		return nil, err
	}
	log, err := k.Store.LogOf(k.ctx, nil, &exchange)
	if err != nil {
		return nil, err
	}
	var rows []communication
	err = k.Store.EachPeer(k.ctx, &exchange, nil, func(p *models.PeerRow) error {
		if !k.own(p.ASN) {
			row := models.PeerRow{ID: p.ID, ASN: bytes.Clone(p.ASN), Name: bytes.Clone(p.Name)}
			rows = append(rows, communication{row, relations.IsPeer(p.ID, p.ASN)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b communication) int {
		if c := bytes.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return int(a.ID) - int(b.ID)
	})
	w := compat.Writer{}
	w.Open('[')
	for _, row := range rows {
		relation := relations.Of(row.ID)
		w.Open('{')
		w.Raw("name", row.Name)
		w.Raw("asn", row.ASN)
		w.OptionalText("request_status", relation.RequestStatus)
		if relation.Qualified == nil {
			w.Null("qualified")
		} else {
			w.Bool("qualified", *relation.Qualified)
		}
		w.Bool("is_peer", row.isPeer)
		w.Number("id", row.ID)
		k.writeLog(&w, log[row.ID])
		w.Close('}')
	}
	w.Close(']')
	if len(rows) == 0 {
		return list(none, &w), nil
	}
	return list(fmt.Sprintf("%d records found.", len(rows)), &w), nil
}

// own reports whether an AS number is one of ours.
func (k *call) own(asn []byte) bool {
	n, err := strconv.ParseUint(string(asn), 10, 32)
	return err == nil && slices.Contains(k.OwnASNs, uint32(n))
}
