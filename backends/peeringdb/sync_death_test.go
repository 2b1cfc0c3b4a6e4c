package peeringdb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
)

// Whatever happens between two steps, what was stored is whole.
func TestSyncDiesBetweenRequests(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		before := c.stored()
		c.server.Update("net", 2, at(1), peeringdbtest.Row{"name": "Renamed"})
		for step := range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			left := step
			c.server.Before(func(string) {
				if left--; left < 0 {
					cancel()
				}
			})
			_, err := peeringdb.Sync(ctx, c.Store, c.client, peeringdb.SyncOptions{})
			cancel()
			if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "context canceled") {
				t.Errorf("step %d: error %v", step, err)
			}
			if got := c.stored(); got != before {
				t.Errorf("step %d: stored\n%s\nwant\n%s", step, got, before)
			}
		}
		c.server.Before(nil)
		if report := c.sync(peeringdb.SyncOptions{}); changes(report)["net"].Changed != 1 {
			t.Errorf("then: %s", report)
		}
	})
}

func TestSyncDiesInTheTransaction(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		for i, list := range []string{"ix", "net", "netixlan", "ixpfx", "poc"} {
			c.server.Update(list, 1, at(int64(i)), nil)
		}
		// Every table has something to write.
		c.exec("UPDATE exchanges SET city = 'Elsewhere' WHERE id = 1")
		c.exec("UPDATE networks SET aka = 'Somebody' WHERE id = 1")
		c.exec("UPDATE ports SET speed = 1 WHERE id = 1")
		c.exec("UPDATE exchange_prefixes SET prefix = '10.0.0.0/24' WHERE id = 1")
		c.exec("UPDATE contacts SET name = 'Nobody' WHERE id = 1")
		before := c.stored()
		for _, table := range append(directoryTables, "sync_states") {
			if c.Kind() == "sqlite" {
				c.exec("CREATE TRIGGER dies BEFORE INSERT ON " + table + " BEGIN SELECT RAISE(ABORT, 'died'); END")
			} else {
				c.exec("CREATE TRIGGER dies BEFORE INSERT ON " + table + " FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'died'")
			}
			report, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{})
			c.exec("DROP TRIGGER dies")
			if err == nil || !strings.Contains(err.Error(), "died") || len(report.Types) != 0 || report.Cursors != nil {
				t.Errorf("%s: error %v, report %s", table, err, report)
			}
			if got := c.stored(); got != before {
				t.Errorf("%s: stored\n%s\nwant\n%s", table, got, before)
			}
		}
		for object, did := range changes(c.sync(peeringdb.SyncOptions{})) {
			if did.Changed != 1 {
				t.Errorf("then: %s %+v", object, did)
			}
		}
	})
}

// A run that is cut off at any moment did everything or nothing.
func TestSyncDiesAtAnyMoment(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		c.sync(peeringdb.SyncOptions{})
		began := time.Now()
		c.sync(peeringdb.SyncOptions{})
		whole := time.Since(began)
		var done, undone int
		// Most runs are cut off within the time that a whole one took, and the
		// last ones later and later until one is through.
		for step := 0; step < 30 || step < 60 && done == 0; step++ {
			name := fmt.Sprint("Name ", step)
			c.server.Update("net", 2, at(int64(step)), peeringdbtest.Row{"name": name})
			c.server.Update("ix", 1, at(int64(step)), peeringdbtest.Row{"name": name})
			before := c.stored()
			ctx, cancel := context.WithTimeout(t.Context(), whole*time.Duration(step)/20)
			_, err := peeringdb.Sync(ctx, c.Store, c.client, peeringdb.SyncOptions{})
			cancel()
			switch after := c.stored(); {
			case after == before && err != nil:
				undone++
			case c.answer("SELECT n.name, e.name FROM networks n, exchanges e WHERE n.id = 2 AND e.id = 1") == name+"|"+name && c.cursor("net") == at(int64(step)).Unix():
				done++
			default:
				t.Fatalf("step %d, %v: stored\n%s\nbefore\n%s", step, err, after, before)
			}
		}
		if done == 0 || undone == 0 {
			t.Errorf("%d done, %d not", done, undone)
		}
	})
}
