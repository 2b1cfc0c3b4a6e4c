package models

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The states of sessions with the route servers of an exchange that speaks
// IX-API, beside StateNotConfigured and StateConfigured.
const (
	// StatePending means that the exchange has not finished it.
	StatePending = "pending"
	// StateError means that the exchange, or the network, has to do something.
	StateError = "error"
	// StateDeleting means that it is on its way out.
	StateDeleting = "deleting"
)

// What is to happen to a session at an exchange.
const (
	WantedAdd    = "add"
	WantedUpdate = "update"
	WantedDelete = "delete"
	// WantedNothing means that the exchange has what is wanted.
	WantedNothing = ""
)

// ExchangeSession links a session with what stands for it at an exchange that
// speaks IX-API: a configuration of a route server, in that API's terms of a
// network feature. It is written before the exchange is told anything, so that
// whoever comes later can find out what was done and finish it.
type ExchangeSession struct {
	SessionID uint64 `gorm:"primaryKey;autoIncrement:false"`
	PublicID  uint64
	// ExternalRef is the name under which the exchange finds the configuration
	// again. It is the session's alone, in all databases.
	ExternalRef string
	// ConfigID is the exchange's id of the configuration, nil until it is known.
	ConfigID *string
	// ServiceConfigID is the configuration of the peering LAN that it belongs to.
	ServiceConfigID *string
	// OldConfigID is a configuration that it replaces and that is still to go.
	OldConfigID *string
	// State is the state in the words of the legacy API, empty where there is
	// nothing to say; RemoteState is the exchange's word.
	State, RemoteState string
	// Message is what the exchange said last of an error.
	Message string
	// Wanted is one of the constants of that name.
	Wanted string
	// Tries counts how often the exchange was asked since something changed.
	Tries int
	// DueAt is the Unix second at which to ask again, 0 for never.
	DueAt int64
	// SeenAt is the Unix second at which the exchange was heard of it last.
	SeenAt                *int64
	CreatedAt, ModifiedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Unfinished reports whether nothing is known to be at the exchange.
func (x *ExchangeSession) Unfinished() bool { return x.ConfigID == nil && x.Wanted != WantedDelete }

// NewExternalRef makes an external reference for a session.
func NewExternalRef(session uint64) string {
	return fmt.Sprintf("provision-session:%d-%s", session, rand.Text())
}

// ExchangeSession returns the link of a session, nil where it has none.
func (s *Store) ExchangeSession(ctx context.Context, session uint64) (*ExchangeSession, error) {
	x, err := exchangeSession(s.read.WithContext(ctx), session)
	return x, databaseError(err)
}

// ExchangeSession returns the link of a session, locked, and nil where it has
// none.
func (tx *Tx) ExchangeSession(session uint64) (*ExchangeSession, error) {
	return exchangeSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), session)
}

func exchangeSession(db *gorm.DB, session uint64) (*ExchangeSession, error) {
	var x ExchangeSession
	err := db.Where("session_id = ?", session).Take(&x).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &x, err
}

// ExchangeSessions returns the links of sessions, by the session's id.
func (tx *Tx) ExchangeSessions(sessions []Session) (map[uint64]*ExchangeSession, error) {
	out := map[uint64]*ExchangeSession{}
	for _, s := range sessions {
		x, err := exchangeSession(tx.db, s.ID)
		if err != nil {
			return nil, err
		}
		if x != nil {
			out[s.ID] = x
		}
	}
	return out, nil
}

// DueExchangeSessions returns up to so many links that are due, the longest due
// first.
func (s *Store) DueExchangeSessions(ctx context.Context, most int) ([]ExchangeSession, error) {
	var due []ExchangeSession
	err := s.read.WithContext(ctx).Where("due_at > 0 AND due_at <= ?", s.now().Unix()).Order("due_at, session_id").Limit(most).Find(&due).Error
	return due, databaseError(err)
}

// SaveExchangeSession stores a link.
func (tx *Tx) SaveExchangeSession(x *ExchangeSession) error {
	tx.touch(ScopePeering)
	if x.CreatedAt == 0 {
		x.CreatedAt = tx.Time
	}
	x.ModifiedAt = tx.Time
	x.Message = cut(x.Message, 1000)
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(x).Error
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// ForgetExchangeSession removes a link. What the exchange has is no longer
// known here then.
func (tx *Tx) ForgetExchangeSession(session uint64) error {
	tx.touch(ScopePeering)
	return tx.db.Where("session_id = ?", session).Delete(&ExchangeSession{}).Error
}

// AddExchangeSession stores a session that is to be brought to an exchange, with
// its link, which is due at a Unix second. It is AddSession, except that the
// directory's prefix limit of the peer, which is for our side, is not taken.
//
// A live session with the same router, source and peer address that never came to
// its exchange is taken up with the new values. One that is on its way out there
// makes room.
func (tx *Tx) AddExchangeSession(s *Session, due int64) error {
	tx.touch(ScopePeering)
	peer, err := tx.peerOf(s)
	if err != nil {
		return err
	}
	if peer != nil && s.PeerName == nil {
		s.PeerName = &peer.Name
	}
	old, err := tx.withLiveKey(s.liveKey())
	if err != nil {
		return err
	}
	var link *ExchangeSession
	if old != nil {
		if link, err = tx.ExchangeSession(old.ID); err != nil {
			return err
		}
	}
	switch {
	case link == nil:
	case link.Unfinished():
		setDefault(&s.Type, SessionTypePeer)
		setDefault(&s.State, StateNotConfigured)
		setDefault(&s.Password, NoPassword)
		changed, err := tx.UpdateSession(old.ID, func(stored *Session) error {
			s.ID, s.CreatedAt, s.ModifiedAt, s.LiveKey, s.Pushed = stored.ID, stored.CreatedAt, stored.ModifiedAt, stored.LiveKey, stored.Pushed
			*stored = *s
			return nil
		})
		if err != nil {
			return err
		}
		*s = *changed
		link.PublicID, link.Wanted, link.Tries, link.DueAt, link.State, link.Message = *s.PublicID, WantedAdd, 0, due, "", ""
		return tx.SaveExchangeSession(link)
	case link.Wanted == WantedDelete && link.State == StateDeleting && link.RemoteState != "" && !old.OnRouter():
		if _, err := tx.DeleteSession(old); err != nil {
			return err
		}
		if err := tx.ForgetExchangeSession(old.ID); err != nil {
			return err
		}
	}
	if err := tx.insertSession(s, peer); err != nil {
		return err
	}
	return tx.LinkSession(s, due)
}

// LinkSession makes the link of a session that is to be brought to its exchange.
func (tx *Tx) LinkSession(s *Session, due int64) error {
	return tx.SaveExchangeSession(&ExchangeSession{
		SessionID: s.ID, PublicID: *s.PublicID, ExternalRef: NewExternalRef(s.ID), Wanted: WantedAdd, DueAt: due,
	})
}

func (tx *Tx) withLiveKey(key string) (*Session, error) {
	var s Session
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("live_key = ?", key).Take(&s).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &s, err
}

// DropExchangeSession takes back the addition of a session that its exchange
// refused. Where something is at the exchange all the same, the session stays and
// false is returned.
func (tx *Tx) DropExchangeSession(id uint64) (bool, error) {
	s, err := liveSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if ErrorCode(err) == NotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	x, err := tx.ExchangeSession(id)
	if err != nil || x != nil && (x.ConfigID != nil || x.OldConfigID != nil) || s.OnRouter() {
		return false, err
	}
	if _, err := tx.DeleteSession(s); err != nil {
		return false, err
	}
	return true, tx.ForgetExchangeSession(id)
}

// RestoreSession gives a session its former columns back after its exchange
// refused a change, unless it was changed again since.
func (tx *Tx) RestoreSession(before, after *Session) error {
	_, err := tx.UpdateSession(before.ID, func(stored *Session) error {
		if stored.ModifiedAt == after.ModifiedAt && stored.liveKey() == after.liveKey() {
			pushed := stored.Pushed
			*stored = *before
			stored.Pushed = pushed
		}
		return nil
	})
	if ErrorCode(err) == NotFound {
		return nil
	}
	return err
}

// LogSession adds a log entry that ends with the label of a session.
func (tx *Tx) LogSession(what string, s *Session) error {
	peer, err := tx.peerOf(s)
	if err != nil {
		return err
	}
	return tx.logSession(what, s, peer)
}

// SameAtExchange reports whether two states of a session are the same to its
// exchange.
func SameAtExchange(a, b *Session) bool {
	return SamePeer(a, b) && same(a.PublicID, b.PublicID) && number(a.SourceASN) == number(b.SourceASN) &&
		text(a.SourceIPAddr) == text(b.SourceIPAddr) && number(a.PrfxMax) == number(b.PrfxMax) && a.Password == b.Password
}

// SamePeer reports whether two sessions have the same router at the other end.
func SamePeer(a, b *Session) bool {
	return text(a.PeerIPAddr) == text(b.PeerIPAddr) && number(a.PeerASN) == number(b.PeerASN)
}
