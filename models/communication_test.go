package models_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// relation gives what is known of a network as text.
func relation(r *models.Relations, network uint64) string {
	of := r.Of(network)
	qualified := "nil"
	if of.Qualified != nil {
		qualified = fmt.Sprint(*of.Qualified)
	}
	return fmt.Sprint(of.Recorded, " ", text(of.RequestStatus), " ", qualified, " ", of.Marked, " ",
		r.IsPeer(network, []byte(fmt.Sprint(64500+network))))
}

func TestRelations(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		change := func(network, exchange uint64, f func(*models.Communication)) {
			write(t, l.Store, func(tx *models.Tx) error {
				p, err := tx.FindPeer(network, exchange)
				if err != nil {
					return err
				}
				return tx.ChangeCommunication(p, f)
			})
		}
		change(1, 7, func(c *models.Communication) { c.RequestStatus, c.Qualified = new(models.StatusSent), new(false) })
		change(1, 8, func(c *models.Communication) { c.IsPeer = true })
		change(1, 7, func(c *models.Communication) { c.RequestStatus = new(models.StatusAccepted) })
		byNetwork, byNumber, gone := session(1), session(2), session(3)
		byNetwork.PeerParticipantID, byNetwork.PeerASN, byNetwork.PublicID = new(uint64(2)), new(uint32(64504)), new(uint64(7))
		byNumber.PeerASN, byNumber.PublicID = new(uint32(64503)), new(uint64(8))
		gone.PeerASN = new(uint32(64504))
		addSession(t, l.Store, byNetwork)
		addSession(t, l.Store, byNumber)
		gone = addSession(t, l.Store, gone)
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&gone); return err })
		var lines []string
		for _, exchange := range []*uint64{new(uint64(7)), new(uint64(8)), nil} {
			r, err := l.Store.Relations(t.Context(), exchange)
			if err != nil {
				t.Fatal(err)
			}
			for network := uint64(1); network <= 4; network++ {
				lines = append(lines, relation(r, network))
			}
			if r.IsPeer(99, nil) || r.IsPeer(99, []byte("")) {
				t.Error("a network without AS number is a peer")
			}
		}
		return append(lines, column(t, l, "SELECT CONCAT(network_id, ' ', exchange_id) FROM communications ORDER BY id")...)
	})
	const none = "false  nil false "
	equal(t, "recorded, status, qualified, marked, peer", got, []string{
		"true accepted false false false", none + "true", none + "false", none + "false",
		"true  nil true true", none + "false", none + "true", none + "false",
		"false  nil true true", none + "true", none + "true", none + "false",
		"1 7", "1 8",
	})
}

// The first change of a communication makes it, even when many come at once.
func TestManyChangeOneCommunication(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		peeringFixture(t, l)
		gateways := stores(t, l, 2)
		// One of four writers adds a letter.
		const writers = 40
		for i, err := range together(writers, func(i int) error {
			return gateways[i%2].Write(t.Context(), func(tx *models.Tx) error {
				p, err := tx.FindPeer(1, 7)
				if err != nil {
					return err
				}
				err = tx.ChangeCommunication(p, func(c *models.Communication) {
					if i%4 == 0 {
						c.RequestStatus = new(text(c.RequestStatus) + "x")
					}
				})
				if err != nil {
					return err
				}
				return tx.LogPeer(p, "changed", nil)
			})
		}) {
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		}
		equal(t, "record", column(t, l, "SELECT request_status FROM communications"), []string{strings.Repeat("x", writers/4)})
		if n := len(logs(t, l)); n != writers {
			t.Errorf("%d log entries", n)
		}
	})
}

func TestPeersAndTheirLog(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(moment)
			l := modelstest.Lend(t, kind, clock.Now)
			peeringFixture(t, l)
			for _, unknown := range [][2]uint64{{9, 7}, {1, 9}, {0, 0}} {
				err := l.Store.Write(t.Context(), func(tx *models.Tx) error { _, err := tx.FindPeer(unknown[0], unknown[1]); return err })
				refused(t, fmt.Sprint(unknown), err, models.NotFound, "Could not find peer matching parameters")
			}
			logPeer := func(network, exchange uint64, message string) {
				write(t, l.Store, func(tx *models.Tx) error {
					p, err := tx.FindPeer(network, exchange)
					if err != nil {
						return err
					}
					return tx.LogPeer(p, message, new(uint64(5)))
				})
			}
			for _, message := range []string{"first", "same second"} {
				logPeer(1, 7, message)
			}
			logPeer(2, 7, "other network")
			clock.Advance(time.Hour)
			logPeer(1, 8, "other exchange")
			clock.Advance(-2 * time.Hour)
			logPeer(1, 7, "of a clock that went back")
			messages := func(entries []models.LogEntry) string {
				var all []string
				for _, e := range entries {
					all = append(all, e.Message)
				}
				return strings.Join(all, ", ")
			}
			for _, test := range []struct {
				network, exchange *uint64
				of                uint64
				want              string
			}{
				{nil, nil, 1, "other exchange, same second, first, of a clock that went back"},
				{nil, nil, 2, "other network"},
				{new(uint64(1)), new(uint64(7)), 1, "same second, first, of a clock that went back"},
				{nil, new(uint64(8)), 1, "other exchange"},
				{new(uint64(1)), nil, 2, ""},
			} {
				log, err := l.Store.LogOf(t.Context(), test.network, test.exchange)
				if err != nil || messages(log[test.of]) != test.want {
					t.Errorf("log of %d: %s, %v; want %s", test.of, messages(log[test.of]), err, test.want)
				}
			}
			write(t, l.Store, func(tx *models.Tx) error {
				p, err := tx.FindPeer(1, 7)
				if err != nil {
					return err
				}
				if err := tx.Complete(p); err != nil {
					return err
				}
				if p.Relation.Recorded || messages(p.Log) != "same second, first, of a clock that went back" || *p.Log[0].RequestID != 5 {
					t.Errorf("peer %+v, log %s", p.Relation, messages(p.Log))
				}
				if err := tx.ChangeCommunication(p, func(c *models.Communication) { c.Qualified, c.IsPeer = new(true), true }); err != nil {
					return err
				}
				err = tx.Complete(p)
				if r := p.Relation; !r.Recorded || !*r.Qualified || !r.Marked || r.RequestStatus != nil {
					t.Errorf("after the change: %+v", r)
				}
				return err
			})
		})
	}
}
