package peeringdb_test

import (
	"os"
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models/modelstest"
)

// A copy of each dump is what loading its files gives.
func TestSyncCopiesWhatLoadLoads(t *testing.T) {
	t.Parallel()
	for _, dump := range dumps() {
		if dump.rejects {
			// Its rows are not those of a server, which has one row for an id.
			continue
		}
		t.Run(dump.name, func(t *testing.T) {
			t.Parallel()
			server := peeringdbtest.New(t, dump.files)
			c := &copying{sqlite(t), server, newClient(t, keyed(server))}
			c.sync(peeringdb.SyncOptions{})
			for table, want := range dump.live {
				if got := c.count("SELECT COUNT(*) FROM " + table + " WHERE gone_at IS NULL"); got != want {
					t.Errorf("%d live rows in %s, want %d", got, table, want)
				}
			}
			for query, want := range dump.answers {
				if got := c.answer(query); got != want {
					t.Errorf("%s\ngives %q\nwant  %q", query, got, want)
				}
			}
		})
	}
}

// BenchmarkSync times a full run into an empty database, a full run that finds
// nothing to do, and a run that asks for changes of which there are none.
func BenchmarkSync(b *testing.B) {
	files := peeringdb.Demo()
	if _, err := os.Stat(realData); err == nil {
		files = os.DirFS(realData)
	}
	for _, kind := range modelstest.Kinds() {
		server := peeringdbtest.New(b, files)
		client := newClient(b, keyed(server))
		run := func(b *testing.B, d *database, full bool) {
			b.Helper()
			if _, err := peeringdb.Sync(b.Context(), d.Store, client, peeringdb.SyncOptions{Full: full}); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(kind.Name+"/first", func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				d := open(b, kind)
				b.StartTimer()
				run(b, d, true)
			}
		})
		d := open(b, kind)
		run(b, d, true)
		for name, full := range map[string]bool{"full": true, "incremental": false} {
			b.Run(kind.Name+"/"+name, func(b *testing.B) {
				for range b.N {
					run(b, d, full)
				}
			})
		}
	}
}
