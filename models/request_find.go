package models

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Requests returns peering requests by id: those whose mail has come so far, or
// all when delivery is empty.
func (s *Store) Requests(ctx context.Context, delivery string) ([]Request, error) {
	query := s.read.WithContext(ctx)
	if delivery != "" {
		query = query.Where("delivery = ?", delivery)
	}
	var requests []Request
	err := query.Order("id").Find(&requests).Error
	return requests, databaseError(err)
}

// FindRequest returns a peering request, locked until the transaction ends. An
// unknown id is NotFound.
func (tx *Tx) FindRequest(id uint64) (*Request, error) {
	var r Request
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, Errorf(NotFound, "No request found with ID: %d", id)
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// LatestRequest returns the latest request to a peer that was made at or after a
// moment in Unix seconds and whose mail was sent, or may have been; nil when
// there is none. Transactions that ask for the same peer wait for each other
// until they end, so that two of them cannot both find none.
func (tx *Tx) LatestRequest(p *Peer, since int64) (*Request, error) {
	var locked Network
	lock := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Select("id")
	if err := lock.Where("id = ?", p.Network.ID).Take(&locked).Error; err != nil {
		return nil, err
	}
	var requests []Request
	// A locking read sees what others committed after this transaction began.
	err := tx.db.Clauses(clause.Locking{Strength: "SHARE"}).
		Where("peer_participant_id = ? AND public_id = ? AND delivery <> ? AND created_at >= ?",
			p.Network.ID, p.Exchange.ID, DeliveryFailed, since).
		Order("created_at DESC, id DESC").Limit(1).Find(&requests).Error
	if err != nil || len(requests) == 0 {
		return nil, err
	}
	return &requests[0], nil
}
