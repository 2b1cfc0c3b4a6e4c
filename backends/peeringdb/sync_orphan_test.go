package peeringdb_test

import (
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
)

func (c *copying) cursor(list string) int64 {
	c.t.Helper()
	states, err := c.SyncStates(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return states[list].Cursor
}

func contact(id, network uint64) peeringdbtest.Row {
	return peeringdbtest.Row{"id": id, "net_id": network, "role": "NOC", "visible": "Public"}
}

func TestSyncAsksAgainForRowsWithoutTheirNetwork(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		c.server.Add("poc", at(10), contact(100, 100))
		c.server.Add("poc", at(11), contact(101, 100))
		c.server.Add("poc", at(20), contact(102, 2))
		report := c.sync(peeringdb.SyncOptions{})
		poc := report.Types[4]
		if poc.Added != 1 || poc.Rejected != 2 || poc.Reasons[0].Text != "unknown network" || c.cursor("poc") != at(10).Unix() {
			t.Errorf("cursor %d, %s", c.cursor("poc"), report)
		}
		c.server.Add("net", at(30), peeringdbtest.Row{"id": 100, "name": "At Last"})
		if got := changes(c.sync(peeringdb.SyncOptions{}))["poc"]; got != (did{Added: 2, Unchanged: 1}) || c.cursor("poc") != at(20).Unix() {
			t.Errorf("cursor %d, %+v", c.cursor("poc"), got)
		}
	})
}

func TestSyncHoldsTheCursorBackForTwoDays(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		const day = 24 * 60 * 60
		c.server.Add("poc", at(0), contact(100, 100))
		steps := []struct {
			change int64
			want   int64
		}{{1 * day, 0}, {2 * day, 0}, {3 * day, 1 * day}, {4 * day, 2 * day}}
		for i, step := range steps {
			c.server.Update("poc", 1, at(step.change), nil)
			c.sync(peeringdb.SyncOptions{FullEvery: -1})
			if got := c.cursor("poc"); got != at(step.want).Unix() && i < 3 {
				t.Errorf("day %d: cursor %v, want %v", i+1, time.Unix(got, 0).UTC(), at(step.want))
			}
		}
		// The row has been left behind, and holds nothing back any more.
		if got := c.cursor("poc"); got != at(4*day).Unix() {
			t.Errorf("last: cursor %v", time.Unix(got, 0).UTC())
		}
		c.server.Add("net", at(5*day), peeringdbtest.Row{"id": 100, "name": "Late"})
		c.sync(peeringdb.SyncOptions{FullEvery: -1})
		if got := c.count("SELECT COUNT(*) FROM contacts WHERE id = 100"); got != 0 {
			t.Error("the row came with a list of changes")
		}
		c.sync(peeringdb.SyncOptions{Full: true})
		if got := c.count("SELECT COUNT(*) FROM contacts WHERE id = 100"); got != 1 {
			t.Error("the row did not come with a complete list")
		}
	})
}

// A deleted row that was never seen is of no interest, whatever it belongs to.
func TestSyncIsNotHeldBackByDeletedRows(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		c.server.Add("poc", at(1), contact(100, 100))
		c.server.Delete("poc", 100, at(2))
		c.server.Update("poc", 1, at(9), nil)
		if c.sync(peeringdb.SyncOptions{}); c.cursor("poc") != at(9).Unix() {
			t.Errorf("cursor %d", c.cursor("poc"))
		}
	})
}

func TestSyncTakesWhatIsMadeMeanwhile(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		c.server.Before(func(list string) {
			switch list {
			case "poc":
				c.server.Add("net", at(1), peeringdbtest.Row{"id": 100, "name": "Made Meanwhile"})
				c.server.Add("poc", at(1), contact(100, 100))
			case "ix":
				c.server.Delete("net", 3, at(2))
			}
		})
		below := "SELECT COUNT(*) FROM ports WHERE network_id = 3 AND gone_at IS NULL"
		if c.count(below) == 0 {
			t.Fatal("the network has no ports")
		}
		if report := c.sync(peeringdb.SyncOptions{}); changes(report)["poc"].Added != 1 {
			t.Errorf("the contact is missing: %s", report)
		}
		c.server.Before(nil)
		if got := c.count(below); got != 0 {
			t.Errorf("%d live ports of a network that is gone", got)
		}
		if report := c.sync(peeringdb.SyncOptions{}); report.Wrote() {
			t.Errorf("there was something left: %s", report)
		}
	})
}

// What is below a network may come back with it without a change of its own,
// so that no list of changes shows it.
func TestSyncIsFullAfterANetworkCameBack(t *testing.T) {
	t.Parallel()
	for name, object := range map[string]string{"network": "net", "exchange": "ix"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCopying(t, func(t *testing.T, c *copying) {
				c.sync(peeringdb.SyncOptions{})
				c.server.Delete(object, 1, at(1))
				c.sync(peeringdb.SyncOptions{})
				c.server.Update(object, 1, at(2), nil)
				for i, want := range []string{"incremental", "full", "incremental"} {
					if report := c.sync(peeringdb.SyncOptions{}); report.Mode != want {
						t.Errorf("run %d: %s", i+1, report)
					}
				}
			})
		})
	}
}

func TestSyncKnowsTheExchangeOfALAN(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		prefix := func(id, lan uint64, text string) {
			c.server.Add("ixpfx", at(int64(id)), peeringdbtest.Row{"id": id, "ixlan_id": lan, "protocol": "IPv4", "prefix": text})
		}
		c.server.Add("ixlan", at(0), peeringdbtest.Row{"id": 501, "ix_id": 1})
		c.server.Add("ixlan", at(0), peeringdbtest.Row{"id": 502, "ix_id": 2})
		c.server.Add("netixlan", at(0), peeringdbtest.Row{"id": 100, "net_id": 2, "ix_id": 1, "ixlan_id": 501})
		prefix(101, 501, "10.1.0.0/24")
		prefix(102, 502, "10.2.0.0/24")
		c.sync(peeringdb.SyncOptions{})
		var asked []string
		for _, r := range c.server.Requests() {
			if r.List == "ixlan" {
				asked = append(asked, r.Query)
			}
		}
		if len(asked) != 1 || asked[0] != "depth=0&id__in=502" {
			t.Errorf("asked for LANs: %q", asked)
		}
		prefix(103, 501, "10.3.0.0/24")
		prefix(104, 599, "10.4.0.0/24")
		c.server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Empty, List: "ixlan", Skip: 1})
		report := c.sync(peeringdb.SyncOptions{})
		if got := c.answer("SELECT id, exchange_id FROM exchange_prefixes WHERE id > 100 ORDER BY id"); got != "101|1\n102|2\n103|1" {
			t.Errorf("prefixes\n%s\n%s", got, report)
		}
		// 104 is of a LAN that nobody knows, and is asked for again.
		if got := c.cursor("ixpfx"); got != at(104).Unix() || report.Types[3].Rejected != 1 {
			t.Errorf("cursor %d, %s", got, report)
		}
	})
}
