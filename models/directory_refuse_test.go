package models_test

import (
	"maps"
	"slices"
	"testing"

	"provision-gateway/models"
)

func TestReplaceDirectoryRefuses(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		replaceWith(d, []models.Network{directoryNetwork(1, "live")}, []models.Network{directoryNetwork(2, "gone")})
		replaceWith(d, []models.Exchange{{ID: 1, Name: "live"}}, []models.Exchange{{ID: 2, Name: "gone"}})

		changes, refused := replaceWith(d, []models.Network{directoryNetwork(1, "live"), directoryNetwork(0, "none"), directoryNetwork(1, "twin")}, nil)
		checkChanges(t, "networks", changes, models.DirectoryChanges{Unchanged: 1})
		if want := []string{"1: no id", "2: duplicate id"}; !slices.Equal(refused, want) {
			t.Errorf("networks refused %q, want %q", refused, want)
		}

		live := []models.Port{
			{ID: 1, NetworkID: 1, ExchangeID: 1}, {ID: 2, NetworkID: 2, ExchangeID: 1}, {ID: 3, NetworkID: 9, ExchangeID: 1},
			{ID: 4, NetworkID: 1, ExchangeID: 2}, {ID: 5, NetworkID: 1, ExchangeID: 0},
		}
		gone := []models.Port{{ID: 6, NetworkID: 2, ExchangeID: 2}, {ID: 7, NetworkID: 1, ExchangeID: 1}, {ID: 8, NetworkID: 9, ExchangeID: 1}, {ID: 1}}
		changes, refused = replaceWith(d, live, gone)
		checkChanges(t, "ports", changes, models.DirectoryChanges{Added: 1, Removed: 2})
		want := []string{"1: network is gone: 2", "2: unknown network: 9", "3: exchange is gone: 2", "4: unknown exchange: 0", "2: unknown network: 9", "3: duplicate id"}
		if !slices.Equal(refused, want) {
			t.Errorf("ports refused %q, want %q", refused, want)
		}
		if got, want := d.rows("ports", "gone_at"), (map[uint64]string{1: "NULL", 6: "1000", 7: "1000"}); !maps.Equal(got, want) {
			t.Errorf("ports %v, want %v", got, want)
		}

		_, refused = replaceWith(d, []models.Contact{{ID: 1, NetworkID: 1}, {ID: 2, NetworkID: 9}}, nil)
		if want := []string{"1: unknown network: 9"}; !slices.Equal(refused, want) {
			t.Errorf("contacts refused %q, want %q", refused, want)
		}
		_, refused = replaceWith(d, []models.ExchangePrefix{{ID: 1, ExchangeID: 1}, {ID: 2, ExchangeID: 9}}, nil)
		if want := []string{"1: unknown exchange: 9"}; !slices.Equal(refused, want) {
			t.Errorf("prefixes refused %q, want %q", refused, want)
		}
	})
}

func TestReplaceDirectoryLetsNothingLiveBelowTheGone(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		network := directoryNetwork(1, "live")
		port := []models.Port{{ID: 1, NetworkID: 1, ExchangeID: 1}}
		replaceWith(d, []models.Network{network}, nil)
		replaceWith(d, []models.Exchange{{ID: 1}}, nil)
		replaceWith(d, port, nil)
		replaceWith[models.Network](d, nil, nil)

		for _, want := range []models.DirectoryChanges{{Removed: 1}, {}} {
			changes, refused := replaceWith(d, port, nil)
			checkChanges(t, "below a gone network", changes, want)
			if want := []string{"0: network is gone: 1"}; !slices.Equal(refused, want) {
				t.Errorf("refused %q, want %q", refused, want)
			}
		}
		replaceWith(d, []models.Network{network}, nil)
		changes, _ := replaceWith(d, port, nil)
		checkChanges(t, "below a network that is back", changes, models.DirectoryChanges{Changed: 1})
	})
}
