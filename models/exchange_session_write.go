package models

import (
	"errors"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

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
	case link.Unfinished() && link.PublicID != *s.PublicID:
		return Errorf(Conflict, "Session %s is on its way to its exchange: delete it first", old.Label())
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
		link.State, link.Message = "", ""
		link.Want(WantedAdd, due)
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
		SessionID: s.ID, PublicID: *s.PublicID, ExternalRef: NewExternalRef(s.ID), Wishes: 1, Wanted: WantedAdd, DueAt: due,
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
// refused, where nothing was wanted since so many wishes. Where something is, or
// may come to be, at the exchange all the same, the session stays and false is
// returned.
func (tx *Tx) DropExchangeSession(id uint64, wishes int64) (bool, error) {
	s, err := liveSession(tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if ErrorCode(err) == NotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	x, err := tx.ExchangeSession(id)
	if err != nil || x == nil || !x.Nowhere() || x.Wishes != wishes || s.OnRouter() {
		return false, err
	}
	if _, err := tx.DeleteSession(s); err != nil {
		return false, err
	}
	return true, tx.ForgetExchangeSession(id)
}

// RestoreSession gives a session the columns back that a change, from before to
// after, changed, after its exchange refused that. A column that was changed again
// since keeps what it has.
func (tx *Tx) RestoreSession(before, after *Session) error {
	_, err := tx.UpdateSession(before.ID, func(stored *Session) error {
		was, is, now := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem(), reflect.ValueOf(stored).Elem()
		for i := range now.NumField() {
			switch now.Type().Field(i).Name {
			case "CreatedAt", "ModifiedAt", "DeletedAt", "LiveKey", "Pushed":
				// They are not the change's.
				continue
			}
			alike := func(a, b reflect.Value) bool {
				return reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface())
			}
			if !alike(was, is) && alike(now, is) {
				now.Field(i).Set(was.Field(i))
			}
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
