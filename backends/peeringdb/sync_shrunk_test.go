package peeringdb_test

import (
	"errors"
	"fmt"
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
)

func TestSyncRefusesListsThatShrank(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		list   string
		remove int
		want   string
	}{
		{"some networks", "net", 3, ""},
		{"more than half of the networks", "net", 7, "sync: PeeringDB list net: 5 usable rows, where 12 are stored: not taken over, since that looks like a fault of the server; force it if it is not"},
		{"all networks", "net", 12, "sync: PeeringDB list net: 0 usable rows, where 12 are stored: not taken over, since that looks like a fault of the server; force it if it is not"},
		{"half of the prefixes", "ixpfx", 2, ""},
		{"more than half of the prefixes", "ixpfx", 3, "sync: PeeringDB list ixpfx: 1 usable rows, where 4 are stored: not taken over, since that looks like a fault of the server; force it if it is not"},
		{"both exchanges", "ix", 2, "sync: PeeringDB list ix: 0 usable rows, where 2 are stored: not taken over, since that looks like a fault of the server; force it if it is not"},
		{"most ports", "netixlan", 10, "sync: PeeringDB list netixlan: 9 usable rows, where 19 are stored: not taken over, since that looks like a fault of the server; force it if it is not"},
		{"all contacts", "poc", 28, "sync: PeeringDB list poc: 0 usable rows, where 28 are stored: not taken over, since that looks like a fault of the server; force it if it is not"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			eachCopying(t, func(t *testing.T, c *copying) {
				c.sync(peeringdb.SyncOptions{})
				for _, id := range c.server.Rows(test.list)[:test.remove] {
					c.server.Delete(test.list, id, at(1))
				}
				before := c.stored()
				report, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{Full: true})
				var shrunk *peeringdb.ShrunkError
				if test.want == "" && err != nil || test.want != "" && (!errors.As(err, &shrunk) || err.Error() != test.want) {
					t.Fatalf("error %v, want %s", err, test.want)
				}
				if err != nil && (c.stored() != before || len(report.Types) != 0) {
					t.Errorf("something was written: %s", report)
				}
				left := fmt.Sprint(len(c.server.Rows(test.list)))
				c.sync(peeringdb.SyncOptions{Full: true, Force: true})
				table := map[string]string{"net": "networks", "ix": "exchanges", "netixlan": "ports", "ixpfx": "exchange_prefixes", "poc": "contacts"}[test.list]
				if got := c.answer("SELECT COUNT(*) FROM " + table + " WHERE gone_at IS NULL"); got != left {
					t.Errorf("forced: %s live rows, want %s", got, left)
				}
			})
		})
	}
}

func TestSyncRefusesAnEmptyServerFromTheStart(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"net", "ix"} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			eachCopying(t, func(t *testing.T, c *copying) {
				c.server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Empty, List: list})
				_, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{})
				var shrunk *peeringdb.ShrunkError
				if !errors.As(err, &shrunk) || shrunk.List != list || shrunk.Rows != 0 || shrunk.Stored != 0 {
					t.Errorf("error %v", err)
				}
				if states, err := c.SyncStates(t.Context()); err != nil || len(states) != 0 {
					t.Errorf("states %v, %v", states, err)
				}
				c.server.Recover()
				if report := c.sync(peeringdb.SyncOptions{}); report.Mode != peeringdb.ModeFull {
					t.Errorf("then: %s", report)
				}
			})
		})
	}
}

// Only rows that can be used count: a server that
// changes the type of a field does not empty the directory.
func TestSyncKeepsRowsThatBecameUnusable(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		for _, id := range c.server.Rows("net")[:3] {
			c.server.Update("net", id, at(1), peeringdbtest.Row{"asn": "text"})
		}
		report := c.sync(peeringdb.SyncOptions{Full: true})
		if got := report.Types[1]; got.Rejected != 3 || got.Unchanged != 9 || got.Removed != 0 {
			t.Errorf("%s", report)
		}
		for _, id := range c.server.Rows("net") {
			c.server.Update("net", id, at(2), peeringdbtest.Row{"asn": "text"})
		}
		var shrunk *peeringdb.ShrunkError
		if _, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{Full: true}); !errors.As(err, &shrunk) {
			t.Errorf("error %v", err)
		}
		if got := c.count("SELECT COUNT(*) FROM networks WHERE gone_at IS NULL"); got != 12 {
			t.Errorf("%d networks", got)
		}
	})
}
