package peeringdb_test

import (
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models/modelstest"
)

// What the server said holds for a gateway that starts anew, for others on the
// database, and whatever is asked for.
func TestSyncStaysAwayAcrossRestarts(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		server := peeringdbtest.New(t, peeringdb.Demo())
		config := keyed(server)
		sync := func(now time.Time, o peeringdb.SyncOptions) (*peeringdb.SyncReport, error) {
			client := newClient(t, config)
			client.Fake(now, func(time.Duration) {})
			return peeringdb.Sync(t.Context(), l.Another(t), client, o)
		}
		if _, err := sync(at(0), peeringdb.SyncOptions{}); err != nil {
			t.Fatal(err)
		}
		server.Requests()
		server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Throttled, List: "ix", RetryAfter: "3600"})
		// The requests before it take some milliseconds, and seconds are rounded up.
		if _, err := sync(at(60), peeringdb.SyncOptions{}); apiError(t, err).Status != 429 {
			t.Errorf("error %v", err)
		}
		server.Recover()
		asked := len(server.Requests())
		for _, o := range []peeringdb.SyncOptions{{}, {Full: true}, {Force: true}, {Full: true, Force: true}} {
			for _, seconds := range []int64{61, 360, 3660} {
				report, err := sync(at(seconds), o)
				if err == nil || err.Error() != "PeeringDB is not asked: the server said to stay away for longer; try again after 2025-01-01 01:01:01 UTC" || report.Requests != 0 {
					t.Errorf("%+v at %d: %v, %s", o, seconds, err, report)
				}
				if e := apiError(t, err); !e.RetryAt.Equal(at(3661)) || e.List != "" {
					t.Errorf("%+v", e)
				}
			}
		}
		if n := len(server.Requests()); n != 0 || asked != 4 {
			t.Errorf("asked %d times, and %d times while it was to stay away", asked, n)
		}
		if report, err := sync(at(3661), peeringdb.SyncOptions{}); err != nil || report.Mode != peeringdb.ModeIncremental {
			t.Errorf("then: %v, %s", err, report)
		}
	})
}

// A run that dies while it waits is waited for as well, and no server keeps
// everybody away for ever.
func TestSyncNotesShortAndEndlessTimes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault peeringdbtest.Fault
		until time.Time
	}{
		"short":   {peeringdbtest.Fault{Kind: peeringdbtest.Throttled, Times: 1, RetryAfter: "1"}, at(1)},
		"endless": {peeringdbtest.Fault{Kind: peeringdbtest.Throttled, RetryAfter: "4000000000"}, at(24 * 60 * 60)},
		"a date":  {peeringdbtest.Fault{Kind: peeringdbtest.Throttled, RetryAfter: "Fri, 01 Jan 2100 00:00:00 GMT"}, at(24 * 60 * 60)},
		"past":    {peeringdbtest.Fault{Kind: peeringdbtest.Throttled, RetryAfter: "Fri, 01 Jan 2010 00:00:00 GMT"}, time.Time{}},
		"none":    {peeringdbtest.Fault{Kind: peeringdbtest.Throttled}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := peeringdbtest.New(t, peeringdb.Demo())
			d := sqlite(t)
			server.Fail(test.fault)
			client := newClient(t, keyed(server))
			client.Fake(at(0), func(time.Duration) {})
			if _, err := peeringdb.Sync(t.Context(), d.Store, client, peeringdb.SyncOptions{}); (err == nil) != (name == "short") {
				t.Errorf("error %v", err)
			}
			if until, err := d.PutOffUntil(t.Context(), "peeringdb-requests"); err != nil || !until.Equal(test.until) {
				t.Errorf("until %v, %v, want %v", until, err, test.until)
			}
		})
	}
}

// Without a key the same long list can be had once an hour, so complete lists
// are not fetched again at every try.
func TestSyncAsksForLongListsOnceAnHour(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.server.Update("poc", 1, at(0), peeringdbtest.Row{"notes": strings.Repeat("long ", 30_000)})
		c.client = newClient(t, quick(c.server))
		step := func(name string, seconds int64, o peeringdb.SyncOptions, want string) {
			t.Helper()
			o.Now = func() time.Time { return at(seconds) }
			// Each is the first of its process.
			report, err := peeringdb.Sync(t.Context(), c.Store, newClient(t, quick(c.server)), o)
			got := report.Mode
			if err != nil {
				got = err.Error()
			}
			if got != want || err != nil && apiError(t, err).List == "" && report.Requests != 0 {
				t.Errorf("%s: %q, want %q: %s", name, got, want, report)
			}
		}
		const (
			failed = "PeeringDB list net: the server failed with status 502 (HTML: a firewall, a proxy or a maintenance page answered, not the API)"
			wait   = "PeeringDB is not asked: complete lists were fetched less than an hour ago but not taken over, and without an API key they can be had once an hour; try again after 2025-01-01 "
		)
		c.server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.ServerError, List: "net"})
		step("first", 0, peeringdb.SyncOptions{}, failed)
		step("again", 300, peeringdb.SyncOptions{}, wait+"01:00:00 UTC")
		step("forced", 300, peeringdb.SyncOptions{Force: true}, wait+"01:00:00 UTC")
		step("told to", 400, peeringdb.SyncOptions{Full: true}, failed)
		c.server.Recover()
		step("an hour after the first", 3600, peeringdb.SyncOptions{}, wait+"01:06:40 UTC")
		step("an hour after the last", 4000, peeringdb.SyncOptions{}, "full")
		// What is due is asked for when it can be had.
		c.server.Delete("net", 3, at(1))
		step("changes", 4100, peeringdb.SyncOptions{}, "incremental")
		c.server.Update("net", 3, at(2), nil)
		step("a network is back", 4200, peeringdb.SyncOptions{}, "incremental")
		step("not yet", 4300, peeringdb.SyncOptions{}, "incremental")
		step("due", 7600, peeringdb.SyncOptions{}, "full")
		step("done", 7700, peeringdb.SyncOptions{}, "incremental")
	})
}

// With a key, and with short lists, there is no such limit.
func TestSyncAsksAgainWhereItMay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, long bool }{"key": {true, true}, "short lists": {false, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := peeringdbtest.New(t, peeringdb.Demo())
			config := quick(server)
			if test.key {
				config = keyed(server)
			}
			if test.long {
				server.Update("poc", 1, at(0), peeringdbtest.Row{"notes": strings.Repeat("long ", 30_000)})
			}
			d := sqlite(t)
			server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Forbidden, List: "net", Times: 1})
			for i, want := range []bool{false, true} {
				if _, err := peeringdb.Sync(t.Context(), d.Store, newClient(t, config), peeringdb.SyncOptions{}); (err == nil) != want {
					t.Errorf("run %d: %v", i, err)
				}
			}
		})
	}
}
