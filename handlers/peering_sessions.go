package handlers

import (
	"fmt"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// getSessions lists BGP sessions. The answer for none speaks of peers, as the
// original's does.
func getSessions(k *call) ([]byte, error) {
	deleted, possible, given := k.params.optionalID("deleted")
	if given && (!possible || deleted > 1) {
		return compat.AppendEnvelope(nil, true, noPeers), nil
	}
	w, count := compat.Writer{}, 0
	w.Open('[')
	err := k.Store.EachSession(k.ctx, k.conditions(), deleted == 1, func(row models.SessionRow) error {
		count++
		writeSessionRow(&w, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.Close(']')
	if count == 0 {
		return compat.AppendEnvelope(nil, true, noPeers), nil
	}
	return list(fmt.Sprintf("%d sessions found.", count), &w), nil
}

func writeSessionRow(w *compat.Writer, row models.SessionRow) {
	w.Open('{')
	for i, column := range models.SessionColumns {
		w.Raw(column, row[i])
	}
	w.Close('}')
}

// sessionAnswer answers a session with the names of its router and exchange.
func sessionAnswer(tx *models.Tx, id uint64, message string) ([]byte, error) {
	w := compat.Writer{}
	err := tx.SessionText(id, func(row models.SessionRow) error {
		writeSessionRow(&w, row)
		return nil
	})
	return list(message, &w), err
}

// addSession adds a session, to its exchange too where that is bound to an API.
func addSession(k *call) ([]byte, error) {
	if id, err := k.params.row("public_id"); err == nil && k.Exchanges.Binds(id) {
		return k.addAtExchange()
	}
	return inTransaction(func(k *call, tx *models.Tx) ([]byte, error) {
		s, err := k.newSession()
		if err != nil {
			return nil, err
		}
		if err := tx.AddSession(s); err != nil {
			return nil, err
		}
		return addedAnswer(s), nil
	})(k)
}

// newSession is the session that is sent.
func (k *call) newSession() (*models.Session, error) {
	s := &models.Session{}
	if err := k.setSession(s); err != nil {
		return nil, err
	}
	if s.PeerName != nil && *s.PeerName == "" {
		s.PeerName = nil
	}
	if s.SourceASN == nil {
		if len(k.OwnASNs) != 1 {
			return nil, refuse("Missing required parameter: source_asn")
		}
		s.SourceASN = &k.OwnASNs[0]
	}
	return s, nil
}

// addedAnswer answers a new session. It shows the new id as a number and does not
// look up names, as the original's.
func addedAnswer(s *models.Session) []byte {
	w := compat.Writer{}
	w.Open('{')
	w.Int("id", int64(s.ID))
	compat.OptionalNumber(&w, "source_asn", s.SourceASN)
	w.OptionalText("source_ipaddr", s.SourceIPAddr)
	compat.OptionalNumber(&w, "resource_id", s.ResourceID)
	w.Null("resource_name")
	compat.OptionalNumber(&w, "peer_asn", s.PeerASN)
	w.OptionalText("peer_name", s.PeerName)
	compat.OptionalNumber(&w, "peer_participant_id", s.PeerParticipantID)
	w.OptionalText("peer_ipaddr", s.PeerIPAddr)
	w.OptionalText("peer_hostname", s.PeerHostname)
	w.OptionalText("peer_group", s.PeerGroup)
	compat.OptionalNumber(&w, "public_id", s.PublicID)
	w.Null("public_name")
	w.Text("ip_type", s.IPType)
	w.Text("type", s.Type)
	w.Text("state", s.State)
	compat.OptionalNumber(&w, "prfx_max", s.PrfxMax)
	compat.OptionalNumber(&w, "prfx_received", s.PrfxReceived)
	w.Text("password", s.Password)
	w.OptionalText("note", s.Note)
	w.Close('}')
	return list("Session added: "+s.Label(), &w)
}

// updateSession changes what is sent of one session, at its exchange too where
// that is bound to an API. An id is demanded: the documentation's example has
// none, and to change every session is never meant.
func updateSession(k *call) ([]byte, error) {
	id, possible := k.params.id("id")
	if !possible {
		return k.refuseWrite(refuse("No session found to update."))
	}
	if at, err := k.isAtExchange(id); at || err != nil {
		if err != nil {
			return nil, err
		}
		return k.updateAtExchange(id)
	}
	return inTransaction(func(k *call, tx *models.Tx) ([]byte, error) {
		s, err := tx.UpdateSession(id, k.changeSession)
		if err != nil {
			return nil, err
		}
		return sessionAnswer(tx, s.ID, "Session updated: "+s.Label())
	})(k)
}

// refuseWrite refuses a write for what is sent, unless its token has an answer.
func (k *call) refuseWrite(err error) ([]byte, error) {
	return inTransaction(func(*call, *models.Tx) ([]byte, error) { return nil, err })(k)
}

// changeSession is setSession for a session that exists. What says where on
// which router a session is configured is for those who may change the router:
// with it a session could be made to look as if no router knew it.
func (k *call) changeSession(s *models.Session) error {
	before := *s
	if err := k.setSession(s); err != nil {
		return err
	}
	if before.OnRouter() && !s.SameOnRouter(&before) && !k.caller.Allows(models.PermissionDevice) {
		return errPermission
	}
	return nil
}

// Lengths of columns in bytes.
const (
	mostName = 255
	mostText = 1 << 20
)

// setSession sets every column that is sent and leaves the others.
func (k *call) setSession(s *models.Session) error {
	p := k.params
	for _, f := range []func() error{
		func() error { return set(&s.SourceASN, p, "source_asn", parameters.asn) },
		func() error { return set(&s.PeerASN, p, "peer_asn", parameters.asn) },
		func() error { return set(&s.SourceIPAddr, p, "source_ipaddr", parameters.addressText) },
		func() error { return set(&s.PeerIPAddr, p, "peer_ipaddr", parameters.addressText) },
		func() error { return set(&s.ResourceID, p, "resource_id", parameters.row) },
		func() error { return set(&s.PeerParticipantID, p, "peer_participant_id", parameters.row) },
		func() error { return set(&s.PublicID, p, "public_id", parameters.row) },
		func() error { return set(&s.PeerName, p, "peer_name", parameters.name) },
		func() error { return set(&s.PeerHostname, p, "peer_hostname", parameters.name) },
		func() error { return set(&s.PeerGroup, p, "peer_group", parameters.name) },
		func() error { return set(&s.Note, p, "note", parameters.longText) },
		func() error { return set(&s.PrfxMax, p, "prfx_max", parameters.count) },
		func() error { return setText(&s.Type, p, "type", models.SessionTypePeer) },
		func() error { return setText(&s.State, p, "state", models.StateNotConfigured) },
		func() error { return setText(&s.Password, p, "password", models.NoPassword) },
	} {
		if err := f(); err != nil {
			return err
		}
	}
	if k.action.Name == "updateSession" {
		if err := set(&s.PrfxReceived, p, "prfx_received", parameters.count); err != nil {
			return err
		}
	}
	return k.setIPType(s)
}

// setIPType derives ip_type from the peer's address and refuses one that is
// sent and contradicts it.
func (k *call) setIPType(s *models.Session) error {
	if s.PeerASN == nil || s.PeerIPAddr == nil {
		return refuse("Missing required parameter: %s", either(s.PeerASN == nil, "peer_asn", "peer_ipaddr"))
	}
	s.IPType = "ipv4"
	if addr, ok := parseAddress(*s.PeerIPAddr); ok && addr.Is6() {
		s.IPType = "ipv6"
	}
	sent, err := k.params.choice(k.action, "ip_type")
	if err != nil {
		return err
	}
	if sent != nil && *sent != s.IPType {
		return models.InvalidValue("ip_type", *sent)
	}
	return nil
}

// set stores a parameter that is sent; empty makes the column NULL where its
// type has no empty value.
func set[T any](column **T, p parameters, name string, read func(parameters, string) (*T, error)) error {
	if _, sent := p.get(name); !sent {
		return nil
	}
	value, err := read(p, name)
	if err == nil {
		*column = value
	}
	return err
}

// setText stores a text that is sent; empty means the default.
func setText(column *string, p parameters, name, fallback string) error {
	value, err := p.stored(name, mostName)
	if err != nil || value == nil {
		return err
	}
	if *column = *value; *value == "" {
		*column = fallback
	}
	return nil
}

func (p parameters) asn(name string) (*uint32, error)   { return p.number32(name, 1) }
func (p parameters) count(name string) (*uint32, error) { return p.number32(name, 0) }
func (p parameters) row(name string) (*uint64, error)   { return p.number(name, 0, 1<<63-1) }
func (p parameters) name(name string) (*string, error)  { return p.stored(name, mostName) }
func (p parameters) longText(name string) (*string, error) {
	return p.stored(name, mostText)
}

func (p parameters) addressText(name string) (*string, error) {
	addr, err := p.address(name)
	if addr == nil || err != nil {
		return nil, err
	}
	text := addr.String()
	return &text, nil
}
