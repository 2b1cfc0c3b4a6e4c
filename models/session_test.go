package models_test

import (
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestSessionLabel(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		s    models.Session
		want string
	}{
		{"all", models.Session{PeerName: new("Example"), SourceASN: new(uint32(8038)), SourceIPAddr: new("1.2.3.4"), PeerASN: new(uint32(64496)), PeerIPAddr: new("1.2.3.5")},
			"Example (AS8038/1.2.3.4) - (AS64496/1.2.3.5)"},
		{"nothing", models.Session{}, " (AS/) - (AS/)"},
		{"largest numbers, IPv6", models.Session{PeerName: new("😀"), SourceASN: new(uint32(4294967295)), PeerASN: new(uint32(0)), PeerIPAddr: new("2001:db8::1")},
			"😀 (AS4294967295/) - (AS0/2001:db8::1)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.s.Label(); got != test.want {
				t.Errorf("label %q, want %q", got, test.want)
			}
		})
	}
}

func TestSessionOnRouter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, state string
		want        bool
	}{
		{"Peer", "not configured", false}, {"Peer", "configured", true}, {"peer ", "established", true}, {"Peer", "", true},
		{"Transit", "established", false}, {"", "configured", false},
	} {
		if got := (&models.Session{Type: test.kind, State: test.state}).OnRouter(); got != test.want {
			t.Errorf("type %q, state %q: %v, want %v", test.kind, test.state, got, test.want)
		}
	}
}

func TestSessionSameOnRouter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*models.Session)
		want   bool
	}{
		{"nothing changed", func(*models.Session) {}, true},
		{"equal values elsewhere in memory", func(s *models.Session) { s.SourceASN, s.PeerIPAddr = new(*s.SourceASN), new(*s.PeerIPAddr) }, true},
		{"what no router holds", func(s *models.Session) { s.Note, s.PeerName, s.PublicID = new("x"), new("x"), new(uint64(1)) }, true},
		{"router", func(s *models.Session) { s.ResourceID = new(uint64(1)) }, false},
		{"source", func(s *models.Session) { s.SourceIPAddr = nil }, false},
		{"peer", func(s *models.Session) { s.PeerIPAddr = new("198.51.0.2") }, false},
		{"our AS number", func(s *models.Session) { s.SourceASN = nil }, false},
		{"type", func(s *models.Session) { s.Type = "peer" }, false},
		{"state", func(s *models.Session) { s.State = "idle" }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before, after := session(1), session(1)
			test.change(&after)
			if got := before.SameOnRouter(&after); got != test.want || after.SameOnRouter(&before) != got {
				t.Errorf("same: %v, want %v", got, test.want)
			}
		})
	}
}

// directory is two networks of one AS number, the first gone, and one with
// another number.
func directory(t *testing.T, l *modelstest.Lent) {
	t.Helper()
	gone, live, other := directoryNetwork(10, "Gone"), directoryNetwork(11, "Live"), directoryNetwork(12, "Other")
	gone.ASN, live.ASN, other.ASN = new(uint32(64496)), new(uint32(64496)), new(uint32(64497))
	gone.InfoPrefixes, live.InfoPrefixes = new(uint32(10)), new(uint32(11))
	put(t, l.Store, gone, live, other)
	if _, err := l.Raw.Exec("UPDATE networks SET gone_at = 1 WHERE id = 10"); err != nil {
		t.Fatal(err)
	}
}

func TestAddSessionFillsIn(t *testing.T) {
	t.Parallel()
	const defaults = " ip_type=ipv4 type=Peer state=not configured"
	const from, to = "id=1 source_asn=64500 source_ipaddr=192.0.2.1 ", " peer_ipaddr=198.51.0.1"
	for _, test := range []struct {
		name   string
		change func(*models.Session)
		want   string
	}{
		{"by the AS number, what is gone last", func(*models.Session) {},
			from + "peer_asn=64496 peer_name=Live" + to + defaults + " prfx_max=11 password=0"},
		{"by the network, even one that is gone", func(s *models.Session) { s.PeerParticipantID = new(uint64(10)) },
			from + "peer_asn=64496 peer_name=Gone peer_participant_id=10" + to + defaults + " prfx_max=10 password=0"},
		{"a network without prefix limit", func(s *models.Session) { s.PeerASN = new(uint32(64497)) },
			from + "peer_asn=64497 peer_name=Other" + to + defaults + " password=0"},
		{"an unknown network", func(s *models.Session) { s.PeerParticipantID = new(uint64(99)) },
			from + "peer_asn=64496 peer_participant_id=99" + to + defaults + " password=0"},
		{"an unknown AS number", func(s *models.Session) { s.PeerASN = new(uint32(1)) },
			from + "peer_asn=1" + to + defaults + " password=0"},
		{"no AS number", func(s *models.Session) { s.PeerASN = nil }, strings.TrimSpace(from) + to + defaults + " password=0"},
		{"what is given stays", func(s *models.Session) {
			s.PeerName, s.PrfxMax, s.Type, s.State, s.Password = new(""), new(uint32(0)), "Transit", "idle", "secret"
		}, from + "peer_asn=64496 peer_name=" + to + " ip_type=ipv4 type=Transit state=idle prfx_max=0 password=secret"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				directory(t, l)
				s := session(1)
				test.change(&s)
				s = addSession(t, l.Store, s)
				equal(t, "session", sessions(t, l.Store, false), []string{test.want})
				if s.CreatedAt != moment || s.ModifiedAt != moment || s.DeletedAt != nil {
					t.Errorf("created %d, modified %d, deleted %v", s.CreatedAt, s.ModifiedAt, s.DeletedAt)
				}
				equal(t, "log", logs(t, l), []string{"Session added: " + s.Label()})
			})
		})
	}
}

func TestLiveSessionsAreUnique(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		change   func(*models.Session)
		conflict bool
	}{
		{"the same again", func(*models.Session) {}, true},
		{"with other AS numbers and exchange", func(s *models.Session) { s.PeerASN, s.SourceASN, s.PublicID = nil, nil, new(uint64(9)) }, true},
		{"another peer address", func(s *models.Session) { s.PeerIPAddr = new("198.51.0.2") }, false},
		{"another source address", func(s *models.Session) { s.SourceIPAddr = new("192.0.2.2") }, false},
		{"no source address", func(s *models.Session) { s.SourceIPAddr = nil }, false},
		{"another router", func(s *models.Session) { s.ResourceID = new(uint64(1)) }, false},
		{"router 0 is not no router", func(s *models.Session) { s.ResourceID = new(uint64(0)) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				first, second := addSession(t, l.Store, session(1)), session(1)
				test.change(&second)
				err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(&second) })
				if !test.conflict {
					if err != nil || len(logs(t, l)) != 2 {
						t.Errorf("error %v, log %q", err, logs(t, l))
					}
					return
				}
				refused(t, "second", err, models.Conflict, "Session already exists: "+second.Label())
				if n := len(sessions(t, l.Store, false)); n != 1 || len(logs(t, l)) != 1 {
					t.Errorf("%d sessions, log %q", n, logs(t, l))
				}
				write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&first); return err })
				third := addSession(t, l.Store, second)
				if third.ID == first.ID {
					t.Error("an id was used twice")
				}
			})
		})
	}
}

// A deleted session stays, is found as such only, and cannot be changed.
func TestDeleteSession(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		s, kept := addSession(t, l.Store, session(1)), addSession(t, l.Store, session(2))
		live := sessions(t, l.Store, false)
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err })
		equal(t, "live", sessions(t, l.Store, false), live[1:])
		equal(t, "deleted", sessions(t, l.Store, true), live[:1])
		equal(t, "row", column(t, l, "SELECT deleted_at FROM sessions ORDER BY id"), []string{"1400800494", "NULL"})
		equal(t, "key", column(t, l, "SELECT live_key FROM sessions ORDER BY id"), []string{"NULL", "|192.0.2.1|198.51.0.2"})
		equal(t, "log", logs(t, l), []string{"Session added: " + s.Label(), "Session added: " + kept.Label(), "Session deleted: " + s.Label()})
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			_, err := tx.UpdateSession(s.ID, func(*models.Session) error { return nil })
			return err
		})
		refused(t, "update", err, models.NotFound, "No session found to update.")
		for what, f := range map[string]func(tx *models.Tx) error{
			"find":      func(tx *models.Tx) error { _, err := tx.LiveSession(s.ID); return err },
			"configure": func(tx *models.Tx) error { _, err := tx.MarkConfigured(s.ID); return err },
		} {
			refused(t, what, l.Store.Write(t.Context(), f), models.NotFound, "No session found with ID: 1")
		}
	})
}

func TestMarkConfigured(t *testing.T) {
	t.Parallel()
	clock := modelstest.NewClock(moment)
	modelstest.EachLent(t, clock.Now, func(t *testing.T, l *modelstest.Lent) {
		s := addSession(t, l.Store, session(1))
		at := clock.Now().Add(time.Minute).Unix()
		clock.Advance(time.Minute)
		write(t, l.Store, func(tx *models.Tx) error {
			marked, err := tx.MarkConfigured(s.ID)
			if err == nil && (marked.State != models.StateConfigured || marked.ModifiedAt < at) {
				t.Errorf("state %q, modified %d", marked.State, marked.ModifiedAt)
			}
			return err
		})
		equal(t, "state", column(t, l, "SELECT state FROM sessions"), []string{"configured"})
		equal(t, "log", logs(t, l), []string{"Session added: " + s.Label(), "Session configured: " + s.Label()})
	})
}
