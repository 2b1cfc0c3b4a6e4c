package models_test

import (
	"errors"
	"fmt"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// importNetworks imports networks by id and name and lists what was refused.
func importNetworks(t *testing.T, s *models.Store, o models.DirectoryOptions[models.Network], rows ...models.Network) (changes models.DirectoryChanges, refusals []string) {
	t.Helper()
	write(t, s, func(tx *models.Tx) (err error) {
		refusals = nil
		changes, err = models.ImportDirectory(tx, o, func(in *models.DirectoryImport[models.Network]) error {
			for _, row := range rows {
				var refused *models.RowError
				if err := in.Put(row); errors.As(err, &refused) {
					refusals = append(refusals, fmt.Sprintf("%d %s", row.ID, refused))
				} else if err != nil {
					return err
				}
			}
			return nil
		})
		return err
	})
	return changes, refusals
}

// A row that only this gateway knows stays whatever PeeringDB says, and the
// other way round.
func TestLocalRows(t *testing.T) {
	t.Parallel()
	network := func(id uint64, name string) models.Network { return models.Network{ID: id, Name: name} }
	upstream := models.DirectoryOptions[models.Network]{Complete: true}
	local := models.DirectoryOptions[models.Network]{Complete: true, Local: true}
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		importNetworks(t, s, upstream, network(1, "one"), network(2, "two"))
		if changes, _ := importNetworks(t, s, local, network(900, "ours"), network(901, "private")); changes.Added != 2 {
			t.Errorf("local rows: %+v", changes)
		}
		changes, refusals := importNetworks(t, s, upstream, network(1, "one"), network(900, "theirs"))
		if changes != (models.DirectoryChanges{Unchanged: 1, Removed: 1}) {
			t.Errorf("upstream again: %+v", changes)
		}
		equal(t, "refused upstream", refusals, []string{"900 the id belongs to a local row"})
		equal(t, "after upstream", peers(t, s, nil), []string{"1 one", "900 ours", "901 private"})
		changes, refusals = importNetworks(t, s, local, network(1, "mine"), network(901, "renamed"))
		if changes != (models.DirectoryChanges{Changed: 1, Removed: 1}) {
			t.Errorf("local again: %+v", changes)
		}
		equal(t, "refused locally", refusals, []string{"1 the id belongs to a row of PeeringDB"})
		equal(t, "after local", peers(t, s, nil), []string{"1 one", "901 renamed"})
	})
}

// Rows that a complete feed could not see stay.
func TestRowsToKeep(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		put(t, s, models.Network{ID: 1, Name: "one"})
		put(t, s, models.Contact{ID: 1, NetworkID: 1, Role: "NOC", Visible: "Public"}, models.Contact{ID: 2, NetworkID: 1, Role: "NOC", Visible: "Users"})
		write(t, s, func(tx *models.Tx) error {
			o := models.DirectoryOptions[models.Contact]{Complete: true, Keep: func(c *models.Contact) bool { return c.Visible != "Public" }}
			changes, err := models.ImportDirectory(tx, o, func(*models.DirectoryImport[models.Contact]) error { return nil })
			if changes.Removed != 1 {
				t.Errorf("%+v", changes)
			}
			return err
		})
		contacts, err := s.ContactsOf(t.Context(), nil)
		if err != nil || len(contacts[1]) != 1 || contacts[1][0].ID != 2 {
			t.Errorf("%v, %v", contacts, err)
		}
	})
}

// A transaction that imports several types is all or nothing.
func TestImportIsPartOfItsTransaction(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		failure := errors.New("cut off")
		err := s.Write(t.Context(), func(tx *models.Tx) error {
			_, err := models.ImportDirectory(tx, models.DirectoryOptions[models.Network]{}, func(in *models.DirectoryImport[models.Network]) error {
				return in.Put(models.Network{ID: 1, Name: "one"})
			})
			return errors.Join(err, tx.SetSyncState(models.SyncState{Object: "net", Cursor: 5}), failure)
		})
		if !errors.Is(err, failure) {
			t.Fatal(err)
		}
		states, err := s.SyncStates(t.Context())
		if err != nil || len(states) > 0 || len(peers(t, s, nil)) > 0 {
			t.Errorf("left behind: %v, %v, %v", states, peers(t, s, nil), err)
		}
		for _, cursor := range []int64{7, 9} {
			write(t, s, func(tx *models.Tx) error {
				return tx.SetSyncState(models.SyncState{Object: "net", Cursor: cursor, FullAt: 1, RanAt: cursor + 1})
			})
		}
		states, err = s.SyncStates(t.Context())
		if want := (models.SyncState{Object: "net", Cursor: 9, FullAt: 1, RanAt: 10}); err != nil || len(states) != 1 || states["net"] != want {
			t.Errorf("%v, %v", states, err)
		}
	})
}
