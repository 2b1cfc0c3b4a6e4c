package models_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestMailCap(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(moment)
			s := modelstest.Lend(t, kind, clock.Now).Store
			count := func(id string, most int) error {
				return s.Write(t.Context(), func(tx *models.Tx) error { return tx.CountMail(id, most) })
			}
			for _, id := range []string{"request-1", "request-2"} {
				if err := count(id, 2); err != nil {
					t.Fatal(err)
				}
			}
			refused(t, "third", count("request-3", 2), models.Conflict, "No more than 2 mails may be sent in an hour")
			write(t, s, func(tx *models.Tx) error { return tx.UncountMail("request-1") })
			if err := count("request-3", 2); err != nil {
				t.Errorf("after one was not sent: %v", err)
			}
			if err := count("request-4", 0); err != nil {
				t.Errorf("without a cap: %v", err)
			}
			clock.Advance(time.Hour - time.Second)
			refused(t, "within the hour", count("request-5", 2), models.Conflict, "No more than 2 mails may be sent in an hour")
			clock.Advance(10 * time.Second)
			for range 3 { // the same mail again is one
				if err := count("request-5", 2); err != nil {
					t.Errorf("an hour later: %v", err)
				}
			}
			if err := s.ForgetMails(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := count("request-6", 2); err != nil {
				t.Errorf("after forgetting: %v", err)
			}
		})
	}
}

// Gateways that send at the same moment do not pass the cap together, and the
// second of two requests to a peer sees the first.
func TestMailLimitsTogether(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		put(t, l.Store, models.Network{ID: 1, Name: "one"})
		put(t, l.Store, models.Exchange{ID: 20, Name: "ix"})
		stores := []*models.Store{l.Store, l.Another(t)}
		var counted, first atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				err := stores[i%2].Write(t.Context(), func(tx *models.Tx) error { return tx.CountMail(fmt.Sprint("email-", i), 3) })
				switch {
				case err == nil:
					counted.Add(1)
				case models.ErrorCode(err) != models.Conflict:
					t.Error(err)
				}
				alone := false
				err = stores[i%2].Write(t.Context(), func(tx *models.Tx) error {
					peer, err := tx.FindPeer(1, 20)
					if err != nil {
						return err
					}
					latest, err := tx.LatestRequest(peer, moment-60)
					if alone = latest == nil; err != nil || !alone {
						return err
					}
					return tx.AddRequest(&models.Request{PublicID: new(uint64(20)), PeerParticipantID: new(uint64(1))})
				})
				if err != nil {
					t.Error(err)
				}
				if alone {
					first.Add(1)
				}
			})
		}
		all.Wait()
		if counted.Load() != 3 || first.Load() != 1 {
			t.Errorf("%d mails counted, %d requests made", counted.Load(), first.Load())
		}
	})
}
