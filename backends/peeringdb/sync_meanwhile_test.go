package peeringdb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models"
)

// The directory may change between the comparison and the transaction: then it is
// compared again, and at last within the transaction.
func TestSyncComparesAgainWhenTheDirectoryChanged(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		for times, writes := range map[int]int{0: 1, 1: 2, 2: 3, 3: 4, 9: 4} {
			t.Run(fmt.Sprintf("full %v, %d times", full, times), func(t *testing.T) {
				t.Parallel()
				eachCopying(t, func(t *testing.T, c *copying) {
					c.sync(peeringdb.SyncOptions{})
					c.server.Update("net", 2, at(1), peeringdbtest.Row{"name": "Renamed"})
					c.server.Delete("net", 3, at(2))
					wrote := 0
					report := c.sync(peeringdb.SyncOptions{Full: full, Write: func(ctx context.Context, f func(tx *models.Tx) error) error {
						if wrote++; wrote <= times {
							// Somebody stores a port below what is going to go.
							id := uint64(1000 + wrote)
							_, err := models.MergeDirectory(ctx, c.Store, func(in *models.DirectoryImport[models.Port]) error {
								return in.Put(models.Port{ID: id, NetworkID: 3, ExchangeID: 1})
							})
							if err != nil {
								return err
							}
						}
						return c.Write(ctx, f)
					}})
					if wrote != writes {
						t.Errorf("%d transactions, want %d", wrote, writes)
					}
					if got := c.answer("SELECT name FROM networks WHERE id = 2"); got != "Renamed" {
						t.Errorf("name %s", got)
					}
					below := c.count("SELECT COUNT(*) FROM ports WHERE network_id = 3")
					if live := c.count("SELECT COUNT(*) FROM ports WHERE network_id = 3 AND gone_at IS NULL"); live != 0 || below < min(times, 4) {
						t.Errorf("%d of %d ports live below a network that is gone", live, below)
					}
					if got := changes(report)["netixlan"].Removed; got != below {
						t.Errorf("%d ports removed, of %d", got, below)
					}
				})
			})
		}
	}
}

// While lists are compared everybody else can write, and a run without news only
// notes that it was there.
func TestSyncLetsOthersWrite(t *testing.T) {
	t.Parallel()
	eachCopying(t, func(t *testing.T, c *copying) {
		inside := false
		fence := errors.New("not now")
		for _, full := range []bool{true, false, true} {
			before := c.version()
			_, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{Full: full, Write: func(ctx context.Context, f func(tx *models.Tx) error) error {
				if held, err := c.TakeLease(ctx, "other", "other", time.Minute); err != nil || !held {
					t.Errorf("%v, %v", held, err)
				}
				inside = true
				return c.Write(ctx, f)
			}})
			if err != nil || !inside || c.version() != before && before.Of(models.ScopeDirectory) != (models.Versions{}) {
				t.Errorf("full %v: %v", full, err)
			}
			inside = false
		}
		before := c.stored()
		c.server.Update("net", 2, at(1), peeringdbtest.Row{"name": "Renamed"})
		report, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{Write: func(context.Context, func(tx *models.Tx) error) error { return fence }})
		if !errors.Is(err, fence) || len(report.Types) != 0 || c.stored() != before {
			t.Errorf("error %v, report %s", err, report)
		}
	})
}
