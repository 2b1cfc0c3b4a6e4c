package models

import (
	"errors"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// AddSession stores a new session and its log entry, after filling what the
// caller left empty: the peer's name and prefix limit from the directory, type
// Peer, state `not configured`, password `0`. A live session with the same
// router, source and peer address is a Conflict.
func (tx *Tx) AddSession(s *Session) error {
	tx.touch(ScopePeering)
	peer, err := tx.peerOf(s)
	if err != nil {
		return err
	}
	if peer != nil {
		if s.PeerName == nil {
			s.PeerName = &peer.Name
		}
		if s.PrfxMax == nil {
			s.PrfxMax = peer.InfoPrefixes
		}
	}
	return tx.insertSession(s, peer)
}

func (tx *Tx) insertSession(s *Session, peer *Network) error {
	setDefault(&s.Type, SessionTypePeer)
	setDefault(&s.State, StateNotConfigured)
	setDefault(&s.Password, NoPassword)
	s.ID, s.CreatedAt, s.ModifiedAt = 0, tx.Time, tx.Time
	key := s.liveKey()
	s.LiveKey = &key
	if err := tx.db.Create(s).Error; err != nil {
		return sessionConflict(err, s)
	}
	return tx.logSession("Session added: ", s, peer)
}

// UpdateSession changes a live session and logs it. An unknown or deleted id
// is NotFound; the address of another live session is a Conflict. A change
// that changes nothing is not logged.
func (tx *Tx) UpdateSession(id uint64, change func(*Session) error) (*Session, error) {
	var s Session
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND deleted_at IS NULL", id).Take(&s).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, Errorf(NotFound, "No session found to update.")
	}
	if err != nil {
		return nil, err
	}
	before := s
	if err := change(&s); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(before, s) {
		return &s, nil
	}
	tx.touch(ScopePeering)
	key := s.liveKey()
	s.LiveKey, s.ModifiedAt = &key, tx.Time
	if err := tx.db.Save(&s).Error; err != nil {
		return nil, sessionConflict(err, &s)
	}
	peer, err := tx.peerOf(&s)
	if err != nil {
		return nil, err
	}
	return &s, tx.logSession("Session updated: ", &s, peer)
}

// DeleteSession marks a live session deleted and logs it. It reports false when
// the session is not live any more. One that was brought onto a router since s
// was read is a Conflict: it has to be taken off first.
func (tx *Tx) DeleteSession(s *Session) (bool, error) {
	stored, err := liveSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), s.ID)
	if ErrorCode(err) == NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if stored.OnRouter() && stored.Pushed.Neighbor != nil && !stored.Pushed.same(s.Pushed) {
		return false, Errorf(Conflict, "Session %s was configured meanwhile", s.Label())
	}
	err = tx.db.Model(&Session{ID: s.ID}).Updates(map[string]any{"deleted_at": tx.Time, "modified_at": tx.Time, "live_key": nil}).Error
	if err != nil {
		return false, err
	}
	tx.touch(ScopePeering)
	peer, err := tx.peerOf(s)
	if err != nil {
		return false, err
	}
	return true, tx.logSession("Session deleted: ", s, peer)
}

// LiveSession returns a live session; an unknown or deleted id is NotFound.
func (tx *Tx) LiveSession(id uint64) (*Session, error) { return liveSession(tx.db, id) }

func liveSession(db *gorm.DB, id uint64) (*Session, error) {
	var s Session
	err := db.Where("id = ? AND deleted_at IS NULL", id).Take(&s).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, Errorf(NotFound, "No session found with ID: %d", id)
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// peerOf finds the network at the other end: by its id, else by AS number. It
// returns nil when the directory knows neither.
func (tx *Tx) peerOf(s *Session) (*Network, error) {
	query := tx.db.Select("id", "name", "info_prefixes")
	switch {
	case s.PeerParticipantID != nil:
		query = query.Where("id = ?", *s.PeerParticipantID)
	case s.PeerASN != nil:
		// Rows that are gone upstream come last.
		query = query.Where("asn = ?", *s.PeerASN).Order("gone_at IS NOT NULL, id")
	default:
		return nil, nil
	}
	var networks []Network
	if err := query.Limit(1).Find(&networks).Error; err != nil || len(networks) == 0 {
		return nil, err
	}
	return &networks[0], nil
}

func (tx *Tx) logSession(what string, s *Session, peer *Network) error {
	network := s.PeerParticipantID
	if peer != nil {
		network = &peer.ID
	}
	return tx.Log(LogEntry{NetworkID: network, ExchangeID: s.PublicID, Message: what + s.Label(), SessionID: &s.ID})
}

func sessionConflict(err error, s *Session) error {
	if IsDuplicate(err) {
		return Errorf(Conflict, "Session already exists: %s", s.Label())
	}
	return err
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}
