package models_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
)

// puts makes a feed of rows that must be taken.
func puts[R models.DirectoryRow](rows ...R) func(in *models.DirectoryImport[R]) error {
	return func(in *models.DirectoryImport[R]) error {
		for _, row := range rows {
			if err := in.Put(row); err != nil {
				return err
			}
		}
		return nil
	}
}

func (d *directoryFixture) plan(f func(p *models.DirectoryPlan) error) *models.DirectoryPlan {
	d.t.Helper()
	plan, err := d.PlanDirectory(d.t.Context(), f)
	if err != nil {
		d.t.Fatal(err)
	}
	return plan
}

func (d *directoryFixture) apply(p *models.DirectoryPlan) error {
	return d.Write(d.t.Context(), p.Apply)
}

// A plan writes nothing, sees what it is going to write, and writes that later.
func TestDirectoryPlan(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		complete := models.DirectoryOptions[models.Network]{Complete: true}
		ports := models.DirectoryOptions[models.Port]{Complete: true}
		replaceWith(d, []models.Network{directoryNetwork(1, "stays"), directoryNetwork(2, "goes")}, nil)
		replaceWith(d, []models.Exchange{{ID: 1, Name: "IX"}}, nil)
		replaceWith(d, []models.Port{{ID: 1, NetworkID: 1, ExchangeID: 1}, {ID: 2, NetworkID: 2, ExchangeID: 1}}, nil)
		before := d.version()
		var rest []models.Network
		for id := range uint64(120) {
			rest = append(rest, directoryNetwork(id+10, "new"))
		}
		plan := d.plan(func(p *models.DirectoryPlan) error {
			changes, err := models.PlanImport(p, complete, puts(append(rest, directoryNetwork(1, "stays"))...))
			checkChanges(t, "networks", changes, models.DirectoryChanges{Added: 120, Unchanged: 1, Removed: 1})
			if err != nil {
				return err
			}
			changes, err = models.PlanImport(p, ports, func(in *models.DirectoryImport[models.Port]) error {
				var refused *models.RowError
				if err := in.Put(models.Port{ID: 2, NetworkID: 2, ExchangeID: 1}); !errors.As(err, &refused) || refused.Reason != "network is gone" {
					t.Errorf("below a network that goes: %v", err)
				}
				return puts(models.Port{ID: 1, NetworkID: 1, ExchangeID: 1}, models.Port{ID: 3, NetworkID: 10, ExchangeID: 1})(in)
			})
			checkChanges(t, "ports", changes, models.DirectoryChanges{Added: 1, Unchanged: 1, Removed: 1})
			return err
		})
		if got := d.rows("ports", "gone_at"); d.version() != before || !maps.Equal(got, map[uint64]string{1: "NULL", 2: "NULL"}) || len(d.rows("networks", "name")) != 2 {
			t.Fatalf("a plan wrote: %v", got)
		}
		d.seconds = 2000
		if err := d.apply(plan); err != nil {
			t.Fatal(err)
		}
		if got := d.rows("ports", "gone_at"); d.version() == before || !maps.Equal(got, map[uint64]string{1: "NULL", 2: "2000", 3: "NULL"}) {
			t.Errorf("ports %v", got)
		}
		if got := d.rows("networks", "gone_at"); len(got) != 122 || got[2] != "2000" || got[129] != "NULL" {
			t.Errorf("networks %v", got)
		}
		if err := d.apply(plan); !errors.Is(err, models.ErrStalePlan) {
			t.Errorf("applied twice: %v", err)
		}
	})
}

func TestDirectoryPlanBecomesStale(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		rename := func(name string) func(p *models.DirectoryPlan) error {
			return func(p *models.DirectoryPlan) error {
				_, err := models.PlanImport(p, models.DirectoryOptions[models.Network]{}, puts(directoryNetwork(1, name)))
				return err
			}
		}
		replaceWith(d, []models.Network{directoryNetwork(1, "one")}, nil)
		same, other := d.plan(rename("one")), d.plan(rename("two"))
		replaceWith(d, []models.Network{directoryNetwork(1, "three")}, nil)
		before := d.version()
		if err := d.apply(other); !errors.Is(err, models.ErrStalePlan) {
			t.Errorf("error %v", err)
		}
		if err := d.apply(same); err != nil {
			t.Errorf("a plan that changes nothing: %v", err)
		}
		if got := d.rows("networks", "name"); got[1] != "three" || d.version() != before {
			t.Errorf("it wrote %v", got)
		}
		// Changes of other scopes are of no matter.
		plan := d.plan(rename("four"))
		if _, _, err := d.AddKey(t.Context(), models.NewKey{Name: "key", Allow: models.Permissions()}); err != nil {
			t.Fatal(err)
		}
		if err := d.apply(plan); err != nil || d.rows("networks", "name")[1] != "four" {
			t.Errorf("after another change: %v", err)
		}
		// A server that breaks off may be asked again.
		const deadlock, killed, syntax = 1213, 1927, 1064
		for number, again := range map[uint16]bool{deadlock: true, killed: true, syntax: false} {
			_, err := d.PlanDirectory(t.Context(), func(*models.DirectoryPlan) error { return &mysql.MySQLError{Number: number, Message: "planted"} })
			if err == nil || errors.Is(err, models.ErrStalePlan) != again {
				t.Errorf("%d: %v", number, err)
			}
		}
		planted := errors.New("planted")
		if _, err := d.PlanDirectory(t.Context(), func(*models.DirectoryPlan) error { return planted }); !errors.Is(err, planted) || errors.Is(err, models.ErrStalePlan) {
			t.Errorf("error %v", err)
		}
	})
}

// In a transaction a plan is written at once.
func TestDirectoryPlanOfATransaction(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		err := d.Write(t.Context(), func(tx *models.Tx) error {
			p := tx.PlanDirectory()
			_, err := models.PlanImport(p, models.DirectoryOptions[models.Network]{Complete: true}, puts(directoryNetwork(1, "one")))
			if err != nil {
				return err
			}
			_, err = models.PlanImport(p, models.DirectoryOptions[models.Contact]{Complete: true}, puts(models.Contact{ID: 1, NetworkID: 1, Visible: "Public"}))
			return errors.Join(err, p.Apply(tx))
		})
		if got := d.rows("contacts", "network_id"); err != nil || !maps.Equal(got, map[uint64]string{1: "1"}) {
			t.Errorf("contacts %v, %v", got, err)
		}
	})
}

// An import of a part comes to the same as one that reads everything, as far as
// that part goes.
func TestDirectoryPart(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		replaceWith(d, []models.Network{directoryNetwork(1, "one"), directoryNetwork(2, "two")}, []models.Network{directoryNetwork(3, "gone")})
		replaceWith(d, []models.Exchange{{ID: 1}, {ID: 2}}, nil)
		var ports []models.Port
		for id := range uint64(6) {
			ports = append(ports, models.Port{ID: id + 1, NetworkID: 1 + id%2, ExchangeID: 1 + id/3})
		}
		replaceWith(d, ports, nil)
		if _, err := d.raw.Exec("UPDATE ports SET local = 1 WHERE id = 6"); err != nil {
			t.Fatal(err)
		}
		d.seconds = 2000
		part := &models.DirectoryPart{IDs: []uint64{1, 77}, Networks: []uint64{2}}
		var refused []string
		options := models.DirectoryOptions[models.Port]{Complete: true, Part: part, Keep: func(p *models.Port) bool { return p.NetworkID != 2 }}
		plan := d.plan(func(p *models.DirectoryPlan) error {
			changes, err := models.PlanImport(p, options, func(in *models.DirectoryImport[models.Port]) error {
				refused = nil
				for _, row := range []models.Port{
					{ID: 1, NetworkID: 1, ExchangeID: 1, Speed: 10}, {ID: 3, NetworkID: 1, ExchangeID: 1}, {ID: 5, NetworkID: 1, ExchangeID: 2, Speed: 20},
					{ID: 6, NetworkID: 2, ExchangeID: 2}, {ID: 77, NetworkID: 9, ExchangeID: 1}, {ID: 78, NetworkID: 3, ExchangeID: 1},
				} {
					if err := in.Put(row); err != nil {
						refused = append(refused, fmt.Sprint(row.ID, " ", err))
					}
				}
				in.Keep(4)
				in.Keep(99)
				return nil
			})
			// Of 2 and 4, which are below network 2, one is kept.
			checkChanges(t, "ports", changes, models.DirectoryChanges{Changed: 2, Unchanged: 1, Removed: 1})
			return err
		})
		if err := d.apply(plan); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(refused), "[6 the id belongs to a local row 77 unknown network: 9 78 network is gone: 3]"; got != want {
			t.Errorf("refused %s, want %s", got, want)
		}
		if got, want := d.rows("ports", "gone_at"), (map[uint64]string{1: "NULL", 2: "2000", 3: "NULL", 4: "NULL", 5: "NULL", 6: "NULL"}); !maps.Equal(got, want) {
			t.Errorf("ports %v, want %v", got, want)
		}
		if got, want := d.rows("ports", "speed"), (map[uint64]string{1: "10", 2: "0", 3: "0", 4: "0", 5: "20", 6: "0"}); !maps.Equal(got, want) {
			t.Errorf("speeds %v, want %v", got, want)
		}
	})
}
