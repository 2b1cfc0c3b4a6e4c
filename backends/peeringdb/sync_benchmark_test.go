package peeringdb_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models/modelstest"
)

// How many rows PeeringDB has today, about.
const (
	manyExchanges = 1_300
	manyNetworks  = 35_000
	manyPorts     = 70_000
	manyPrefixes  = 2_600
	manyContacts  = 70_000
)

// large is a dump as long as PeeringDB's own.
func large() fstest.MapFS {
	list := func(rows int, row func(id int) string) *fstest.MapFile {
		var b bytes.Buffer
		b.WriteString(`{"data":[`)
		for id := 1; id <= rows; id++ {
			if id > 1 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"id":%d,"status":"ok","created":"2020-01-01T00:00:00Z","updated":%q,%s}`, id, at(int64(id-rows)).Format(time.RFC3339), row(id))
		}
		b.WriteString(`],"meta":{}}`)
		return &fstest.MapFile{Data: b.Bytes()}
	}
	notes := bytes.Repeat([]byte("We peer openly. "), 20)
	return fstest.MapFS{
		"ix.json": list(manyExchanges, func(id int) string {
			return fmt.Sprintf(`"name":"Exchange %d","name_long":"Internet Exchange %d","city":"Berlin","country":"DE","region_continent":"Europe","media":"Ethernet","website":"https://ix%d.example.net/","tech_email":"noc@ix%d.example.net"`, id, id, id, id)
		}),
		"net.json": list(manyNetworks, func(id int) string {
			return fmt.Sprintf(`"asn":%d,"name":"Network %d","aka":"N%d","website":"https://n%d.example.net/","irr_as_set":"AS-N%d","info_type":"NSP","info_prefixes4":100,"info_traffic":"1-5Gbps","info_ratio":"Balanced","info_scope":"Regional","info_unicast":true,"info_ipv6":true,"policy_general":"Open","notes":"%s"`, 100000+id, id, id, id, id, notes)
		}),
		"netixlan.json": list(manyPorts, func(id int) string {
			net, ix := 1+id%manyNetworks, 1+id%manyExchanges
			return fmt.Sprintf(`"net_id":%d,"ix_id":%d,"ixlan_id":%d,"speed":10000,"asn":%d,"ipaddr4":"10.%d.%d.%d","ipaddr6":"2001:db8::%x","is_rs_peer":true,"operational":true`, net, ix, ix, 100000+net, id>>16, id>>8&255, id&255, id)
		}),
		"ixpfx.json": list(manyPrefixes, func(id int) string {
			return fmt.Sprintf(`"ixlan_id":%d,"protocol":"IPv4","prefix":"10.%d.%d.0/24"`, 1+id%manyExchanges, id>>8, id&255)
		}),
		"poc.json": list(manyContacts, func(id int) string {
			return fmt.Sprintf(`"net_id":%d,"role":"NOC","visible":"Public","name":"Operations %d","phone":"+49 30 %d","email":"noc%d@example.net"`, 1+id%manyNetworks, id, id, id)
		}),
	}
}

// waiting measures how long others wait at most for a small write.
type waiting struct {
	stop    chan struct{}
	done    sync.WaitGroup
	longest time.Duration
}

func waitMeanwhile(b *testing.B, d *database) *waiting {
	w := &waiting{stop: make(chan struct{})}
	w.done.Go(func() {
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			began := time.Now()
			if _, err := d.TakeLease(b.Context(), "other work", "other", time.Minute); err != nil {
				b.Error(err)
				return
			}
			w.longest = max(w.longest, time.Since(began))
		}
	})
	return w
}

func (w *waiting) end() time.Duration {
	close(w.stop)
	w.done.Wait()
	return w.longest
}

// BenchmarkSyncLarge takes lists of today's length over, and reports how long
// other writers waited at most.
func BenchmarkSyncLarge(b *testing.B) {
	dump := large()
	second := int64(0)
	for _, kind := range modelstest.Kinds() {
		b.Run(kind.Name, func(b *testing.B) {
			server := peeringdbtest.New(b, dump)
			config := keyed(server)
			config.AnswerTimeout, config.SilenceTimeout, config.Timeout = time.Minute, time.Minute, 2*time.Minute
			client := newClient(b, config)
			d := open(b, kind)
			for _, run := range []struct {
				name    string
				full    bool
				changes int
			}{
				{"full, first", true, 0}, {"full, nothing new", true, 0}, {"full, 1000 changes", true, 1000},
				{"incremental, nothing new", false, 0}, {"incremental, 400 changes", false, 400}, {"incremental, a network gone", false, -1},
			} {
				for i := range uint64(max(0, run.changes)) {
					list := []string{"net", "ix", "netixlan", "poc"}[i%4]
					second++
					server.Update(list, 1+i, at(second), nil)
					switch list {
					case "net", "ix":
						server.Update(list, 1+i, at(second), peeringdbtest.Row{"name": fmt.Sprint("Renamed ", second)})
					case "netixlan":
						server.Update(list, 1+i, at(second), peeringdbtest.Row{"speed": second})
					}
				}
				if run.changes < 0 {
					second++
					server.Delete("net", 77, at(second))
				}
				others := waitMeanwhile(b, d)
				report, err := peeringdb.Sync(b.Context(), d.Store, client, peeringdb.SyncOptions{Full: run.full})
				wait := others.end()
				if err != nil {
					b.Fatal(err)
				}
				b.Logf("%-28s %5.1f s, others waited %6d ms, %d requests", run.name, report.Seconds, wait.Milliseconds(), report.Requests)

			}
		})
	}
}
