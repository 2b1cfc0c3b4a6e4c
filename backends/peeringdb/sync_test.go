package peeringdb_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models"
)

type did = models.DirectoryChanges

func TestSyncFirstFullThenWhatChanged(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		first := c.sync(peeringdb.SyncOptions{})
		want := map[string]did{"ix": {Added: 2}, "net": {Added: 12}, "netixlan": {Added: 19}, "ixpfx": {Added: 4}, "poc": {Added: 28}}
		if diff := cmp.Diff(want, changes(first)); diff != "" || first.Mode != peeringdb.ModeFull || first.Requests != 5 || first.Bytes < 20000 || !first.Wrote() {
			t.Errorf("first: %s\n%s", first, diff)
		}
		reference := sqlite(t)
		load(t, reference, peeringdb.Demo())
		if got, want := c.live(), reference.live(); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}

		before := c.version()
		second := c.sync(peeringdb.SyncOptions{})
		if second.Mode != peeringdb.ModeIncremental || second.Wrote() || c.version() != before {
			t.Errorf("second: %s", second)
		}

		c.server.Update("net", 2, at(1), peeringdbtest.Row{"name": "Renamed"})
		c.server.Delete("net", 3, at(2))
		c.server.Add("net", at(3), peeringdbtest.Row{"id": 100, "asn": 64511, "name": "New Networks"})
		c.server.Add("poc", at(4), peeringdbtest.Row{"id": 100, "net_id": 100, "role": "NOC", "visible": "Users", "email": "noc@example.com"})
		third := c.sync(peeringdb.SyncOptions{})
		if got := changes(third)["net"]; got.Added != 1 || got.Changed != 1 || got.Removed != 1 {
			t.Errorf("third: %s", third)
		}
		if got := c.answer("SELECT name FROM networks WHERE id IN (2, 100) ORDER BY id"); got != "Renamed\nNew Networks" {
			t.Errorf("names %s", got)
		}
		if got := c.answer("SELECT COUNT(*) FROM ports WHERE network_id = 3 AND gone_at IS NULL"); got != "0" {
			t.Errorf("%s live ports of a network that is gone", got)
		}
		if got := c.answer("SELECT name FROM networks WHERE id = 3 AND gone_at IS NOT NULL"); got == "" {
			t.Error("a network that is gone cannot be resolved")
		}
		states, err := c.SyncStates(t.Context())
		if err != nil || states["net"].Cursor != at(3).Unix() || states["poc"].Cursor != at(4).Unix() {
			t.Errorf("states %+v, %v", states, err)
		}
		if !maps.Equal(third.Cursors, map[string]int64{"net": at(3).Unix(), "poc": at(4).Unix(), "ix": states["ix"].Cursor, "netixlan": at(2).Unix(), "ixpfx": states["ixpfx"].Cursor}) {
			t.Errorf("cursors %v", third.Cursors)
		}
	})
}

// A change in the second of the cursor may come after the list was made.
func TestSyncOverlapsByASecond(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		c.server.Update("net", 2, at(5), peeringdbtest.Row{"name": "First"})
		c.sync(peeringdb.SyncOptions{})
		c.server.Update("net", 3, at(5), peeringdbtest.Row{"name": "Same Second"})
		report := c.sync(peeringdb.SyncOptions{})
		if got := changes(report)["net"]; got != (did{Changed: 1, Unchanged: 1}) {
			t.Errorf("%+v", got)
		}
		if got := c.answer("SELECT name FROM networks WHERE id = 3"); got != "Same Second" {
			t.Errorf("name %s", got)
		}
	})
}

func TestSyncAsksAsPeeringDBWants(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, peeringdb.Demo())
	config := keyed(server)
	config.Pause = 30 * time.Millisecond
	c := &copying{sqlite(t), server, newClient(t, config)}
	c.sync(peeringdb.SyncOptions{})
	full := server.Requests()
	c.sync(peeringdb.SyncOptions{})
	var lists []string
	last := time.Time{}
	for i, r := range append(full, server.Requests()...) {
		lists = append(lists, r.List+"?"+r.Query)
		if r.Header.Get("User-Agent") != config.UserAgent || r.Header.Get("Authorization") != "Api-Key "+secretKey || r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("header %v", r.Header)
		}
		if i > 0 && r.At.Sub(last) < config.Pause {
			t.Errorf("%s came %v after the one before", r.List, r.At.Sub(last))
		}
		last = r.At
	}
	want := []string{
		"poc?depth=0", "ixpfx?depth=0", "netixlan?depth=0", "ix?depth=0", "net?depth=0",
		"poc?depth=0&since=1717243199", "ixpfx?depth=0&since=1717243199", "netixlan?depth=0&since=1717243199", "ix?depth=0&since=1717243199", "net?depth=0&since=1717243199",
	}
	if diff := cmp.Diff(want, lists); diff != "" {
		t.Error(diff)
	}
}

func TestSyncIsFullWhenDue(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, peeringdb.Demo())
	c := &copying{sqlite(t), server, newClient(t, quick(server))}
	day := 24 * time.Hour
	steps := []struct {
		name    string
		after   time.Duration
		options peeringdb.SyncOptions
		want    string
	}{
		{"first", 0, peeringdb.SyncOptions{FullEvery: -1}, "full"},
		{"young", 6 * day, peeringdb.SyncOptions{}, "incremental"},
		{"asked for", 6 * day, peeringdb.SyncOptions{Full: true}, "full"},
		{"young again", 12 * day, peeringdb.SyncOptions{}, "incremental"},
		{"never", 100 * day, peeringdb.SyncOptions{FullEvery: -1}, "incremental"},
		{"old", 13 * day, peeringdb.SyncOptions{}, "full"},
		{"shorter", 14 * day, peeringdb.SyncOptions{FullEvery: day}, "full"},
	}
	for _, step := range steps {
		step.options.Now = func() time.Time { return at(0).Add(step.after) }
		if got := c.sync(step.options).Mode; got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

// Without the changes since the cached list, rows that an earlier run took over
// would be gone for a while.
func TestSyncBringsCachedListsUpToDate(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.server.Cache(at(0))
		c.server.Add("net", at(10), peeringdbtest.Row{"id": 100, "asn": 64511, "name": "New Networks"})
		c.server.Add("poc", at(10), peeringdbtest.Row{"id": 100, "net_id": 100, "role": "NOC", "visible": "Public"})
		c.server.Delete("net", 3, at(11))
		for _, run := range []string{"first", "again"} {
			report := c.sync(peeringdb.SyncOptions{Full: true})
			if report.Requests != 10 {
				t.Errorf("%s: %s", run, report)
			}
			if got := c.answer("SELECT id FROM networks WHERE id IN (3, 100) AND gone_at IS NULL"); got != "100" {
				t.Errorf("%s: networks %s", run, got)
			}
			if got := c.count("SELECT COUNT(*) FROM contacts WHERE id = 100 AND gone_at IS NULL"); got != 1 {
				t.Errorf("%s: the new contact is missing", run)
			}
		}
		c.server.Uncache()
		if report := c.sync(peeringdb.SyncOptions{Full: true}); report.Wrote() || report.Requests != 5 {
			t.Errorf("from no cache: %s", report)
		}
	})
}

func TestSyncLeavesLocalRows(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		for _, table := range directoryTables {
			c.exec("UPDATE " + table + " SET local = 1 WHERE id = 2")
		}
		local := func() (text string) {
			for _, table := range directoryTables {
				text += c.answer("SELECT * FROM "+table+" WHERE local = 1") + "\n"
			}
			return text
		}
		before := local()
		c.server.Update("net", 2, at(1), peeringdbtest.Row{"name": "Of PeeringDB"})
		c.server.Delete("ix", 2, at(2))
		c.sync(peeringdb.SyncOptions{})
		c.sync(peeringdb.SyncOptions{Full: true, Force: true})
		if got := local(); got != before {
			t.Errorf("%s\nwant\n%s", got, before)
		}
	})
}

func TestSyncWithoutKeyKeepsWhatItCannotSee(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		for id := range uint64(3) {
			c.server.Add("poc", at(0), peeringdbtest.Row{"id": 100 + id, "net_id": 2 + id, "role": "NOC", "visible": "Users"})
		}
		c.sync(peeringdb.SyncOptions{})
		const hidden = "SELECT COUNT(*) FROM contacts WHERE visible <> 'Public' AND gone_at IS NULL"
		before := c.count(hidden)
		c.client = newClient(t, quick(c.server))
		if report := c.sync(peeringdb.SyncOptions{Full: true}); report.Wrote() || c.count(hidden) != before {
			t.Errorf("%d of %d contacts stayed: %s", c.count(hidden), before, report)
		}
		below := c.count(hidden + " AND network_id = 2")
		c.server.Delete("net", 2, at(1))
		c.sync(peeringdb.SyncOptions{Full: true})
		if got := c.count(hidden); got != before-below || below == 0 {
			t.Errorf("%d contacts stayed, want %d", got, before-below)
		}
	})
}
