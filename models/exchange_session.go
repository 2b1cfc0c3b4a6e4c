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
	// Wishes counts how often somebody changed what is wanted. By it whoever was
	// busy with the session finds out that more is wanted by now.
	Wishes int64
	// PostedAt is the Unix second at which the configuration was ordered last, nil
	// while it is known what came of that: until long after it, what is not found
	// may still come.
	PostedAt *int64
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

// Nowhere reports whether nothing is at the exchange, and nothing that was ordered
// may come to be there.
func (x *ExchangeSession) Nowhere() bool {
	return x.ConfigID == nil && x.OldConfigID == nil && x.PostedAt == nil
}

// Want notes what is to happen at the exchange, and the Unix second at which the
// background sees to it.
func (x *ExchangeSession) Want(what string, due int64) {
	x.Wishes++
	x.Wanted, x.Tries, x.DueAt = what, 0, due
}

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

// SaveExchangeSession stores a link, which is new or was read in the same
// transaction.
func (tx *Tx) SaveExchangeSession(x *ExchangeSession) error {
	tx.touch(ScopePeering)
	return tx.saveExchangeSession(x)
}

func (tx *Tx) saveExchangeSession(x *ExchangeSession) error {
	if x.CreatedAt == 0 {
		x.CreatedAt = tx.Time
	}
	x.ModifiedAt = tx.Time
	x.Message, x.RemoteState = ExchangeMessage(x.Message), cut(x.RemoteState, 40)
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(x).Error
}

// ObserveExchangeSession stores what was found out of a link that was read a while
// ago. Where somebody wanted something else since, that stays wanted. A link that
// is gone is not made again, and there is false.
func (tx *Tx) ObserveExchangeSession(x *ExchangeSession) (bool, error) {
	stored, err := tx.ExchangeSession(x.SessionID)
	if err != nil || stored == nil {
		return false, err
	}
	now := *x
	if stored.Wishes != x.Wishes {
		now.Wishes, now.Wanted, now.Tries, now.DueAt, now.PublicID = stored.Wishes, stored.Wanted, stored.Tries, stored.DueAt, stored.PublicID
		if stored.Wanted == WantedDelete {
			now.State = stored.State
		}
	}
	// Nothing else of a link is shown.
	if now.State != stored.State {
		tx.touch(ScopePeering)
	}
	return true, tx.saveExchangeSession(&now)
}

// ExchangeMessage is as much of a message as a link holds.
func ExchangeMessage(text string) string { return cut(text, 1000) }

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
