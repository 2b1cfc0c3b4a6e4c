package sessions

import (
	"context"
	"net/netip"
	"slices"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Discovered is a neighbor on a router that no live session stands for.
type Discovered struct {
	Address   netip.Addr `json:"peer_ipaddr"`
	LocalASN  uint32     `json:"source_asn,omitempty"`
	RemoteASN uint32     `json:"peer_asn"`
	// PeerName is the network of the directory that has the address at an
	// exchange, or else the router's description.
	PeerName string `json:"peer_name,omitempty"`
	// NetworkID and ExchangeID are those of that port; nil when there is none.
	NetworkID        *uint64 `json:"peer_participant_id"`
	ExchangeID       *uint64 `json:"public_id"`
	State            string  `json:"state"`
	PrefixesReceived *uint32 `json:"prfx_received"`
	PeerGroup        string  `json:"peer_group,omitempty"`
}

// Discover lists the neighbors on a router that are not in the database, by
// address.
func (s *Sessions) Discover(ctx context.Context, router *models.Router) ([]Discovered, error) {
	neighbors, err := s.neighbors(ctx, router)
	if err != nil {
		return nil, err
	}
	sessions, err := s.Store.LiveSessions(ctx, &router.ID)
	if err != nil {
		return nil, err
	}
	for i := range sessions {
		for _, address := range addressesOn(&sessions[i], router.ID) {
			delete(neighbors, address)
		}
	}
	found := []Discovered{}
	for address, status := range neighbors {
		one, err := s.describe(ctx, address, status)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	slices.SortFunc(found, func(a, b Discovered) int { return a.Address.Compare(b.Address) })
	return found, nil
}

func (s *Sessions) describe(ctx context.Context, address netip.Addr, status dialect.Status) (Discovered, error) {
	d := Discovered{
		Address: address, LocalASN: status.LocalASN, RemoteASN: status.RemoteASN, PeerName: status.Description,
		State: status.State, PrefixesReceived: status.PrefixesReceived, PeerGroup: status.PeerGroup,
	}
	if d.LocalASN == 0 && len(s.OwnASNs) == 1 {
		d.LocalASN = s.OwnASNs[0]
	}
	port, network, err := s.Store.PortByAddress(ctx, address.String())
	if err != nil || port == nil {
		return d, err
	}
	d.ExchangeID = &port.ExchangeID
	// Another network may have taken the address over; then only the exchange is
	// sure.
	if network.ASN != nil && *network.ASN == status.RemoteASN || port.ASN != nil && *port.ASN == status.RemoteASN {
		d.NetworkID, d.PeerName = &network.ID, network.Name
	}
	return d, nil
}

// Import adds sessions for neighbors that Discover found, all in one
// transaction, and returns their ids. They count as configured: they are on
// their router. One that a live session stands for by now is a Conflict, and one
// whose AS number the router does not know is Invalid; then none is added.
func (s *Sessions) Import(ctx context.Context, router *models.Router, found []Discovered) ([]uint64, error) {
	var ids []uint64
	err := s.Store.Write(ctx, func(tx *models.Tx) error {
		ids = nil
		for _, one := range found {
			if one.RemoteASN == 0 {
				return models.Errorf(models.Invalid, "The AS number of %s is not known to router %s: it cannot be imported", one.Address, router.Name)
			}
			session := one.session(router)
			if err := taken(tx, session); err != nil {
				return err
			}
			if err := tx.AddSession(session); err != nil {
				return err
			}
			if err := tx.SetPlacement(session.ID, session.Place()); err != nil {
				return err
			}
			ids = append(ids, session.ID)
		}
		return nil
	})
	return ids, err
}

// taken is a Conflict when a live session stands for a new one's neighbor already,
// whatever address of ours it has.
func taken(tx *models.Tx, session *models.Session) error {
	for _, columns := range [][2]string{{"resource_id", "peer_ipaddr"}, {"pushed_router_id", "pushed_neighbor"}} {
		there, err := tx.MatchingSessions([]models.Condition{
			models.NumberIs(columns[0], int64(*session.ResourceID)), models.ExactlyIs(columns[1], *session.PeerIPAddr),
		})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return models.Errorf(models.Conflict, "Session already exists: %s", there[0].Label())
		}
	}
	return nil
}

func (d *Discovered) session(router *models.Router) *models.Session {
	s := &models.Session{
		ResourceID: &router.ID, PeerASN: &d.RemoteASN, PeerIPAddr: new(d.Address.String()), IPType: "ipv4", State: d.State,
		PublicID: d.ExchangeID, PeerParticipantID: d.NetworkID, PrfxReceived: d.PrefixesReceived,
	}
	if d.Address.Is6() {
		s.IPType = "ipv6"
	}
	for _, f := range []struct {
		column **string
		value  string
	}{{&s.PeerName, d.PeerName}, {&s.PeerGroup, d.PeerGroup}} {
		if f.value != "" {
			*f.column = &f.value
		}
	}
	// The router's address of the other family is not where this neighbor is.
	if local, ok := addressOf(&router.LocalAddress); ok && local.Is6() == d.Address.Is6() {
		s.SourceIPAddr = new(local.String())
	}
	if d.LocalASN != 0 {
		s.SourceASN = &d.LocalASN
	}
	return s
}
