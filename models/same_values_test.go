package models_test

import (
	"fmt"
	"math"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestSameNumbersComeBack(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		for _, n := range []uint32{0, 1, 1<<31 - 1, 1 << 31, math.MaxUint32} {
			s := session(int(n % 1000))
			s.PeerASN, s.SourceASN, s.PrfxMax, s.PrfxReceived = &n, nil, &n, &n
			addSession(t, l.Store, s)
		}
		s := session(1001)
		s.PeerASN, s.ResourceID, s.PublicID, s.PeerParticipantID = nil, new(uint64(0)), new(uint64(math.MaxInt64)), new(uint64(1<<53+1))
		addSession(t, l.Store, s)
		return sessions(t, l.Store, false)
	})
	const rest = "ip_type=ipv4 type=Peer state=not configured"
	var want []string
	for i, n := range []string{"0", "1", "2147483647", "2147483648", "4294967295"} {
		address := []string{"198.51.0.0", "198.51.0.1", "198.51.2.135", "198.51.2.136", "198.51.1.39"}[i]
		want = append(want, fmt.Sprintf("id=%d source_ipaddr=192.0.2.1 peer_asn=%s peer_ipaddr=%s %s prfx_max=%s prfx_received=%s password=0",
			i+1, n, address, rest, n, n))
	}
	want = append(want, "id=6 source_asn=64500 source_ipaddr=192.0.2.1 resource_id=0 peer_participant_id=9007199254740993"+
		" peer_ipaddr=198.51.3.233 public_id=9223372036854775807 "+rest+" password=0")
	equal(t, "sessions", got, want)
}

// filterRows are networks 1 to 4: all values at their least, at their most,
// NULL, and usual ones.
func filterRows() []models.Network {
	network := func(id uint64, n *uint32, flag bool, text *string) models.Network {
		return models.Network{
			ID: id, ASN: n, Name: fmt.Sprint("n", id), InfoPrefixes: n, InfoUnicast: flag, InfoScope: text, InfoTraffic: "1-5Gbps",
			InfoRatio: "Balanced", InfoType: "NSP", PolicyGeneral: text,
		}
	}
	return []models.Network{
		network(1, new(uint32(0)), false, new("")), network(2, new(uint32(math.MaxUint32)), true, new("Open")),
		network(3, nil, false, nil), network(4, new(uint32(1)), true, new("1")),
	}
}

func TestSameRowsMeetACondition(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		c    models.Condition
		want string
	}{
		{"zero is not NULL", models.NumberIs("asn", 0), "[1 n1]"},
		{"one", models.NumberIs("asn", 1), "[4 n4]"},
		{"the largest", models.NumberIs("info_prefixes", math.MaxUint32), "[2 n2]"},
		{"beyond 32 bits", models.NumberIs("asn", math.MaxUint32+1), "[]"},
		{"beyond, with the lower bits set", models.NumberIs("asn", 1<<32+1), "[]"},
		{"the largest of 64 bits", models.NumberIs("id", math.MaxInt64), "[]"},
		{"negative", models.NumberIs("asn", -1), "[]"},
		{"the least", models.NumberIs("id", math.MinInt64), "[]"},
		{"true", models.NumberIs("info_unicast", 1), "[2 n2 4 n4]"},
		{"false", models.NumberIs("info_unicast", 0), "[1 n1 3 n3]"},
		{"neither", models.NumberIs("info_unicast", 2), "[]"},
		{"label", models.ExactlyIs("info_scope", "Open"), "[2 n2]"},
		{"label in other case", models.ExactlyIs("info_scope", "open"), "[]"},
		{"label cut off", models.ExactlyIs("info_scope", "Ope"), "[]"},
		{"empty label is not NULL", models.ExactlyIs("info_scope", ""), "[1 n1]"},
		{"digits are a text", models.ExactlyIs("info_scope", "1"), "[4 n4]"},
		{"other digits of the same number", models.ExactlyIs("info_scope", "01"), "[]"},
		{"no pattern", models.ExactlyIs("info_scope", "%"), "[]"},
		{"no injection", models.ExactlyIs("info_scope", "' OR '1'='1"), "[]"},
		{"text", models.TextIs("policy_general", "oPEN"), "[2 n2]"},
		{"empty text is not NULL", models.TextIs("policy_general", ""), "[1 n1]"},
		{"nothing", models.Nothing(), "[]"},
	}
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		put(t, l.Store, filterRows()...)
		var lines []string
		for _, test := range cases {
			lines = append(lines, fmt.Sprint(test.name, ": ", peers(t, l.Store, nil, test.c)))
		}
		both := []models.Condition{models.NumberIs("info_unicast", 1), models.TextIs("policy_general", "open"), models.ExactlyIs("info_traffic", "1-5Gbps")}
		return append(lines, fmt.Sprint("all of several: ", peers(t, l.Store, nil, both...)),
			fmt.Sprint("none of several: ", peers(t, l.Store, nil, append(both, models.Nothing())...)))
	})
	var want []string
	for _, test := range cases {
		want = append(want, test.name+": "+test.want)
	}
	equal(t, "conditions", got, append(want, "all of several: [2 n2]", "none of several: []"))
}

// MySQL counts only rows that an update changed, unless it is told otherwise;
// a change that comes again within the second must not look like no row.
func TestSameRowCounts(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		var lines []string
		note := func(what string, result any, err error) {
			lines = append(lines, fmt.Sprint(what, ": ", result, ", ", err))
		}
		put(t, l.Store, directoryNetwork(1, "One"))
		put(t, l.Store, models.Exchange{ID: 2, Name: "Two"})
		s := addSession(t, l.Store, session(1))
		for range 2 {
			var deleted bool
			err := l.Store.Write(t.Context(), func(tx *models.Tx) (err error) {
				deleted, err = tx.DeleteSession(&s)
				return err
			})
			note("delete session", deleted, err)
		}
		for range 2 {
			err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
				peer, err := tx.FindPeer(1, 2)
				if err != nil {
					return err
				}
				return tx.ChangeCommunication(peer, func(c *models.Communication) { c.IsPeer = true })
			})
			note("change communication", len(column(t, l, "SELECT id FROM communications")), err)
		}
		for _, value := range []string{"a", "a", "b"} {
			err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
				_, err := tx.UpdateResource(models.RootID, models.ResourceChange{Name: &value})
				return err
			})
			note("update resource", column(t, l, "SELECT name FROM resources WHERE id = 1 OR name = 'Top Level Resource'"), err)
		}
		if _, _, err := l.Store.AddKey(t.Context(), models.NewKey{Name: "key", Allow: models.Permissions()}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			note("revoke key", nil, l.Store.RevokeKey(t.Context(), "key"))
		}
		for _, id := range []uint64{1, 99} {
			note("mark request", id, l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.MarkRequestSent(id) }))
		}
		return lines
	})
	equal(t, "counts", got, []string{
		"delete session: true, <nil>", "delete session: false, <nil>", "change communication: 1, <nil>",
		"change communication: 1, <nil>", "update resource: [a], <nil>", "update resource: [a], <nil>",
		"update resource: [b], <nil>", "revoke key: <nil>, <nil>", `revoke key: <nil>, no active key "key"`,
		"mark request: 1, <nil>", "mark request: 99, <nil>",
	})
}
