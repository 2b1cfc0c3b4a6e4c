package migration

import (
	"context"
	"fmt"
	"strconv"
)

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
