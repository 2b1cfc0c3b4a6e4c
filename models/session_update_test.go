package models_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// update changes a session and returns what UpdateSession said.
func update(t *testing.T, l *modelstest.Lent, id uint64, change func(*models.Session)) error {
	t.Helper()
	return l.Store.Write(t.Context(), func(tx *models.Tx) error {
		_, err := tx.UpdateSession(id, func(s *models.Session) error { change(s); return nil })
		return err
	})
}

func versions(t *testing.T, s *models.Store) models.Versions {
	t.Helper()
	v, err := s.Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestUpdateSession(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*models.Session)
		// from and to are parts of the session's line.
		from, to string
	}{
		{"a number", func(s *models.Session) { s.PrfxMax = new(uint32(4294967295)) }, "state=not configured ", "state=not configured prfx_max=4294967295 "},
		{"a text", func(s *models.Session) { s.Note = new("é😀") }, "password=0", "password=0 note=é😀"},
		{"to NULL", func(s *models.Session) { s.SourceIPAddr = nil }, "source_ipaddr=192.0.2.1 ", ""},
		{"its address", func(s *models.Session) { s.PeerIPAddr, s.IPType = new("2001:db8::1"), "ipv6" },
			"peer_ipaddr=198.51.0.1 ip_type=ipv4", "peer_ipaddr=2001:db8::1 ip_type=ipv6"},
		{"several", func(s *models.Session) { s.State, s.Password = "idle", "x" }, "state=not configured password=0", "state=idle password=x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				s := addSession(t, l.Store, session(1))
				addSession(t, l.Store, session(2))
				before := sessions(t, l.Store, false)
				if err := update(t, l, s.ID, test.change); err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(before[0], test.from) {
					t.Fatalf("%q does not hold %q", before[0], test.from)
				}
				equal(t, "sessions", sessions(t, l.Store, false), []string{strings.Replace(before[0], test.from, test.to, 1), before[1]})
				test.change(&s)
				if got, want := logs(t, l)[2:], "Session updated: "+s.Label(); len(got) != 1 || got[0] != want {
					t.Errorf("log %q, want %q", got, want)
				}
			})
		})
	}
}

func TestUpdateThatChangesNothing(t *testing.T) {
	t.Parallel()
	clock := modelstest.NewClock(moment)
	modelstest.EachLent(t, clock.Now, func(t *testing.T, l *modelstest.Lent) {
		s := addSession(t, l.Store, session(1))
		before, version := column(t, l, "SELECT modified_at FROM sessions"), versions(t, l.Store)
		clock.Advance(time.Hour)
		if err := update(t, l, s.ID, func(s *models.Session) { s.PeerASN, s.State = new(uint32(64496)), "not configured" }); err != nil {
			t.Fatal(err)
		}
		equal(t, "modified", column(t, l, "SELECT modified_at FROM sessions"), before)
		if now := versions(t, l.Store); now != version {
			t.Errorf("version %v, before %v", now, version)
		}
		if n := len(logs(t, l)); n != 1 {
			t.Errorf("%d log entries", n)
		}
	})
}

func TestUpdateSessionConflicts(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		first, second := addSession(t, l.Store, session(1)), addSession(t, l.Store, session(2))
		before, version := sessions(t, l.Store, false), versions(t, l.Store)
		moved := second
		moved.PeerIPAddr = first.PeerIPAddr
		err := update(t, l, second.ID, func(s *models.Session) { s.PeerIPAddr = first.PeerIPAddr })
		refused(t, "taken", err, models.Conflict, "Session already exists: "+moved.Label())
		refused(t, "unknown", update(t, l, 99, func(*models.Session) {}), models.NotFound, "No session found to update.")
		stop := models.InvalidValue("peer_ipaddr", "x")
		err = l.Store.Write(t.Context(), func(tx *models.Tx) error {
			_, err := tx.UpdateSession(first.ID, func(s *models.Session) error { s.State = "idle"; return stop })
			return err
		})
		if !errors.Is(err, stop) {
			t.Errorf("error %v, want what the change said", err)
		}
		equal(t, "sessions", sessions(t, l.Store, false), before)
		if now := versions(t, l.Store); now != version || len(logs(t, l)) != 2 {
			t.Errorf("version %v, before %v; log %q", now, version, logs(t, l))
		}
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&first); return err })
		if err := update(t, l, second.ID, func(s *models.Session) { s.PeerIPAddr = first.PeerIPAddr }); err != nil {
			t.Errorf("the address of a deleted session: %v", err)
		}
	})
}

// A log entry belongs to the network at the other end, whoever names it.
func TestSessionsAreLoggedWithTheirPeer(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		directory(t, l)
		one, two, three := session(1), session(2), session(3)
		one.PublicID = new(uint64(7))
		two.PeerParticipantID, three.PeerASN = new(uint64(99)), new(uint32(1))
		for _, s := range []models.Session{one, two, three} {
			addSession(t, l.Store, s)
		}
		equal(t, "networks", column(t, l, "SELECT network_id FROM log_entries ORDER BY id"), []string{"11", "99", "NULL"})
		equal(t, "exchanges", column(t, l, "SELECT exchange_id FROM log_entries ORDER BY id"), []string{"7", "NULL", "NULL"})
		equal(t, "sessions", column(t, l, "SELECT session_id FROM log_entries ORDER BY id"), []string{"1", "2", "3"})
		log, err := l.Store.LogOf(t.Context(), new(uint64(11)), new(uint64(7)))
		if err != nil || len(log) != 1 || len(log[11]) != 1 || log[11][0].Time != moment || *log[11][0].SessionID != 1 {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

// Where the log entry cannot be written, nothing of the change stays.
func TestNoSessionChangesWithoutItsLogEntry(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			// Of its own, since a table is taken from it.
			database := kind.Database(t)
			l := &modelstest.Lent{Store: modelstest.Open(t, database, standing), Raw: modelstest.Raw(t, database)}
			s := addSession(t, l.Store, session(1))
			before, version := sessions(t, l.Store, false), versions(t, l.Store)
			if _, err := l.Raw.Exec("ALTER TABLE log_entries RENAME TO log_entries_gone"); err != nil {
				t.Fatal(err)
			}
			for what, f := range map[string]func(tx *models.Tx) error{
				"add":       func(tx *models.Tx) error { return tx.AddSession(new(session(2))) },
				"update":    func(tx *models.Tx) error { _, err := tx.UpdateSession(s.ID, idle); return err },
				"delete":    func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err },
				"configure": func(tx *models.Tx) error { _, err := tx.MarkConfigured(s.ID); return err },
			} {
				if err := l.Store.Write(t.Context(), f); err == nil || models.ErrorCode(err) != models.Internal {
					t.Errorf("%s: error %v", what, err)
				}
				equal(t, what, sessions(t, l.Store, false), before)
				if n := len(sessions(t, l.Store, true)); n != 0 {
					t.Errorf("%s: %d sessions are deleted", what, n)
				}
				if now := versions(t, l.Store); now != version {
					t.Errorf("%s: version %v, before %v", what, now, version)
				}
			}
			if _, err := l.Raw.Exec("ALTER TABLE log_entries_gone RENAME TO log_entries"); err != nil {
				t.Fatal(err)
			}
			equal(t, "log", logs(t, l), []string{"Session added: " + s.Label()})
			if err := update(t, l, s.ID, func(s *models.Session) { s.State = "idle" }); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func idle(s *models.Session) error {
	s.State = "idle"
	return nil
}
