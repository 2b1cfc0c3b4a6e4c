package models_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestSessionsShowTheNamesOfRouterAndExchange(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		put(t, l.Store, models.Exchange{ID: 7, Name: "Exchange é😀"})
		router := addEntry(t, l.Store, "router", "ar1.example.net", nil)
		s := session(1)
		s.ResourceID, s.PublicID = &router, new(uint64(7))
		s = addSession(t, l.Store, s)
		unknown := session(2)
		unknown.ResourceID, unknown.PublicID = new(uint64(9999)), new(uint64(9999))
		addSession(t, l.Store, unknown)
		const rest = " ip_type=ipv4 type=Peer state=not configured password=0"
		want := []string{
			fmt.Sprintf("id=1 source_asn=64500 source_ipaddr=192.0.2.1 resource_id=%d resource_name=ar1.example.net peer_asn=64496"+
				" peer_ipaddr=198.51.0.1 public_id=7 public_name=Exchange é😀"+rest, router),
			"id=2 source_asn=64500 source_ipaddr=192.0.2.1 resource_id=9999 peer_asn=64496 peer_ipaddr=198.51.0.2 public_id=9999" + rest,
		}
		equal(t, "sessions", sessions(t, l.Store, false), want)
		var name string
		write(t, l.Store, func(tx *models.Tx) error {
			return tx.SessionText(s.ID, func(row models.SessionRow) error {
				name = string(row[slices.Index(models.SessionColumns, "resource_name")])
				return nil
			})
		})
		if name != "ar1.example.net" {
			t.Errorf("the transaction sees router %q", name)
		}
	})
}

func TestSessionConditions(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		for i, name := range []*string{new("Example Net"), new("EXAMPLE NET "), new("example"), nil, new("École"), new("e\u0301cole")} {
			s := session(i + 1)
			s.PeerName, s.PeerASN, s.Type = name, new(uint32(i)), "Peer"
			if i == 5 {
				s.Type = "peer"
			}
			addSession(t, l.Store, s)
		}
		deleted := models.Session{ID: 3}
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&deleted); return err })
		for _, test := range []struct {
			name       string
			conditions []models.Condition
			deleted    bool
			want       string
		}{
			{"none", nil, false, "[1 2 4 5 6]"},
			{"deleted", nil, true, "[3]"},
			{"text", []models.Condition{models.TextIs("peer_name", "example net")}, false, "[1 2]"},
			{"text of another script", []models.Condition{models.TextIs("peer_name", "éCOLE")}, false, "[5]"},
			{"text of a deleted one", []models.Condition{models.TextIs("peer_name", "EXAMPLE")}, true, "[3]"},
			{"empty text is not NULL", []models.Condition{models.TextIs("peer_name", "")}, false, "[]"},
			{"several texts", []models.Condition{models.TextIs("peer_name", "example net"), models.TextIs("type", "PEER"), models.TextIs("state", "Not Configured")}, false, "[1 2]"},
			{"texts that contradict", []models.Condition{models.TextIs("peer_name", "example net"), models.TextIs("type", "Transit")}, false, "[]"},
			{"number and text", []models.Condition{models.NumberIs("peer_asn", 1), models.TextIs("peer_name", "example net")}, false, "[2]"},
			{"address", []models.Condition{models.ExactlyIs("peer_ipaddr", "198.51.0.4")}, false, "[4]"},
			{"nothing", []models.Condition{models.NumberIs("id", 1), models.Nothing()}, false, "[]"},
		} {
			var ids []string
			err := l.Store.EachSession(t.Context(), test.conditions, test.deleted, func(row models.SessionRow) error {
				ids = append(ids, string(row[0]))
				return nil
			})
			if err != nil || fmt.Sprint(ids) != test.want {
				t.Errorf("%s: found %v, %v; want %s", test.name, ids, err, test.want)
			}
			if test.deleted {
				continue
			}
			var matching []string
			write(t, l.Store, func(tx *models.Tx) error {
				found, err := tx.MatchingSessions(test.conditions)
				for _, s := range found {
					matching = append(matching, fmt.Sprint(s.ID))
				}
				return err
			})
			if fmt.Sprint(matching) != test.want {
				t.Errorf("%s: the transaction finds %v, want %s", test.name, matching, test.want)
			}
		}
	})
}

// More sessions than one statement asks for.
func TestMatchingSessionsFindsAll(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const many = 1203
		for start := 0; start < many; start += 401 {
			rows := make([]models.Session, 401)
			for i := range rows {
				rows[i] = session(start + i)
				rows[i].LiveKey = new(fmt.Sprint(start + i))
				rows[i].PeerName = new([]string{"Even", "Odd"}[(start+i)%2])
			}
			write(t, l.Store, func(tx *models.Tx) error { return tx.DB().Create(&rows).Error })
		}
		for _, test := range []struct {
			conditions []models.Condition
			want       int
		}{{nil, many}, {[]models.Condition{models.TextIs("peer_name", "odd")}, many / 2}} {
			var found []models.Session
			write(t, l.Store, func(tx *models.Tx) (err error) {
				found, err = tx.MatchingSessions(test.conditions)
				return err
			})
			if len(found) != test.want || !slices.IsSortedFunc(found, func(a, b models.Session) int { return int(a.ID) - int(b.ID) }) {
				t.Errorf("found %d, want %d in the order of their ids", len(found), test.want)
			}
		}
	})
}

func TestReadingEndsWhereTheReaderSays(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		addSession(t, l.Store, session(1))
		addSession(t, l.Store, session(2))
		put(t, l.Store, directoryNetwork(1, "One"), directoryNetwork(2, "Two"))
		enough := errors.New("enough")
		for what, read := range map[string]func(stop func() error) error{
			"sessions": func(stop func() error) error {
				return l.Store.EachSession(t.Context(), nil, false, func(models.SessionRow) error { return stop() })
			},
			"peers": func(stop func() error) error {
				return l.Store.EachPeer(t.Context(), nil, nil, func(*models.PeerRow) error { return stop() })
			},
		} {
			calls := 0
			if err := read(func() error { calls++; return enough }); !errors.Is(err, enough) || calls != 1 {
				t.Errorf("%s: error %v after %d rows", what, err, calls)
			}
		}
	})
}
