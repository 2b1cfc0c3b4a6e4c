package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// peeringFixture is networks 1 to 4 with AS numbers 64501 to 64504, exchanges
// 7 and 8, and ports: 1 at both, 2 at 7, 3 at 8, and 4 at none any more.
func peeringFixture(t *testing.T, l *modelstest.Lent) {
	t.Helper()
	for i, name := range []string{"Alpha", "beta", "Gamma", "delta"} {
		n := directoryNetwork(uint64(i+1), name)
		n.ASN = new(uint32(64501 + i))
		put(t, l.Store, n)
	}
	put(t, l.Store, models.Exchange{ID: 7, Name: "Seven"}, models.Exchange{ID: 8, Name: "Eight"})
	put(t, l.Store,
		models.Port{ID: 20, NetworkID: 1, ExchangeID: 7, ASN: new(uint32(64501)), IPv4: new("192.0.2.1"), IPv6: new("2001:db8::1"), Speed: 4294967295},
		models.Port{ID: 19, NetworkID: 1, ExchangeID: 7, IPv6: new("2001:db8::2"), Speed: 1000},
		models.Port{ID: 21, NetworkID: 1, ExchangeID: 8, IPv4: new("198.51.100.1")},
		models.Port{ID: 22, NetworkID: 2, ExchangeID: 7}, models.Port{ID: 23, NetworkID: 3, ExchangeID: 8, IPv4: new("198.51.100.3")},
		models.Port{ID: 24, NetworkID: 4, ExchangeID: 7, IPv4: new("192.0.2.4")},
	)
	put(t, l.Store,
		models.Contact{ID: 31, NetworkID: 1, Role: "NOC", Name: new("N"), Telephone: new("1"), Email: new("noc@example.net"), Visible: "Public"},
		models.Contact{ID: 30, NetworkID: 1, Role: "Policy", Visible: "Public"},
		models.Contact{ID: 32, NetworkID: 2, Role: "Technical", Email: new("é😀@example.net"), Visible: "Users"},
		models.Contact{ID: 33, NetworkID: 1, Role: "NOC", Email: new("gone@example.net"), Visible: "Public"},
	)
	for _, statement := range []string{"UPDATE ports SET gone_at = 1 WHERE id = 24", "UPDATE contacts SET gone_at = 1 WHERE id = 33"} {
		if _, err := l.Raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPeersAtAnExchange(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		var lines []string
		for _, exchange := range []*uint64{nil, new(uint64(7)), new(uint64(8)), new(uint64(9)), new(uint64(0))} {
			lines = append(lines, strings.Join(peers(t, l.Store, exchange), ", "))
		}
		return append(lines, strings.Join(peers(t, l.Store, new(uint64(7)), models.NumberIs("asn", 64502)), ", "),
			strings.Join(peers(t, l.Store, new(uint64(7)), models.NumberIs("asn", 64503)), ", "))
	})
	equal(t, "peers", got, []string{"1 Alpha, 2 beta, 4 delta, 3 Gamma", "1 Alpha, 2 beta", "1 Alpha, 3 Gamma", "", "", "2 beta", ""})
}

func TestPortsAndContacts(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		var lines []string
		for _, of := range []struct{ network, exchange *uint64 }{{nil, nil}, {new(uint64(1)), nil}, {nil, new(uint64(8))}, {new(uint64(1)), new(uint64(7))}, {new(uint64(4)), nil}} {
			ports, err := l.Store.PortsOf(t.Context(), of.network, of.exchange)
			if err != nil {
				t.Fatal(err)
			}
			for _, network := range []uint64{1, 2, 3, 4} {
				for _, p := range ports[network] {
					asn := "NULL"
					if p.ASN != nil {
						asn = fmt.Sprint(*p.ASN)
					}
					lines = append(lines, fmt.Sprint(p.ID, p.NetworkID, p.ExchangeID, " AS", asn, " ", p.Address, " ", p.Speed, " ", p.Protocol))
				}
			}
			lines = append(lines, "")
		}
		for _, network := range []*uint64{nil, new(uint64(2)), new(uint64(3))} {
			contacts, err := l.Store.ContactsOf(t.Context(), network)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []uint64{1, 2, 3} {
				for _, c := range contacts[id] {
					lines = append(lines, fmt.Sprint(c.ID, " ", c.Role, " ", text(c.Name), " ", text(c.Telephone), " ", text(c.Email)))
				}
			}
			lines = append(lines, "")
		}
		return lines
	})
	const six, four, both, eight, three = "19 1 7 ASNULL 2001:db8::2 1000 IPv6", "20 1 7 AS64501 192.0.2.1 4294967295 IPv4",
		"20 1 7 AS64501 2001:db8::1 4294967295 IPv6", "21 1 8 ASNULL 198.51.100.1 0 IPv4", "23 3 8 ASNULL 198.51.100.3 0 IPv4"
	equal(t, "ports and contacts", got, []string{
		six, four, both, eight, three, "", six, four, both, eight, "", eight, three, "", six, four, both, "", "",
		"30 Policy   ", "31 NOC N 1 noc@example.net", "32 Technical   é😀@example.net", "", "32 Technical   é😀@example.net", "", "",
	})
}

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

// A reason is what a foreign server said, of any length and in any bytes.
func TestRequestsThatFailed(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		reasons := []string{"550 no", "550 \xff\xfe é😀", strings.Repeat("é", 2001), "a\x00b", ""}
		for i, reason := range reasons {
			write(t, l.Store, func(tx *models.Tx) error {
				if err := tx.AddRequest(&models.Request{}); err != nil {
					return err
				}
				return tx.MarkRequestFailed(uint64(i+1), reason)
			})
		}
		return column(t, l, "SELECT failure FROM requests ORDER BY id")
	})
	equal(t, "reasons", got, []string{"550 no", "550 \ufffd é😀", strings.Repeat("é", 2000), "a\x00b", ""})
}

func TestDirectoryIsEmpty(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		check := func(when string, want bool) {
			t.Helper()
			if empty, err := l.Store.IsEmpty(t.Context()); err != nil || empty != want {
				t.Errorf("%s: empty %v, %v", when, empty, err)
			}
		}
		put(t, l.Store, models.Exchange{ID: 1})
		check("with an exchange only", true)
		put(t, l.Store, directoryNetwork(1, ""))
		check("with a network", false)
		if _, err := l.Raw.Exec("UPDATE networks SET gone_at = 1"); err != nil {
			t.Fatal(err)
		}
		check("with a network that is gone", false)
	})
}

func TestRequests(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		for _, r := range []models.Request{
			{PeerParticipantID: new(uint64(1)), SourceASN: new(uint32(4294967295)), PublicID: new(uint64(7)), EmailType: "text", Subject: "é😀", Body: "a\r\nb"},
			{PeerASN: new(uint32(1)), EmailType: "html", EmailCC: "cc", EmailBCC: "bcc"},
			{PeerParticipantID: new(uint64(1))},
		} {
			write(t, l.Store, func(tx *models.Tx) error { return tx.AddRequest(&r) })
		}
		write(t, l.Store, func(tx *models.Tx) error {
			return errors.Join(tx.MarkRequestFailed(1, "refused"), tx.MarkRequestSent(1, new("accepted")), tx.MarkRequestFailed(2, "no route"))
		})
		var lines []string
		each := func(conditions ...models.Condition) {
			err := l.Store.EachRequest(t.Context(), conditions, func(r *models.Request) error {
				lines = append(lines, fmt.Sprintf("%d %s %s %q %q %v", r.ID, r.EmailType, text(r.Status), r.Subject, r.Body, r.CreatedAt == moment))
				return nil
			})
			if err != nil {
				lines = append(lines, err.Error())
			}
			lines = append(lines, "")
		}
		each()
		each(models.NumberIs("peer_participant_id", 1))
		each(models.Nothing())
		each(models.TextIs("subject", "x"))
		lines = append(lines, column(t, l, "SELECT CONCAT(delivery, ' ', COALESCE(failure, 'NULL')) FROM requests ORDER BY id")...)
		write(t, l.Store, func(tx *models.Tx) error {
			for _, id := range []uint64{1, 9} {
				asn, err := tx.NetworkASN(id)
				if err != nil {
					return err
				}
				lines = append(lines, fmt.Sprint("AS number of ", id, ": ", asn != nil))
			}
			for _, of := range []struct {
				network uint64
				role    string
			}{{1, "NOC"}, {1, "noc"}, {1, "NOC "}, {1, "Policy"}, {2, "Technical"}, {3, "NOC"}} {
				c, err := tx.ContactFor(of.network, of.role)
				if err != nil {
					return err
				}
				if c == nil {
					c = &models.Contact{Email: new("none")}
				}
				lines = append(lines, fmt.Sprintf("%s of %d: %s", of.role, of.network, *c.Email))
			}
			return nil
		})
		return lines
	})
	first, second, third := `1 text accepted "é😀" "a\r\nb" true`, `2 html  "" "" true`, `3   "" "" true`
	equal(t, "requests", got, slices.Concat([]string{first, second, third, "", first, third, "", "", "requests are not found by a text", ""},
		[]string{"sent NULL", "failed no route", "pending NULL", "AS number of 1: true", "AS number of 9: false", "NOC of 1: noc@example.net",
			"noc of 1: none", "NOC  of 1: none", "Policy of 1: none", "Technical of 2: é😀@example.net", "NOC of 3: none"}))
}
