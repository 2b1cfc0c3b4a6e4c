package peeringdb_test

import (
	"testing"
	"testing/fstest"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

// What only we know stands beside PeeringDB's rows, and neither load touches
// the other's.
func TestLoadLocal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *database) {
		load(t, d, peeringdb.Demo())
		before := d.count("SELECT COUNT(*) FROM networks WHERE gone_at IS NULL")
		files := fstest.MapFS{
			"net.json":      {Data: []byte(`{"meta":{},"data":[{"id":1000001,"name":"Private Network","asn":65001,"status":"ok"},{"id":2,"name":"Not ours to name","asn":65002,"status":"ok"}]}`)},
			"netixlan.json": {Data: []byte(`{"meta":{},"data":[{"id":1000001,"net_id":1000001,"ix_id":1,"ixlan_id":1,"speed":1000,"asn":65001,"ipaddr4":"192.0.2.200","status":"ok"}]}`)},
		}
		local := func(want models.DirectoryChanges) {
			t.Helper()
			report, err := peeringdb.LoadLocal(t.Context(), d.Store, files, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := changesOf(report)["net"]; got != want {
				t.Errorf("%+v", got)
			}
		}
		local(models.DirectoryChanges{Added: 1})
		local(models.DirectoryChanges{Unchanged: 1})
		load(t, d, peeringdb.Demo())
		if n := d.count("SELECT COUNT(*) FROM networks WHERE gone_at IS NULL"); n != before+1 {
			t.Errorf("%d networks, want one more than %d", n, before)
		}
		if name := d.answer("SELECT name FROM networks WHERE id = 2"); name == "Not ours to name" {
			t.Error("a local row replaced one of PeeringDB's")
		}
		files = fstest.MapFS{"net.json": {Data: []byte(`{"meta":{},"data":[]}`)}, "netixlan.json": {Data: []byte(`{"meta":{},"data":[]}`)}}
		local(models.DirectoryChanges{Removed: 1})
		if n := d.count("SELECT COUNT(*) FROM networks WHERE gone_at IS NULL"); n != before {
			t.Errorf("%d networks, want %d", n, before)
		}
	})
}
