package ix

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/models/modelstest"
)

// Several gateways take every step once: each object goes exactly one state
// further in an interval.
func TestManyTakeEveryStepOnce(t *testing.T) {
	atBureau(t, func(b *bureau) {
		const services = 40
		b.store.Interval = time.Hour
		stores := []*Store{b.store, b.another(), b.another()}
		for _, s := range stores {
			s.Interval = b.store.Interval
		}
		for range services {
			b.made(b.a, NetworkServices, b.orders()[TypeCloud])
		}
		if worked, err := b.store.Step(b.Context()); worked != 0 || err != nil {
			b.Fatalf("before the interval: %d, %v", worked, err)
		}
		for _, state := range []string{"allocated", "testing", "production"} {
			b.clock.Advance(b.store.Interval)
			var group sync.WaitGroup
			var lock sync.Mutex
			total := 0
			for i := range 6 {
				group.Go(func() {
					worked, err := stores[i%len(stores)].Step(b.Context())
					lock.Lock()
					defer lock.Unlock()
					total += worked
					if err != nil {
						b.Error(err)
					}
				})
			}
			group.Wait()
			b.want("steps to "+state, total, services)
			b.want("services in "+state, len(b.ids(b.a, NetworkServices, Query{"type": {TypeCloud}, "state": {state}})), services)
		}
		b.clock.Advance(b.store.Interval)
		worked, err := b.store.Step(b.Context())
		b.want("steps at the end", fmt.Sprint(worked, err), "0 <nil>")
	})
}

// An object that cannot take its step holds up no other, and is tried again.
func TestAFailedStepHoldsUpNobody(t *testing.T) {
	atBureau(t, func(b *bureau) {
		bad := b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"].(string)
		good := b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"].(string)
		var document string
		b.write(func(tx *Tx) error {
			var row Row
			if err := tx.db.Where("id = ?", bad).Take(&row).Error; err != nil {
				return err
			}
			document = row.Document
			return tx.db.Model(&Row{}).Where("id = ?", bad).Update("document", "[]").Error
		})
		b.clock.Advance(time.Second)
		worked, err := b.store.Step(b.Context())
		if worked != 1 || err == nil || !strings.Contains(err.Error(), bad) {
			b.Errorf("step: %d, %v", worked, err)
		}
		b.want("the other", b.state(b.a, NetworkServices, good), "allocated")
		b.write(func(tx *Tx) error {
			return tx.db.Model(&Row{}).Where("id = ?", bad).Update("document", document).Error
		})
		b.steps(2)
		b.want("within a minute", b.state(b.a, NetworkServices, bad), "requested")
		b.clock.Advance(time.Minute)
		b.steps(1)
		b.want("after a minute", b.state(b.a, NetworkServices, bad), "allocated")
	})
}

// A step that cannot be committed as a whole leaves nothing behind.
func TestAStepIsWhole(t *testing.T) {
	atBureau(t, func(b *bureau) {
		id := b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"].(string)
		b.clock.Advance(time.Second)
		killed := errors.New("killed")
		err := b.store.Write(b.Context(), "", func(tx *Tx) error {
			s, err := get[*NetworkService](tx, NetworkServices, id)
			if err != nil {
				return err
			}
			return errors.Join(advanceService(tx, s), killed)
		})
		if !errors.Is(err, killed) {
			b.Fatal(err)
		}
		b.want("after it was lost", b.state(b.a, NetworkServices, id), "requested")
		b.steps(1)
		b.want("after it was taken", b.state(b.a, NetworkServices, id), "allocated")
	})
}

// Waking shortens a long wait, and not the interval between two steps.
func TestWake(t *testing.T) {
	atBureau(t, func(b *bureau) {
		b.store.Interval = time.Minute
		id := b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"].(string)
		due := func() *int64 {
			b.Helper()
			var row Row
			b.write(func(tx *Tx) error { return tx.db.Where("id = ?", id).Take(&row).Error })
			return row.DueAt
		}
		now := b.clock.Now().Unix()
		for _, c := range []struct {
			name      string
			at        *int64
			want      int64
			collected Collection
		}{
			{"that waits", nil, now, NetworkServices}, {"that is due late", new(now + 3600), now, NetworkServices},
			{"that is due soon", new(now + 60), now + 60, NetworkServices}, {"of another collection", new(now + 3600), now + 3600, Connections},
		} {
			b.write(func(tx *Tx) error {
				if err := tx.db.Model(&Row{}).Where("id = ?", id).Update("due_at", c.at).Error; err != nil {
					return err
				}
				return tx.Wake(c.collected, id)
			})
			if at := due(); at == nil || *at != c.want {
				b.Errorf("%s: due at %v, want %d", c.name, at, c.want)
			}
		}
		b.write(func(tx *Tx) error {
			return errors.Join(tx.Wake(NetworkServices, "none"), tx.Wake(Roles, roleNOC), tx.Wake("nothing", id), tx.Wake(NetworkServices, demoLAN))
		})
		var woken int64
		b.write(func(tx *Tx) error {
			return tx.db.Model(&Row{}).Where("due_at IS NOT NULL AND id IN ?", []string{roleNOC, demoLAN}).Count(&woken).Error
		})
		b.want("what never steps", woken, 0)
	})
}

// The interval is rounded up to seconds; none lets every call take a step.
func TestInterval(t *testing.T) {
	t.Parallel()
	store := New(modelstest.Lend(t, modelstest.Kinds()[0], nil).Store)
	for interval, want := range map[time.Duration]int64{0: 0, time.Millisecond: 1, time.Second: 1, 1500 * time.Millisecond: 2, time.Hour: 3600} {
		store.Interval = interval
		if err := store.Write(t.Context(), "", func(tx *Tx) error {
			if at := *tx.next(); at-tx.Time != want {
				t.Errorf("%v: %d s", interval, at-tx.Time)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
