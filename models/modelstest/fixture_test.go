package modelstest_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

const fixtureText = `{
	"defaults": {
		"networks": {"info_traffic": "", "info_ratio": "", "info_type": "", "info_unicast": 0, "info_multicast": 0, "info_ipv6": 0},
		"sessions": {"resource_id": 1000000, "ip_type": "ipv4", "type": "Peer", "state": "idle", "password": "0", "created_at": "2014-05-22 23:14:54", "modified_at": 0},
		"resources": {"custom_id": "", "date": "2014-05-22 23:14:54", "modified": 0}
	},
	"clear": ["resources"],
	"networks": [{"id": 9007199254740993, "name": "Épsilon ", "asn": 4294967295}, {"id": 2, "name": "alpha", "asn": null}],
	"sessions": [
		{"id": 7, "source_ipaddr": "192.0.2.1", "peer_ipaddr": "192.0.2.2"},
		{"id": 8, "source_ipaddr": "192.0.2.1", "peer_ipaddr": "192.0.2.2", "deleted_at": "2014-05-22 23:14:55"}
	],
	"resources": [
		{"id": 1, "name": "Top", "type": "tlr"},
		{"id": 2, "name": "LIR", "type": "section"},
		{"id": 3, "name": "Test LIR", "type": "entry", "section": "lir"},
		{"id": 4, "name": "Gone", "type": "entry", "slug": "kept", "deleted_at": 1}
	],
	"secrets": [{"id": 5, "plain": "s3cret", "created_at": 0}],
	"field_values": [
		{"resource_id": 3, "slug": "rir", "instance": 0, "value": "RIPE"},
		{"resource_id": 3, "slug": "mnt-by", "instance": 0, "value": "M"},
		{"resource_id": 3, "slug": "mnt-by-password", "instance": 0, "value": "", "secret_id": 5}
	]
}`

func TestFixturesFillADatabase(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"all.json":  {Data: []byte(fixtureText)},
		"more.json": {Data: []byte(`{"networks": [{"id": 3, "name": "beta"}]}`)},
	}
	got := modelstest.Same(t, nil, func(t *testing.T, l *modelstest.Lent) []string {
		before, err := l.Store.Versions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		modelstest.Insert(t, l.Raw, l.Keyring, modelstest.ReadFixture(t, files, "all"), modelstest.ReadFixture(t, files, "more"))
		after, err := l.Store.Versions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range after {
			if after[i] <= before[i] {
				t.Errorf("versions %v, before %v", after, before)
			}
		}
		var lines []string
		err = l.Store.EachPeer(t.Context(), nil, nil, func(p *models.PeerRow) error {
			lines = append(lines, fmt.Sprintf("%d %s AS%s", p.ID, p.Name, p.ASN))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		conflict := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			router, from, to := uint64(1000000), "192.0.2.1", "192.0.2.2"
			return tx.AddSession(&models.Session{ResourceID: &router, SourceIPAddr: &from, PeerIPAddr: &to, IPType: "ipv4"})
		})
		lirs, err := l.Store.LIRs(t.Context(), nil, true)
		if err != nil || len(lirs) != 1 {
			t.Fatalf("%d LIRs, %v", len(lirs), err)
		}
		views, err := l.Store.Resources(t.Context(), models.ResourceQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range views {
			lines = append(lines, fmt.Sprint(v.ID, " ", v.Slug, " ", v.Date))
		}
		return append(lines, fmt.Sprint(conflict), fmt.Sprint(lirs[0].Slug, lirs[0].Entities))
	})
	want := []string{
		"2 alpha AS", "3 beta AS", "9007199254740993 Épsilon  AS4294967295",
		"1 top 1400800494", "2 lir 1400800494", "3 test-lir 1400800494",
		"Session already exists:  (AS/192.0.2.1) - (AS/192.0.2.2)", "test-lir[map[mnt-by:M mnt-by-password:s3cret]]",
	}
	if d := modelstest.Differences(want, got); d != "" {
		t.Errorf("want (-), got (+):\n%s", d)
	}
}

// A server outlives neither Stop nor its folder.
func TestServerStops(t *testing.T) {
	t.Parallel()
	server, err := modelstest.StartMariaDB()
	if err != nil {
		t.Fatal(err)
	}
	database, err := server.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	store := modelstest.Open(t, database, nil)
	if err := store.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	server.Stop()
	if err := store.Ping(t.Context()); err == nil {
		t.Error("the server is still there")
	}
	if _, err := server.NewDatabase(); err == nil {
		t.Error("a database was made on a server that was stopped")
	}
}
