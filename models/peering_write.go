package models

import (
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Peer is a network with its communication record and log at one exchange.
type Peer struct {
	Network  Network
	Exchange Exchange
	Relation Relation
	// Log is newest first.
	Log []LogEntry
}

// FindPeer returns a network and an exchange of the directory, gone ones too;
// when either is unknown the error is NotFound, in the words of the legacy
// documentation (resetPeerStatus).
func (tx *Tx) FindPeer(network, exchange uint64) (*Peer, error) {
	p := &Peer{}
	err := tx.db.Where("id = ?", network).Take(&p.Network).Error
	if err == nil {
		err = tx.db.Where("id = ?", exchange).Take(&p.Exchange).Error
	}
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, Errorf(NotFound, "Could not find peer matching parameters")
	}
	return p, err
}

// Complete fills in the record and the log as the transaction sees them.
func (tx *Tx) Complete(p *Peer) error {
	var records []Communication
	err := tx.db.Where("network_id = ? AND exchange_id = ?", p.Network.ID, p.Exchange.ID).Limit(1).Find(&records).Error
	if err != nil {
		return err
	}
	for _, c := range records {
		p.Relation = Relation{Recorded: true, RequestStatus: c.RequestStatus, Qualified: c.Qualified, Marked: c.IsPeer}
	}
	p.Log, err = tx.PeerLog(p.Network.ID, p.Exchange.ID)
	return err
}

// LogPeer adds a log entry for a peer.
func (tx *Tx) LogPeer(p *Peer, message string, request *uint64) error {
	return tx.Log(LogEntry{NetworkID: &p.Network.ID, ExchangeID: &p.Exchange.ID, Message: message, RequestID: request})
}

// ChangeCommunication changes the communication record of a peer, which is
// made when there is none. The caller adds the log entry that belongs to it.
func (tx *Tx) ChangeCommunication(p *Peer, change func(*Communication)) error {
	tx.touch(ScopePeering)
	pair := Communication{NetworkID: p.Network.ID, ExchangeID: p.Exchange.ID, CreatedAt: tx.Time, ModifiedAt: tx.Time}
	var record Communication
	locked := func() error {
		return tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).
			Where("network_id = ? AND exchange_id = ?", p.Network.ID, p.Exchange.ID).Take(&record).Error
	}
	err := locked()
	if errors.Is(err, gorm.ErrRecordNotFound) {
		// Another transaction may make it first; then that one is changed.
		if err = tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&pair).Error; err == nil {
			err = locked()
		}
	}
	if err != nil {
		return err
	}
	change(&record)
	record.ModifiedAt = tx.Time
	return tx.db.Save(&record).Error
}
