package models_test

import (
	"fmt"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func find(tx *models.Tx, id uint64) *models.Resource {
	v, err := tx.FindResource(id)
	if err != nil {
		return &models.Resource{ID: id}
	}
	return &v.Resource
}

func remove(t *testing.T, s *models.Store, id uint64) error {
	t.Helper()
	return s.Write(t.Context(), func(tx *models.Tx) error { return tx.DeleteResource(find(tx, id)) })
}

func sectionID(t *testing.T, l *modelstest.Lent, slug string) (id uint64) {
	t.Helper()
	if err := l.Raw.QueryRow("SELECT id FROM resources WHERE live_slug = ?", slug).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestDeleteResource(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		start := values("host", "h", "password", "s3cret")
		start.Set("password", 1, "other")
		id := addEntry(t, l.Store, "router", "R", start)
		addEntry(t, l.Store, "router", "Kept", start)
		if err := remove(t, l.Store, id); err != nil {
			t.Fatal(err)
		}
		equal(t, "rows", column(t, l, "SELECT deleted_at FROM resources WHERE id >= ? ORDER BY id", id), []string{fmt.Sprint(moment), "NULL"})
		equal(t, "slugs", column(t, l, "SELECT live_slug FROM resources WHERE id >= ? ORDER BY id", id), []string{"NULL", "kept"})
		// Of what is gone the plain values stay, for whoever asks for backups.
		equal(t, "secrets", column(t, l, "SELECT id FROM secrets ORDER BY id"), []string{"3", "4"})
		equal(t, "values", column(t, l, "SELECT slug FROM field_values WHERE resource_id = ?", id), []string{"host"})
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error { _, err := tx.FindResource(id); return err })
		refused(t, "find", err, models.NotFound, fmt.Sprint("No resource found with ID: ", id))
	})
}

func TestWhatIsInUseStays(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		router := addEntry(t, l.Store, "router", "R", values("password", "s3cret"))
		s := session(1)
		s.ResourceID = &router
		s = addSession(t, l.Store, s)
		parent := addBelow(t, l.Store, 0, "Parent").ID
		child := addBelow(t, l.Store, parent, "Child").ID
		category := addBelow(t, l.Store, 0, "Category").ID
		write(t, l.Store, func(tx *models.Tx) error {
			_, err := tx.UpdateResource(child, models.ResourceChange{CategoryID: &category})
			return err
		})
		crowded := addBelow(t, l.Store, 0, "Crowded").ID
		var five []string
		for i := range 8 {
			id := addBelow(t, l.Store, crowded, fmt.Sprint("c", i)).ID
			if i < 5 {
				five = append(five, fmt.Sprintf("c%d (%d)", i, id))
			}
		}
		section := add(t, l.Store, models.ResourceChange{Name: new("Firewall"), Type: new("section")}).ID
		entry := addEntry(t, l.Store, "firewall", "F", nil)
		host := sectionID(t, l, "host")
		before := versions(t, l.Store)
		for _, test := range []struct {
			id   uint64
			want string
		}{
			{router, fmt.Sprintf("R (%d) is in use by session %d %s", router, s.ID, s.Label())},
			{parent, fmt.Sprintf("Parent (%d) is in use by Child (%d)", parent, child)},
			{category, fmt.Sprintf("Category (%d) is in use by Child (%d)", category, child)},
			{crowded, fmt.Sprintf("Crowded (%d) is in use by %s and 3 more", crowded, strings.Join(five, ", "))},
			{section, fmt.Sprintf("Firewall (%d) is in use by F (%d)", section, entry)},
			{sectionID(t, l, "lir"), fmt.Sprintf("LIR (%d) is in use by the system", sectionID(t, l, "lir"))},
			{sectionID(t, l, "router"), fmt.Sprintf("Router (%d) is in use by the system, R (%d)", sectionID(t, l, "router"), router)},
			{host, fmt.Sprintf("Host (%d) is in use by section %d", host, sectionID(t, l, "router"))},
		} {
			refused(t, fmt.Sprint(test.id), remove(t, l.Store, test.id), models.Conflict, test.want)
		}
		err := remove(t, l.Store, models.RootID)
		if models.ErrorCode(err) != models.Conflict || !contains(err, "in use by the system") {
			t.Errorf("root: %v", err)
		}
		if versions(t, l.Store) != before || len(column(t, l, "SELECT id FROM secrets")) != 1 {
			t.Error("something changed")
		}
		// Once nothing uses them, they go.
		write(t, l.Store, func(tx *models.Tx) error { _, err := tx.DeleteSession(&s); return err })
		for _, id := range []uint64{router, child, parent, category, entry, section} {
			if err := remove(t, l.Store, id); err != nil {
				t.Errorf("%d: %v", id, err)
			}
		}
	})
}

// A session that was moved to another router is in use by both until it is
// pushed again.
func TestARouterWithAPushedSessionStays(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		pushed := addEntry(t, l.Store, "router", "Pushed", nil)
		wanted := addEntry(t, l.Store, "router", "Wanted", nil)
		s := session(1)
		s.ResourceID = &pushed
		s = addSession(t, l.Store, s)
		write(t, l.Store, func(tx *models.Tx) error { return tx.SetPlacement(s.ID, s.Place()) })
		move := func(to *uint64) {
			write(t, l.Store, func(tx *models.Tx) error {
				moved, err := tx.UpdateSession(s.ID, func(s *models.Session) error { s.ResourceID = to; return nil })
				if err == nil {
					s = *moved
				}
				return err
			})
		}
		inUse := func(what string, name string, id uint64) {
			refused(t, what, remove(t, l.Store, id), models.Conflict, fmt.Sprintf("%s (%d) is in use by session %d %s", name, id, s.ID, s.Label()))
		}
		// By both at once it is named once.
		inUse("pushed where it belongs", "Pushed", pushed)
		for _, to := range []*uint64{&wanted, nil} {
			move(to)
			inUse("pushed elsewhere", "Pushed", pushed)
		}
		move(&wanted)
		inUse("belongs elsewhere", "Wanted", wanted)
		// Nor does it go with what is above it.
		above := addBelow(t, l.Store, 0, "Above").ID
		write(t, l.Store, func(tx *models.Tx) error {
			if _, err := tx.UpdateResource(pushed, models.ResourceChange{ParentID: &above}); err != nil {
				return err
			}
			deleted, stayed, err := tx.DeleteTree(find(tx, above))
			if deleted != 0 || models.ErrorCode(stayed) != models.Conflict {
				t.Errorf("%d deleted, %v", deleted, stayed)
			}
			return err
		})
		// Once it is taken off, the router goes.
		write(t, l.Store, func(tx *models.Tx) error { return tx.SetPlacement(s.ID, models.Placement{}) })
		if err := remove(t, l.Store, pushed); err != nil {
			t.Error(err)
		}
		write(t, l.Store, func(tx *models.Tx) error {
			if err := tx.SetPlacement(s.ID, s.Place()); err != nil {
				return err
			}
			live, err := tx.LiveSession(s.ID)
			if err != nil {
				return err
			}
			_, err = tx.DeleteSession(live)
			return err
		})
		if err := remove(t, l.Store, wanted); err != nil {
			t.Errorf("of a deleted session: %v", err)
		}
	})
}

func TestDeleteTree(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		// used are what a session uses.
		used, below string
		stay        string
		deleted     int
	}{
		{"all", "", "A", "", 7},
		// The vendor's example: A has B1 and B2, those C11, C12, C21 and C22.
		{"one at the bottom is in use", "C21", "A", "A B2 C21", 4},
		{"one in the middle is in use", "B2", "A", "A B2", 5},
		{"the top is in use", "A", "A", "A", 6},
		{"two are in use", "C11 C22", "A", "A B1 B2 C11 C22", 2},
		{"what is in use is elsewhere", "C21", "B1", "A B2 C21 C22", 3},
		{"a single one", "", "C12", "A B1 B2 C11 C21 C22", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				ids := map[string]uint64{"": 0}
				for _, edge := range []string{" A", "A B1", "A B2", "B1 C11", "B1 C12", "B2 C21", "B2 C22"} {
					parent, name, _ := strings.Cut(edge, " ")
					ids[name] = addBelow(t, l.Store, ids[parent], name).ID
				}
				for i, name := range strings.Fields(test.used) {
					s := session(i)
					s.ResourceID = new(ids[name])
					addSession(t, l.Store, s)
				}
				var deleted int
				var stayed error
				write(t, l.Store, func(tx *models.Tx) (err error) {
					deleted, stayed, err = tx.DeleteTree(find(tx, ids[test.below]))
					return err
				})
				stay := column(t, l, "SELECT name FROM resources WHERE deleted_at IS NULL AND id >= ? ORDER BY name", ids["A"])
				if deleted != test.deleted || strings.Join(stay, " ") != test.stay {
					t.Errorf("%d deleted, %v stay; want %d, %s", deleted, stay, test.deleted, test.stay)
				}
				if topStays := strings.Contains(" "+test.stay+" ", " "+test.below+" "); topStays != (models.ErrorCode(stayed) == models.Conflict) {
					t.Errorf("why the top stayed: %v", stayed)
				}
			})
		})
	}
}

// No transaction makes two resources each other's parent, whatever another
// one does at the same time.
func TestNoCirclesFromMovesAtTheSameTime(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		gateways := stores(t, l, 2)
		for range 10 {
			pair := []uint64{addBelow(t, l.Store, 0, "a").ID, addBelow(t, l.Store, 0, "b").ID}
			moved := 0
			for i, err := range together(2, func(i int) error {
				return gateways[i].Write(t.Context(), func(tx *models.Tx) error {
					_, err := tx.UpdateResource(pair[i], models.ResourceChange{ParentID: &pair[1-i]})
					return err
				})
			}) {
				if err == nil {
					moved++
				} else if models.ErrorCode(err) != models.Invalid {
					t.Errorf("move %d: %v", i, err)
				}
			}
			if moved != 1 {
				t.Fatalf("%d moves were done, want 1", moved)
			}
		}
	})
}

// What is added below a resource while that is being deleted is either seen by
// the delete or refused.
func TestNothingIsAddedBelowWhatIsGone(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		gateways := stores(t, l, 2)
		for round := range 10 {
			top := addBelow(t, l.Store, 0, "top").ID
			parent := addBelow(t, l.Store, top, "parent").ID
			errs := together(4, func(i int) error {
				return gateways[i%2].Write(t.Context(), func(tx *models.Tx) error {
					if i == 0 {
						_, _, err := tx.DeleteTree(find(tx, top))
						return err
					}
					c := models.ResourceChange{Name: new("child"), Type: new("category"), ParentID: &parent}
					if i == 1 {
						c.ParentID, c.CategoryID = nil, &parent
					}
					_, err := tx.AddResource(c)
					return err
				})
			})
			for i, err := range errs {
				if err != nil && (i == 0 || models.ErrorCode(err) != models.Invalid) {
					t.Errorf("round %d, writer %d: %v", round, i, err)
				}
			}
			lost := column(t, l, "SELECT c.id FROM resources c JOIN resources p ON p.id = c.parent_id OR p.id = c.category_id"+
				" WHERE c.deleted_at IS NULL AND p.deleted_at IS NOT NULL")
			equal(t, "live below the gone", lost, []string{})
		}
	})
}
