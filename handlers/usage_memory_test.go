package handlers

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func sumOfUses(t *testing.T, store *models.Store) (sum int64, rows []models.LegacyUse) {
	t.Helper()
	rows, err := store.LegacyUses(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		sum += r.Count
	}
	return sum, rows
}

// While the database is away counts are kept, and none of them is lost or written
// twice afterwards.
func TestUsageIsKeptWithoutDatabase(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		u := newUsage(l.Store)
		at := time.Unix(1000, 0)
		note := func(n int, at time.Time) {
			u.note(models.LegacyCall{KeyName: "k", UserAgent: fmt.Sprint(n), Target: "lir", Action: "get"}, at)
		}
		for n := range 450 {
			note(n, at)
		}
		for _, statement := range []string{"ALTER TABLE legacy_uses RENAME TO away", "ALTER TABLE away RENAME TO legacy_uses"} {
			if _, err := l.Raw.Exec(statement); err != nil {
				t.Fatal(err)
			}
			if err := u.flush(t.Context()); (err != nil) != (statement == "ALTER TABLE legacy_uses RENAME TO away") {
				t.Fatalf("%s: %v", statement, err)
			}
			note(0, at.Add(time.Minute))
		}
		if err := u.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		sum, rows := sumOfUses(t, l.Store)
		if sum != 452 || len(rows) != 450 || rows[0].Count != 3 || rows[0].FirstSeen != 1000 || rows[0].LastSeen != 1060 || rows[0].UserAgent != "0" {
			t.Errorf("%d calls in %d rows, the last %+v", sum, len(rows), rows[0])
		}
	})
}

// However many things callers think of, memory is bounded and no call is lost.
func TestUsageIsBoundedInMemory(t *testing.T) {
	t.Parallel()
	u := newUsage(modelstest.SQLite(t))
	const calls = 3 * mostUsesInMemory
	for n := range calls {
		u.note(models.LegacyCall{KeyName: fmt.Sprint(n % 3), Source: "192.0.2.1", UserAgent: fmt.Sprint(n), Target: "ipam", Action: fmt.Sprint(n / 2)}, time.Unix(int64(n), 0))
	}
	const most = mostUsesInMemory + mostUsesInMemory/5
	if len(u.counts) != most+3 {
		t.Errorf("%d are kept", len(u.counts))
	}
	// What is known is still told apart.
	known := models.LegacyCall{KeyName: "0", Source: "192.0.2.1", UserAgent: "0", Target: "ipam", Action: "0"}
	u.note(known, time.Unix(9, 0))
	if u.counts[known].Count != 2 {
		t.Errorf("%+v", u.counts[known])
	}
	sum := int64(0)
	for _, n := range u.counts {
		sum += n.Count
	}
	if sum != calls+1 {
		t.Errorf("%d of %d calls", sum, calls+1)
	}
}

func TestUsageAtOnce(t *testing.T) {
	t.Parallel()
	store := modelstest.SQLite(t)
	u := newUsage(store)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for n := range 500 {
				u.note(models.LegacyCall{KeyName: "k", UserAgent: fmt.Sprint(n % 7)}, time.Unix(int64(n), 0))
				if g == 0 && n%100 == 0 {
					if err := u.flush(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	if err := u.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sum, rows := sumOfUses(t, store); sum != 2000 || len(rows) != 7 {
		t.Errorf("%d calls in %d rows", sum, len(rows))
	}
}

func BenchmarkUsageNote(b *testing.B) {
	u := newUsage(nil)
	call := models.LegacyCall{KeyName: "reports", Source: "192.0.2.7", UserAgent: "python-requests/2.32", Target: "peering", Action: "getPeers", Answered: "here"}
	at := time.Now()
	for b.Loop() {
		u.note(call, at)
	}
}
