package models

import (
	"context"

	"gorm.io/gorm/clause"
)

// StateConfigured is the state of a session from when its router accepted its
// configuration until the router says more.
const StateConfigured = "configured"

// Placement is where a session is on a router: what is needed to find it there
// again and to take it off. All of it is nil for a session that was never
// pushed, or was taken off.
type Placement struct {
	// RouterID is the resource of the router.
	RouterID *uint64
	// Neighbor is the peer's address.
	Neighbor *string
	// ASN is the AS number of our side.
	ASN *uint32 `gorm:"column:asn"`
	// Group is the peer group.
	Group *string
}

// Place is where the columns of the session say that it belongs.
func (s *Session) Place() Placement {
	return Placement{RouterID: s.ResourceID, Neighbor: s.PeerIPAddr, ASN: s.SourceASN, Group: s.PeerGroup}
}

// Placed is where the session is to be looked for on a router: where it was
// pushed, or else where its columns say, for one that came onto its router by
// other means.
func (s *Session) Placed() Placement {
	if s.Pushed.Neighbor != nil {
		return s.Pushed
	}
	return s.Place()
}

// Moved reports whether the session was pushed to another router or under
// another address or AS number than its columns say now, so that what is there
// has to be removed before it is pushed again.
func (s *Session) Moved() bool {
	if s.Pushed.Neighbor == nil {
		return false
	}
	here := s.Place()
	here.Group = s.Pushed.Group
	return !here.same(s.Pushed)
}

// SetPlacement notes where a live session is on a router; a zero Placement means
// nowhere. It is called before a router is told, and again when the router took
// nothing, so that what may be on a router is always known.
func (tx *Tx) SetPlacement(id uint64, p Placement) error {
	result := tx.db.Model(&Session{}).Where("id = ? AND deleted_at IS NULL", id).Updates(map[string]any{
		"pushed_router_id": p.RouterID, "pushed_neighbor": p.Neighbor, "pushed_asn": p.ASN, "pushed_group": p.Group,
	})
	if result.Error == nil && result.RowsAffected == 0 {
		return Errorf(NotFound, "No session found with ID: %d", id)
	}
	return result.Error
}

// MarkConfigured notes that the router of a live session accepted its
// configuration.
func (tx *Tx) MarkConfigured(id uint64) (*Session, error) {
	// Locked, since another transaction may be deleting it.
	s, err := liveSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if err != nil {
		return nil, err
	}
	s.State, s.ModifiedAt = StateConfigured, tx.Time
	tx.touch(ScopePeering)
	if err := tx.db.Model(s).Updates(map[string]any{"state": s.State, "modified_at": s.ModifiedAt}).Error; err != nil {
		return nil, err
	}
	peer, err := tx.peerOf(s)
	if err != nil {
		return nil, err
	}
	return s, tx.logSession("Session configured: ", s, peer)
}

// MarkUnconfigured notes that a live session is on no router any more, and why.
func (tx *Tx) MarkUnconfigured(id uint64, why string) (*Session, error) {
	s, err := liveSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if err != nil {
		return nil, err
	}
	if err := tx.SetPlacement(id, Placement{}); err != nil {
		return nil, err
	}
	s.Pushed, s.State, s.PrfxReceived, s.ModifiedAt = Placement{}, StateNotConfigured, nil, tx.Time
	tx.touch(ScopePeering)
	err = tx.db.Model(s).Updates(map[string]any{"state": s.State, "prfx_received": nil, "modified_at": s.ModifiedAt}).Error
	if err != nil {
		return nil, err
	}
	peer, err := tx.peerOf(s)
	if err != nil {
		return nil, err
	}
	return s, tx.logSession(why, s, peer)
}

// Observation is what a router says of a session.
type Observation struct {
	// Missing is true when the router does not have it. The rest is then empty.
	Missing bool
	// State is idle, connect, active, opensent, openconfirm or established.
	State string
	// PrefixesReceived is nil when the router does not say.
	PrefixesReceived *uint32
}

// Observe stores what a router says of a live session that is on it and reports
// whether that was new. A session that is missing becomes `not configured`,
// which its log says. Nothing changes for a session that is no longer live, or
// that was pushed elsewhere since the router was asked.
func (tx *Tx) Observe(seen *Session, o Observation) (changed bool, err error) {
	s, err := liveSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), seen.ID)
	if ErrorCode(err) == NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	state := o.State
	if o.Missing {
		state = StateNotConfigured
	}
	// What somebody changed meanwhile is newer than what the router said.
	if s.State != seen.State || s.ModifiedAt != seen.ModifiedAt || !s.Placed().same(seen.Placed()) {
		return false, nil
	}
	if s.State == state && number(s.PrfxReceived) == number(o.PrefixesReceived) {
		return false, nil
	}
	wasThere := s.State != StateNotConfigured
	tx.touch(ScopePeering)
	err = tx.db.Model(s).Updates(map[string]any{"state": state, "prfx_received": o.PrefixesReceived}).Error
	if err != nil || !o.Missing || !wasThere {
		return err == nil, err
	}
	peer, err := tx.peerOf(s)
	if err != nil {
		return false, err
	}
	return true, tx.logSession("Session missing on router: ", s, peer)
}

func (p Placement) same(other Placement) bool {
	return same(p.RouterID, other.RouterID) && same(p.Neighbor, other.Neighbor) && same(p.ASN, other.ASN) && same(p.Group, other.Group)
}

// same reports whether two columns hold the same value, or both none.
func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// LiveSessions returns the live sessions by id: those of one router, by column
// or by where they were pushed, or all when router is nil.
func (s *Store) LiveSessions(ctx context.Context, router *uint64) ([]Session, error) {
	query := s.read.WithContext(ctx).Where("deleted_at IS NULL")
	if router != nil {
		query = query.Where("resource_id = ? OR pushed_router_id = ?", *router, *router)
	}
	var sessions []Session
	err := query.Order("id").Find(&sessions).Error
	return sessions, databaseError(err)
}

// SessionByID returns a live session; an unknown or deleted id is NotFound.
func (s *Store) SessionByID(ctx context.Context, id uint64) (*Session, error) {
	session, err := liveSession(s.read.WithContext(ctx), id)
	return session, databaseError(err)
}
