package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// peerRow is a row of getPeers.
type peerRow struct {
	ID, ASN, Name, Qualified scalar
	PublicID                 scalar       `json:"public_id"`
	IsPeer                   scalar       `json:"is_peer"`
	RequestStatus            scalar       `json:"request_status"`
	InfoPrefixes             scalar       `json:"info_prefixes"`
	Ports                    []portRow    `json:"public_ips"`
	Contacts                 []contactRow `json:"contacts"`
	Log                      []entryRow   `json:"log_data"`
}

type portRow struct {
	ID, Speed, Protocol scalar
	ParticipantID       scalar `json:"participant_id"`
	PublicID            scalar `json:"public_id"`
	ASN                 scalar `json:"local_asn"`
	Address             scalar `json:"local_ipaddr"`
}

type contactRow struct {
	ID, Role, Name, Telephone, Email scalar
	ParticipantID                    scalar `json:"participant_id"`
}

type entryRow struct {
	Message, Time scalar
	RequestID     scalar `json:"request_id"`
	SessionID     scalar `json:"session_id"`
	PublicID      scalar `json:"public_id"`
}

// readOverall asks what one answer shows for all exchanges.
func (r *reader) readOverall(ctx context.Context) error {
	for _, details := range []string{"include_public_ips", "include_contacts", "include_log_data"} {
		peers, err := rows[peerRow](ctx, r.asking, "peering", "getPeers", with(details, "1"))
		if err != nil {
			return err
		}
		for i := range peers {
			if err := r.takePeer(&peers[i]); err != nil {
				return fmt.Errorf("peering getPeers %s=1: row %d: %w", details, i+1, err)
			}
		}
	}
	for _, deleted := range []bool{false, true} {
		if err := r.readSessions(ctx, deleted); err != nil {
			return err
		}
	}
	return r.readRequests(ctx)
}

// takePeer takes a network and its details.
func (r *reader) takePeer(p *peerRow) error {
	n := &numbers{}
	id := n.id("id", p.ID)
	network := &Network{ASN: n.optional32("asn", p.ASN), Name: p.Name.String(), InfoPrefixes: n.optional32("info_prefixes", p.InfoPrefixes), Columns: map[string]string{}}
	if n.err != nil {
		return n.err
	}
	r.objects[KindNetwork][Key{First: id}] = network
	r.objects[KindPeer][Key{First: id}] = &Peer{p.IsPeer.yes()}
	for _, row := range p.Ports {
		if err := r.takePort(row); err != nil {
			return err
		}
	}
	for _, row := range p.Contacts {
		key := Key{First: n.id("the id of a contact", row.ID)}
		contact := &Contact{n.id("the network of a contact", row.ParticipantID), row.Role.String(), row.Name.text, row.Telephone.text, row.Email.text}
		if n.err != nil {
			return n.err
		}
		r.objects[KindContact][key] = contact
	}
	entries, err := r.entries(p.Log)
	if err != nil || len(entries) == 0 {
		return err
	}
	r.objects[KindLog][Key{First: id}] = &Log{entries}
	return nil
}

// takePort takes one address of a port.
func (r *reader) takePort(row portRow) error {
	n := &numbers{}
	key := Key{First: n.id("the id of an address", row.ID)}
	seen := Port{
		NetworkID: n.id("the network of an address", row.ParticipantID), ExchangeID: n.id("the exchange of an address", row.PublicID),
		ASN: n.optional32("local_asn", row.ASN), Speed: uint32(min(n.whole("speed", row.Speed), 1<<32-1)),
	}
	if n.err != nil {
		return n.err
	}
	r.sawExchange(&seen.ExchangeID)
	port := get[Port](r.Snapshot, KindPort, key)
	if port == nil {
		port = &seen
		r.objects[KindPort][key] = port
	}
	address := &port.IPv4
	if row.Protocol.String() == "IPv6" {
		address = &port.IPv6
	}
	if *address != nil && **address != row.Address.String() {
		r.note("address %d has several addresses of one protocol, of which one is kept", key.First)
		return nil
	}
	*address = row.Address.text
	return nil
}

// entries reads a log and notes what it tells of sessions and ids.
func (r *reader) entries(log []entryRow) ([]Entry, error) {
	var out []Entry
	for _, row := range log {
		n := &numbers{}
		at, err := r.moment(row.Time)
		if err != nil {
			return nil, err
		}
		e := Entry{
			Message: row.Message.String(), Time: at, RequestID: n.optional("request_id", row.RequestID),
			SessionID: n.optional("session_id", row.SessionID), ExchangeID: n.optional("public_id", row.PublicID),
		}
		if n.err != nil {
			return nil, n.err
		}
		r.sawExchange(e.ExchangeID)
		r.saw("requests", e.RequestID)
		r.saw("sessions", e.SessionID)
		r.sawSession(&e)
		out = append(out, e)
	}
	return out, nil
}

// moment reads a time as answers show it.
func (r *reader) moment(s scalar) (int64, error) {
	t, err := time.ParseInLocation(time.DateTime, s.String(), r.options.Location)
	if err != nil {
		return 0, &wrongValueError{"a time is not of the form 2006-01-02 15:04:05"}
	}
	return t.Unix(), nil
}

// ofFilter asks which networks have a value in a column.
func (r *reader) ofFilter(column, value string) question {
	return func(ctx context.Context) (func() error, error) {
		found, err := rows[struct{ ID scalar }](ctx, r.asking, "peering", "getPeers", with(column, value))
		var refused *refusedError
		if errors.As(err, &refused) {
			return func() error {
				r.hideColumn(column)
				return nil
			}, nil
		}
		if err != nil {
			return nil, err
		}
		return func() error {
			for _, row := range found {
				id, _ := strconv.ParseUint(row.ID.String(), 10, 64)
				network := get[Network](r.Snapshot, KindNetwork, Key{First: id})
				switch {
				case network == nil:
				case network.Columns[column] != "" && network.Columns[column] != value:
					network.Columns[column] = several
				default:
					network.Columns[column] = value
				}
			}
			return nil
		}, nil
	}
}

// several marks a network that was found under more than one value.
const several = "\x00"

// finishColumns drops the columns whose filters the side does not heed.
func (r *reader) finishColumns() {
	for _, column := range columnsByFilter() {
		heeded := true
		for _, o := range r.objects[KindNetwork] {
			value := o.(*Network).Columns[column.name]
			heeded = heeded && value != several && value != never
		}
		if !heeded {
			r.hideColumn(column.name)
		}
		if r.hides(column.name) {
			for _, o := range r.objects[KindNetwork] {
				delete(o.(*Network).Columns, column.name)
			}
		}
	}
}

// hideColumn notes that a side does not show a column of networks.
func (s *Snapshot) hideColumn(name string) {
	s.refused = append(s.refused, "column "+name)
	s.note("getPeers does not heed the filter %s: the column is not shown", name)
}

// hides reports whether a side does not show a column of networks.
func (s *Snapshot) hides(name string) bool { return slices.Contains(s.refused, "column "+name) }

// ofExchange asks all that is answered for one exchange.
func (r *reader) ofExchange(id uint64) question {
	public := with("public_id", strconv.FormatUint(id, 10))
	return func(ctx context.Context) (func() error, error) {
		peers, err := rows[peerRow](ctx, r.asking, "peering", "getPeers", public)
		if err != nil {
			return nil, err
		}
		communications, err := rows[peerRow](ctx, r.asking, "peering", "getCommunications", public)
		if err != nil {
			return nil, err
		}
		live, err := rows[sessionRow](ctx, r.asking, "peering", "getSessions", public)
		if err != nil {
			return nil, err
		}
		gone, err := rows[sessionRow](ctx, r.asking, "peering", "getSessions", public, with("deleted", "1"))
		if err != nil {
			return nil, err
		}
		return func() error {
			for deleted, list := range map[bool][]sessionRow{false: live, true: gone} {
				if err := r.takeSessions(list, deleted); err != nil {
					return fmt.Errorf("peering getSessions public_id=%d: %w", id, err)
				}
			}
			for i := range peers {
				if err := r.takeCommunication(id, &peers[i], false); err != nil {
					return fmt.Errorf("peering getPeers public_id=%d: row %d: %w", id, i+1, err)
				}
			}
			for i := range communications {
				if err := r.takeCommunication(id, &communications[i], true); err != nil {
					return fmt.Errorf("peering getCommunications public_id=%d: row %d: %w", id, i+1, err)
				}
			}
			return r.takeLogs(communications)
		}, nil
	}
}

// takeCommunication takes a row of an exchange, of getPeers or, exact, of
// getCommunications: the former calls true what nobody decided.
func (r *reader) takeCommunication(exchange uint64, p *peerRow, exact bool) error {
	n := &numbers{}
	key := Key{n.id("id", p.ID), exchange}
	if n.err != nil {
		return n.err
	}
	c := get[Communication](r.Snapshot, KindCommunication, key)
	if c == nil {
		c = &Communication{}
		r.objects[KindCommunication][key] = c
	}
	c.Recorded = c.Recorded || p.PublicID.text != nil
	c.RequestStatus = p.RequestStatus.text
	c.Marked = p.IsPeer.yes()
	if qualified := p.Qualified.truth(); exact || qualified != nil && !*qualified {
		c.Qualified = qualified
	}
	return nil
}

// takeLogs adds the entries of an exchange that the log of all exchanges did not
// show.
func (r *reader) takeLogs(peers []peerRow) error {
	for _, p := range peers {
		entries, err := r.entries(p.Log)
		if err != nil {
			return err
		}
		id, err := strconv.ParseUint(p.ID.String(), 10, 64)
		if err != nil || len(entries) == 0 {
			continue
		}
		log := get[Log](r.Snapshot, KindLog, Key{First: id})
		if log == nil {
			log = &Log{}
			r.objects[KindLog][Key{First: id}] = log
		}
		log.add(entries)
	}
	return nil
}

// add adds the entries that are not there yet, as often as they are shown.
func (l *Log) add(entries []Entry) {
	have := map[string]int{}
	for _, e := range l.Entries {
		have[sumOf(e)]++
	}
	missing := false
	for _, e := range entries {
		if have[sumOf(e)]--; have[sumOf(e)] < 0 {
			l.Entries, missing = append(l.Entries, e), true
		}
	}
	if missing {
		slices.SortStableFunc(l.Entries, func(a, b Entry) int { return int(b.Time - a.Time) })
	}
}
