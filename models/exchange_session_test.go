package models_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// atExchange is a session at an exchange that was not stored yet.
func atExchange(peer string) *models.Session {
	asn, peerASN, public, source := uint32(64496), uint32(64510), uint64(20), "203.0.113.1"
	return &models.Session{SourceASN: &asn, SourceIPAddr: &source, PeerASN: &peerASN, PeerIPAddr: &peer, PublicID: &public, IPType: "ipv4"}
}

// TestAddExchangeSession adds a session with its link, goes on with one that never
// came to its exchange, makes room for one whose predecessor is on its way out,
// and refuses what stands.
func TestAddExchangeSession(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, store *models.Store) {
		add := func(s *models.Session) error {
			return store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddExchangeSession(s, 7) })
		}
		link := func(id uint64, change func(*models.ExchangeSession)) *models.ExchangeSession {
			t.Helper()
			x, err := store.ExchangeSession(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if change != nil {
				change(x)
				if err := store.Write(t.Context(), func(tx *models.Tx) error { return tx.SaveExchangeSession(x) }); err != nil {
					t.Fatal(err)
				}
			}
			return x
		}
		first := atExchange("203.0.113.251")
		if err := add(first); err != nil {
			t.Fatal(err)
		}
		x := link(first.ID, nil)
		if x == nil || x.Wanted != models.WantedAdd || x.DueAt != 7 || x.ConfigID != nil || !strings.HasPrefix(x.ExternalRef, "provision-session:") || !x.Unfinished() {
			t.Fatalf("linked as %+v", x)
		}
		again := atExchange("203.0.113.251")
		again.Password = "other"
		if err := add(again); err != nil || again.ID != first.ID {
			t.Fatalf("gone on with %d for %d, %v", again.ID, first.ID, err)
		}
		if now := link(first.ID, nil); now.ExternalRef != x.ExternalRef {
			t.Errorf("the reference became %s", now.ExternalRef)
		}
		if s, err := store.SessionByID(t.Context(), first.ID); err != nil || s.Password != "other" {
			t.Errorf("the values are %+v, %v", s, err)
		}
		id := "nfc"
		link(first.ID, func(x *models.ExchangeSession) {
			x.ConfigID, x.Wanted, x.State, x.RemoteState = &id, models.WantedNothing, models.StateConfigured, "production"
		})
		if err := add(atExchange("203.0.113.251")); models.ErrorCode(err) != models.Conflict {
			t.Errorf("one that stands: %v", err)
		}
		if err := store.Write(t.Context(), func(tx *models.Tx) error {
			dropped, err := tx.DropExchangeSession(first.ID, link(first.ID, nil).Wishes)
			if dropped {
				t.Error("one that stands was dropped")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		link(first.ID, func(x *models.ExchangeSession) {
			x.Wanted, x.State, x.RemoteState = models.WantedDelete, models.StateDeleting, "decommission_requested"
		})
		next := atExchange("203.0.113.251")
		if err := add(next); err != nil || next.ID == first.ID || link(first.ID, nil) != nil {
			t.Fatalf("room was not made: %d, %v", next.ID, err)
		}
		if err := store.Write(t.Context(), func(tx *models.Tx) error {
			dropped, err := tx.DropExchangeSession(next.ID, link(next.ID, nil).Wishes)
			if !dropped {
				t.Error("it was not dropped")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.SessionByID(t.Context(), next.ID); models.ErrorCode(err) != models.NotFound || link(next.ID, nil) != nil {
			t.Errorf("dropped and there: %v", err)
		}
	})
}

// TestExchangeSessionsFallDue lists what is due, the longest due first.
func TestExchangeSessionsFallDue(t *testing.T) {
	t.Parallel()
	clock := modelstest.NewClock(1000)
	modelstest.EachLent(t, clock.Now, func(t *testing.T, l *modelstest.Lent) {
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			for id, due := range map[uint64]int64{1: 999, 2: 0, 3: 1001, 4: 1000, 5: 998} {
				if err := tx.SaveExchangeSession(&models.ExchangeSession{SessionID: id, DueAt: due, Message: strings.Repeat("é", 2000)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		due, err := l.Store.DueExchangeSessions(t.Context(), 2)
		if err != nil || len(due) != 2 || due[0].SessionID != 5 || due[1].SessionID != 1 {
			t.Errorf("due %+v, %v", due, err)
		}
		if due, err := l.Store.DueExchangeSessions(t.Context(), 9); err != nil || len(due) != 3 {
			t.Errorf("due %d, %v", len(due), err)
		}
	})
}

// TestStateShown joins what the router and the exchange say.
func TestStateShown(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, store *models.Store) {
		for i, tc := range []struct{ router, exchange, want string }{
			{"not configured", "", "not configured"}, {"not configured", "pending", "pending"}, {"established", "configured", "established"},
			{"idle", "error", "idle"}, {"established", "deleting", "deleting"}, {"not configured", "configured", "configured"},
		} {
			s := atExchange("203.0.113." + string(rune('1'+i)))
			s.State = tc.router
			got := ""
			err := store.Write(t.Context(), func(tx *models.Tx) error {
				if err := tx.AddExchangeSession(s, 0); err != nil {
					return err
				}
				x, err := tx.ExchangeSession(s.ID)
				if err != nil {
					return err
				}
				x.State = tc.exchange
				if err := tx.SaveExchangeSession(x); err != nil {
					return err
				}
				return tx.SessionText(s.ID, func(row models.SessionRow) error { got = string(row[15]); return nil })
			})
			if err != nil || got != tc.want {
				t.Errorf("%+v: %q, %v", tc, got, err)
			}
		}
	})
}

// TestAlone runs one at a time, and tells who waits too long what is busy.
func TestAlone(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, store *models.Store) {
		var busy atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				err := store.Alone(t.Context(), "thing", "The thing", func() error {
					if busy.Add(1) != 1 {
						t.Error("two at a time")
					}
					time.Sleep(5 * time.Millisecond)
					busy.Add(-1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		err := store.Alone(t.Context(), "thing", "The thing", func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			return store.Alone(ctx, "thing", "The thing", func() error { t.Error("it ran"); return nil })
		})
		if models.ErrorCode(err) != models.Conflict || !strings.HasPrefix(err.Error(), "The thing is busy") {
			t.Errorf("%v", err)
		}
	})
}

// TestObserveExchangeSession keeps what somebody wanted since the link was read,
// counts as a change of the sessions only where another state is shown, and makes
// no link that is gone.
func TestObserveExchangeSession(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		s := atExchange("203.0.113.251")
		if err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddExchangeSession(s, 7) }); err != nil {
			t.Fatal(err)
		}
		read := func() *models.ExchangeSession {
			x, err := l.Store.ExchangeSession(t.Context(), s.ID)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		observe := func(x *models.ExchangeSession) (there bool) {
			if err := l.Store.Write(t.Context(), func(tx *models.Tx) (err error) { there, err = tx.ObserveExchangeSession(x); return err }); err != nil {
				t.Fatal(err)
			}
			return there
		}
		versions := func() models.Versions {
			v, err := l.Store.Versions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		id := "nfc"
		for _, tc := range []struct {
			state  string
			raised string
		}{{"pending", "[peering]"}, {"pending", "[]"}, {"configured", "[peering]"}} {
			x, before := read(), versions()
			seen := time.Now().Unix()
			x.ConfigID, x.State, x.RemoteState, x.SeenAt, x.Wanted, x.DueAt = &id, tc.state, strings.Repeat("z", 60), &seen, models.WantedNothing, 99
			if there := observe(x); !there || raised(before, versions()) != tc.raised || read().DueAt != 99 {
				t.Errorf("%s: raised %s, %v", tc.state, raised(before, versions()), there)
			}
		}
		old := read()
		if err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			x, err := tx.ExchangeSession(s.ID)
			if err != nil {
				return err
			}
			x.State = models.StateDeleting
			x.Want(models.WantedDelete, 3)
			return tx.SaveExchangeSession(x)
		}); err != nil {
			t.Fatal(err)
		}
		old.Wanted, old.DueAt, old.State, old.Message = models.WantedNothing, 500, models.StateConfigured, "seen"
		observe(old)
		if now := read(); now.Wanted != models.WantedDelete || now.DueAt != 3 || now.State != models.StateDeleting || now.Message != "seen" || now.Wishes != 2 {
			t.Errorf("after another wish: %+v", now)
		}
		if err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.ForgetExchangeSession(s.ID) }); err != nil {
			t.Fatal(err)
		}
		if observe(old) || read() != nil {
			t.Error("a link that is gone was made again")
		}
	})
}

// TestRestoreSession gives back the columns of one change, and leaves those that
// were changed since, within the same second.
func TestRestoreSession(t *testing.T) {
	t.Parallel()
	clock := modelstest.NewClock(1000)
	modelstest.EachLent(t, clock.Now, func(t *testing.T, l *modelstest.Lent) {
		s := atExchange("203.0.113.251")
		s.Password = "first"
		if err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddExchangeSession(s, 7) }); err != nil {
			t.Fatal(err)
		}
		var before models.Session
		var after *models.Session
		change := func(f func(s *models.Session)) {
			if err := l.Store.Write(t.Context(), func(tx *models.Tx) (err error) {
				after, err = tx.UpdateSession(s.ID, func(s *models.Session) error { before = *s; f(s); return nil })
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		limit, peer := uint32(77), "203.0.113.252"
		change(func(s *models.Session) { s.Password, s.PrfxMax, s.PeerIPAddr = "refused", &limit, &peer })
		was, is := before, after
		other, note := uint32(88), "kept"
		change(func(s *models.Session) { s.PrfxMax, s.Note = &other, &note })
		if err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.RestoreSession(&was, is) }); err != nil {
			t.Fatal(err)
		}
		now, err := l.Store.SessionByID(t.Context(), s.ID)
		if err != nil || now.Password != "first" || *now.PeerIPAddr != "203.0.113.251" || *now.PrfxMax != other || now.Note == nil || *now.Note != note {
			t.Errorf("%+v, %v", now, err)
		}
	})
}

// TestAloneAfterPanic gives the lease back when what ran alone panics.
func TestAloneAfterPanic(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, store *models.Store) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = store.Alone(t.Context(), "thing", "The thing", func() error { panic("as planted") })
		}()
		if held, err := store.TakeLease(t.Context(), "thing", "another", time.Minute); err != nil || !held {
			t.Errorf("still held: %v", err)
		}
	})
}
