package migration

import (
	"context"

	"provision-gateway/models"
)

// apply writes some objects of a kind other than resources.
func (r *run) apply(tx *models.Tx, kind Kind, some []change) error {
	var write, gone []uint64
	for _, c := range some {
		if c.done == removed {
			gone = append(gone, c.key.First)
		} else {
			write = append(write, c.key.First)
		}
	}
	switch kind {
	case KindExchange:
		return r.applyExchanges(tx, some)
	case KindNetwork:
		return applyDirectory(r, tx, kind, write, gone, r.setNetwork)
	case KindPort:
		return applyDirectory(r, tx, kind, write, gone, setPort)
	case KindContact:
		return applyDirectory(r, tx, kind, write, gone, setContact)
	case KindRequest:
		if err := tx.ImportRequests(write, r.setRequest); err != nil || len(gone) == 0 {
			return err
		}
		return tx.RemoveRequests(gone)
	case KindSession:
		return r.applySessions(tx, write, gone)
	case KindCommunication:
		return r.applyCommunications(tx, some)
	case KindLog:
		return r.applyLogs(tx, some)
	}
	return nil
}

// applyDirectory writes rows of the directory. Those that only this gateway knows
// are refused.
func applyDirectory[R models.DirectoryRow, O any](r *run, tx *models.Tx, kind Kind, write, gone []uint64, set func(*R, *O)) error {
	local, err := models.ImportRows(tx, write, func(id uint64, row *R) { set(row, get[O](r.original, kind, Key{First: id})) })
	if err != nil {
		return err
	}
	for _, id := range local {
		if key := (Key{First: id}); !r.refused[kind][key] {
			r.refuse(kind, key, "a row that only this gateway knows has this id")
		}
	}
	return models.RetireRows[R](tx, gone)
}

// setNetwork sets what is shown of a network.
func (r *run) setNetwork(row *models.Network, o *Network) {
	row.ASN, row.Name, row.InfoPrefixes = o.ASN, o.Name, o.InfoPrefixes
	optional := func(to **string, column string) {
		if !r.original.hides(column) {
			*to = nil
		}
		if value, ok := o.Columns[column]; ok {
			*to = &value
		}
	}
	demanded := func(to *string, column string) {
		if value, ok := o.Columns[column]; ok {
			*to = value
		}
	}
	demanded(&row.InfoTraffic, "info_traffic")
	demanded(&row.InfoRatio, "info_ratio")
	demanded(&row.InfoType, "info_type")
	optional(&row.InfoScope, "info_scope")
	optional(&row.PolicyGeneral, "policy_general")
	optional(&row.PolicyLocations, "policy_locations")
	optional(&row.PolicyRatio, "policy_ratio")
	optional(&row.PolicyContracts, "policy_contracts")
	flag := func(to *bool, column string) {
		if !r.original.hides(column) {
			*to = o.Columns[column] == "1"
		}
	}
	flag(&row.InfoUnicast, "info_unicast")
	flag(&row.InfoMulticast, "info_multicast")
	flag(&row.InfoIPv6, "info_ipv6")
}

func setPort(row *models.Port, o *Port) {
	row.NetworkID, row.ExchangeID, row.ASN, row.IPv4, row.IPv6, row.Speed = o.NetworkID, o.ExchangeID, o.ASN, o.IPv4, o.IPv6, o.Speed
}

func setContact(row *models.Contact, o *Contact) {
	row.NetworkID, row.Role, row.Name, row.Telephone, row.Email = o.NetworkID, o.Role, o.Name, o.Telephone, o.Email
}

// nameExchanges makes the exchanges exist whose names the original does not show.
func (r *run) nameExchanges(ctx context.Context) error {
	var missing []uint64
	for _, id := range r.original.Exchanges() {
		if !get[Exchange](r.original, KindExchange, Key{First: id}).Known && !r.exchanges[id] {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	err := r.lease.write(ctx, func(tx *models.Tx) error {
		_, err := models.ImportRows(tx, missing, func(id uint64, e *models.Exchange) { e.Name = models.PlaceholderName(id) })
		return err
	})
	if err != nil {
		return err
	}
	counts := r.report.Kinds[KindExchange]
	counts.Unchanged -= len(missing)
	for _, id := range missing {
		r.count(KindExchange, []change{{Key{First: id}, added, nil}})
	}
	return nil
}

// applyExchanges writes the names of exchanges. One that the original shows none
// of is not stored there either.
func (r *run) applyExchanges(tx *models.Tx, some []change) error {
	var write []uint64
	for _, c := range some {
		o, _ := c.theirs.(*Exchange)
		switch {
		case o != nil && o.Name != nil:
			write = append(write, c.key.First)
		default:
			if err := tx.RemoveExchange(c.key.First); err != nil {
				return err
			}
		}
	}
	return applyDirectory(r, tx, KindExchange, write, nil, func(row *models.Exchange, o *Exchange) { row.Name = *o.Name })
}

func (r *run) setRequest(row *models.Request) {
	o := get[Request](r.original, KindRequest, Key{First: row.ID})
	row.PublicID, row.SourceParticipantID, row.SourceASN = o.PublicID, o.SourceParticipantID, o.SourceASN
	row.PeerParticipantID, row.PeerASN, row.PeerName = o.PeerParticipantID, o.PeerASN, o.PeerName
	row.EmailType, row.EmailFrom, row.EmailTo, row.Subject, row.Body = o.EmailType, o.EmailFrom, o.EmailTo, o.Subject, o.Body
	row.Status, row.CreatedAt, row.ModifiedAt = o.Status, o.Created, o.Modified
}

func (r *run) applySessions(tx *models.Tx, write, gone []uint64) error {
	if len(gone) > 0 {
		if err := tx.RemoveSessions(gone); err != nil {
			return err
		}
	}
	if err := tx.ImportSessions(write, func(s *models.Session) { r.setSession(tx, s) }); err != nil {
		return err
	}
	doubled, err := tx.SettleLiveKeys()
	for _, id := range doubled {
		r.original.note("session %d has the router and addresses of another live session", id)
	}
	return err
}

func (r *run) setSession(tx *models.Tx, s *models.Session) {
	o := get[Session](r.original, KindSession, Key{First: s.ID})
	s.SourceASN, s.SourceIPAddr, s.ResourceID, s.PeerASN, s.PeerName = o.SourceASN, o.SourceIPAddr, o.ResourceID, o.PeerASN, o.PeerName
	s.PeerParticipantID, s.PeerIPAddr, s.PeerHostname, s.PeerGroup = o.PeerParticipantID, o.PeerIPAddr, o.PeerHostname, o.PeerGroup
	s.PublicID, s.IPType, s.Type, s.State, s.PrfxMax, s.PrfxReceived = o.PublicID, o.IPType, o.Type, o.State, o.PrfxMax, o.PrfxReceived
	s.Password, s.Note = o.Password, o.Note
	told := r.original.sessions[s.ID]
	if told == nil {
		told = &moments{}
	}
	known := func(to *int64, at int64) {
		if at != 0 {
			*to = at
		}
	}
	known(&s.CreatedAt, told.created)
	known(&s.ModifiedAt, told.modified)
	if !o.Deleted {
		s.DeletedAt = nil
		return
	}
	if s.DeletedAt == nil {
		s.DeletedAt = new(tx.Time)
	}
	known(s.DeletedAt, told.deleted)
}

func (r *run) applyCommunications(tx *models.Tx, some []change) error {
	for _, c := range some {
		o, _ := c.theirs.(*Communication)
		var err error
		if o == nil {
			err = tx.RemoveCommunication(c.key.First, c.key.Second)
		} else {
			err = tx.ImportCommunication(c.key.First, c.key.Second, func(row *models.Communication) {
				row.RequestStatus, row.Qualified, row.IsPeer = o.RequestStatus, o.Qualified, o.Marked
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) applyLogs(tx *models.Tx, some []change) error {
	for _, c := range some {
		var entries []models.LogEntry
		if o, _ := c.theirs.(*Log); o != nil {
			for _, e := range o.Entries {
				entries = append(entries, models.LogEntry{Message: e.Message, Time: e.Time, RequestID: e.RequestID, SessionID: e.SessionID, ExchangeID: e.ExchangeID})
			}
		}
		if err := tx.ImportLog(c.key.First, entries); err != nil {
			return err
		}
	}
	return nil
}
