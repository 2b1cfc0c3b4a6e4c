package peeringdb_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

func load(t *testing.T, d *database, dir fs.FS) *peeringdb.Report {
	t.Helper()
	report, err := peeringdb.Load(t.Context(), d.Store, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// changesOf returns what a load did with the types whose files it had.
func changesOf(report *peeringdb.Report) map[string]models.DirectoryChanges {
	out := map[string]models.DirectoryChanges{}
	for _, t := range report.Types {
		if !t.Missing {
			out[t.Type] = t.DirectoryChanges
		}
	}
	return out
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, dump := range dumps() {
		t.Run(dump.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *database) {
				first := load(t, d, dump.files)
				for table, want := range dump.live {
					if got := d.count("SELECT COUNT(*) FROM " + table + " WHERE gone_at IS NULL"); got != want {
						t.Errorf("%d live rows in %s, want %d", got, table, want)
					}
				}
				for query, want := range dump.answers {
					if got := d.answer(query); got != want {
						t.Errorf("%s\ngives %q\nwant  %q", query, got, want)
					}
				}
				before := d.version()
				second := load(t, d, dump.files)
				for i, got := range second.Types {
					was := first.Types[i]
					// What was marked gone by the first load is not looked for again.
					want := models.DirectoryChanges{Unchanged: was.Added + was.Removed}
					if got.DirectoryChanges != want {
						t.Errorf("second load of %s: %+v, want %+v", got.Type, got.DirectoryChanges, want)
					}
					if got.Rejected != was.Rejected || got.Rejected+got.Unchanged != got.Rows || (got.Rejected > 0 && !dump.rejects) {
						t.Errorf("second load of %s: %d rows, %d rejected, first %d", got.Type, got.Rows, got.Rejected, was.Rejected)
					}
					if len(got.Notes) > 0 && !dump.rejects {
						t.Errorf("%s: notes %v", got.Type, got.Notes)
					}
				}
				if after := d.version(); after != before {
					t.Errorf("second load touched the versions: %v -> %v", before, after)
				}
			})
		})
	}
}

func TestLoadReports(t *testing.T) {
	t.Parallel()
	type reasons = []peeringdb.Reason
	type examples = []peeringdb.Example
	want := []peeringdb.TypeReport{
		{Type: "ix", File: "ix.json", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 2, Removed: 1}, Rejected: 1,
			Reasons: reasons{{"status is neither ok nor deleted", 1, examples{{3, `"pending"`}}}}},
		{Type: "net", File: "net.json", Rows: 9, DirectoryChanges: models.DirectoryChanges{Added: 4, Removed: 1}, Rejected: 4,
			Reasons: reasons{{"no id", 1, examples{{0, ""}}}, {"duplicate id", 1, examples{{1, ""}}},
				{"field of another type than expected", 1, examples{{6, "asn: string"}}}, {"row is not an object", 1, examples{{0, "string"}}}},
			Notes: reasons{{"name cut to 255 characters", 1, examples{{5, "had 269"}}}}},
		{Type: "netixlan", File: "netixlan.json", Rows: 8, DirectoryChanges: models.DirectoryChanges{Added: 3, Removed: 1}, Rejected: 4,
			Reasons: reasons{{"network is gone", 1, examples{{4, "4"}}}, {"unknown network", 2, examples{{5, "99"}, {8, "98"}}}, {"exchange is gone", 1, examples{{6, "2"}}}},
			Notes:   reasons{{"ipaddr4 is not an IPv4 address, dropped", 1, examples{{3, `"192.0.2.300"`}}}}},
		{Type: "ixpfx", File: "ixpfx.json", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 2}, Rejected: 2,
			Reasons: reasons{{"unknown exchange", 1, examples{{3, "50"}}}, {"prefix is not an address prefix", 1, examples{{4, `"192.0.2.0/33"`}}}}},
		{Type: "poc", File: "poc.json", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 3}, Rejected: 1,
			Reasons: reasons{{"network is gone", 1, examples{{3, "4"}}}},
			Notes:   reasons{{"visible is unknown, taken as Private", 1, examples{{4, `"Everybody"`}}}}},
	}
	each(t, func(t *testing.T, d *database) {
		if diff := cmp.Diff(want, load(t, d, os.DirFS("testdata/dump")).Types); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func list(rows ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`{"data":[` + strings.Join(rows, ",") + `],"meta":{}}`)}
}

func TestLoadFollowsUpstream(t *testing.T) {
	t.Parallel()
	const (
		exchange = `{"id":1,"name":"Example-IX","status":"ok"}`
		us       = `{"id":1,"asn":64500,"name":"Example Networks","status":"ok"}`
		peer     = `{"id":2,"asn":64501,"name":"Example Peer","status":"ok"}`
		port     = `{"id":1,"net_id":2,"ix_id":1,"ipaddr4":"192.0.2.2","status":"ok"}`
		portDown = `{"id":1,"net_id":2,"ix_id":1,"ipaddr4":null,"status":"deleted"}`
	)
	steps := []struct {
		name  string
		files fstest.MapFS
		want  map[string]models.DirectoryChanges
		// port and network are the gone marks, true when set.
		networkGone, portGone bool
	}{
		{"first", fstest.MapFS{"ix.json": list(exchange), "net.json": list(us, peer), "netixlan.json": list(port)},
			map[string]models.DirectoryChanges{"ix": {Added: 1}, "net": {Added: 2}, "netixlan": {Added: 1}}, false, false},
		{"network not listed, ports not read", fstest.MapFS{"net.json": list(us)},
			map[string]models.DirectoryChanges{"net": {Unchanged: 1, Removed: 1}}, true, false},
		{"its port still listed", fstest.MapFS{"netixlan.json": list(port)},
			map[string]models.DirectoryChanges{"netixlan": {Removed: 1}}, true, true},
		{"both back", fstest.MapFS{"net.json": list(peer, us), "netixlan.json": list(port)},
			map[string]models.DirectoryChanges{"net": {Changed: 1, Unchanged: 1}, "netixlan": {Changed: 1}}, false, false},
		{"port deleted", fstest.MapFS{"netixlan.json": list(portDown)},
			map[string]models.DirectoryChanges{"netixlan": {Removed: 1}}, false, true},
		{"a row that cannot be read changes nothing", fstest.MapFS{"net.json": list(us, `{"id":2,"asn":"new format","status":"ok"}`)},
			map[string]models.DirectoryChanges{"net": {Unchanged: 1}}, false, true},
		{"a row under review changes nothing", fstest.MapFS{"net.json": list(us, `{"id":2,"name":"Under Review","status":"pending"}`)},
			map[string]models.DirectoryChanges{"net": {Unchanged: 1}}, false, true},
	}
	each(t, func(t *testing.T, d *database) {
		for _, step := range steps {
			if diff := cmp.Diff(step.want, changesOf(load(t, d, step.files))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
			gone := d.answer("SELECT n.gone_at IS NOT NULL, p.gone_at IS NOT NULL FROM networks n JOIN ports p ON p.network_id = n.id WHERE n.id = 2")
			want := map[bool]string{true: "1", false: "0"}
			if want := want[step.networkGone] + "|" + want[step.portGone]; gone != want {
				t.Errorf("%s: gone %s, want %s", step.name, gone, want)
			}
			if got := d.answer("SELECT n.name, p.ipv4 FROM networks n JOIN ports p ON p.network_id = n.id WHERE n.id = 2"); got != "Example Peer|192.0.2.2" {
				t.Errorf("%s: resolved to %s", step.name, got)
			}
		}
	})
}
