package models_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
)

func TestReplaceDirectoryFollowsARow(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		one, two := directoryNetwork(1, "Example One"), directoryNetwork(2, "example two")
		renamed := directoryNetwork(2, "Example Two Renamed")
		emptied := directoryNetwork(2, "")
		steps := []struct {
			name       string
			live, gone []models.Network
			want       models.DirectoryChanges
			goneAt     map[uint64]string
			names      map[uint64]string
		}{
			{"first", []models.Network{one, two}, nil, models.DirectoryChanges{Added: 2},
				map[uint64]string{1: "NULL", 2: "NULL"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO"}},
			{"again", []models.Network{two, one}, nil, models.DirectoryChanges{Unchanged: 2},
				map[uint64]string{1: "NULL", 2: "NULL"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO"}},
			{"renamed", []models.Network{one, renamed}, nil, models.DirectoryChanges{Unchanged: 1, Changed: 1},
				map[uint64]string{1: "NULL", 2: "NULL"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO RENAMED"}},
			{"not mentioned", []models.Network{one}, nil, models.DirectoryChanges{Unchanged: 1, Removed: 1},
				map[uint64]string{1: "NULL", 2: "1003"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO RENAMED"}},
			{"still not mentioned", []models.Network{one}, nil, models.DirectoryChanges{Unchanged: 1},
				map[uint64]string{1: "NULL", 2: "1003"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO RENAMED"}},
			{"back as it was", []models.Network{one, renamed}, nil, models.DirectoryChanges{Unchanged: 1, Changed: 1},
				map[uint64]string{1: "NULL", 2: "NULL"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO RENAMED"}},
			{"deleted upstream and emptied", []models.Network{one}, []models.Network{emptied}, models.DirectoryChanges{Unchanged: 1, Removed: 1},
				map[uint64]string{1: "NULL", 2: "1006"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO RENAMED"}},
			{"still deleted", []models.Network{one}, []models.Network{emptied}, models.DirectoryChanges{Unchanged: 2},
				map[uint64]string{1: "NULL", 2: "1006"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO RENAMED"}},
			{"back with a name", []models.Network{one, two}, nil, models.DirectoryChanges{Unchanged: 1, Changed: 1},
				map[uint64]string{1: "NULL", 2: "NULL"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO"}},
			{"a stranger that is deleted", []models.Network{one, two}, []models.Network{directoryNetwork(3, "gone")}, models.DirectoryChanges{Unchanged: 2, Removed: 1},
				map[uint64]string{1: "NULL", 2: "NULL", 3: "1009"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO", 3: "GONE"}},
			{"none", nil, nil, models.DirectoryChanges{Removed: 2},
				map[uint64]string{1: "1010", 2: "1010", 3: "1009"}, map[uint64]string{1: "EXAMPLE ONE", 2: "EXAMPLE TWO", 3: "GONE"}},
		}
		for i, step := range steps {
			d.seconds = 1000 + int64(i)
			before := d.version()
			changes, refused := replaceWith(d, step.live, step.gone)
			checkChanges(t, step.name, changes, step.want)
			if len(refused) != 0 {
				t.Errorf("%s: refused %v", step.name, refused)
			}
			if got := d.rows("networks", "gone_at"); !maps.Equal(got, step.goneAt) {
				t.Errorf("%s: gone_at %v, want %v", step.name, got, step.goneAt)
			}
			if got := d.rows("networks", "name_fold"); !maps.Equal(got, step.names) {
				t.Errorf("%s: name_fold %v, want %v", step.name, got, step.names)
			}
			wrote := step.want.Added+step.want.Changed+step.want.Removed > 0
			after := d.version()
			if (after != before) != wrote {
				t.Errorf("%s: versions %v -> %v, wrote %v", step.name, before, after, wrote)
			}
			if after.Of(models.ScopePeering, models.ScopeResources, models.ScopeKeys) != before.Of(models.ScopePeering, models.ScopeResources, models.ScopeKeys) {
				t.Errorf("%s: another scope was touched", step.name)
			}
		}
	})
}

func TestReplaceDirectoryDecidesItselfWhatIsGone(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		at := int64(7)
		marked := directoryNetwork(1, "marked")
		marked.GoneAt = &at
		for _, want := range []models.DirectoryChanges{{Added: 1}, {Unchanged: 1}} {
			changes, _ := replaceWith(d, []models.Network{marked}, nil)
			checkChanges(t, "marked by the feed", changes, want)
			if got := d.rows("networks", "gone_at"); got[1] != "NULL" {
				t.Errorf("gone_at %s", got[1])
			}
		}
	})
}

func TestDirectoryKeepAndMerge(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		replaceWith(d, []models.Network{directoryNetwork(1, "one"), directoryNetwork(2, "two"), directoryNetwork(3, "three")}, nil)
		changes, err := models.ReplaceDirectory(t.Context(), d.Store, func(in *models.DirectoryImport[models.Network]) error {
			in.Keep(1)
			in.Keep(77)
			in.Keep(0)
			return in.Put(directoryNetwork(2, "two"))
		})
		if err != nil {
			t.Fatal(err)
		}
		checkChanges(t, "kept", changes, models.DirectoryChanges{Unchanged: 1, Removed: 1})

		changes, err = models.MergeDirectory(t.Context(), d.Store, func(in *models.DirectoryImport[models.Network]) error {
			return errors.Join(in.Put(directoryNetwork(4, "four")), in.PutGone(directoryNetwork(1, "")))
		})
		if err != nil {
			t.Fatal(err)
		}
		checkChanges(t, "merged", changes, models.DirectoryChanges{Added: 1, Removed: 1})
		if got, want := d.rows("networks", "gone_at"), (map[uint64]string{1: "1000", 2: "NULL", 3: "1000", 4: "NULL"}); !maps.Equal(got, want) {
			t.Errorf("networks %v, want %v", got, want)
		}
	})
}

func TestReplaceDirectoryRollsBack(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		replaceWith(d, []models.Network{directoryNetwork(1, "one")}, nil)
		before, broken := d.version(), errors.New("broken")
		changes, err := models.ReplaceDirectory(t.Context(), d.Store, func(in *models.DirectoryImport[models.Network]) error {
			for id := range uint64(200) {
				if err := in.Put(directoryNetwork(id+2, "new")); err != nil {
					return err
				}
			}
			return broken
		})
		if !errors.Is(err, broken) || changes != (models.DirectoryChanges{}) {
			t.Errorf("changes %+v, error %v", changes, err)
		}
		if got, want := d.rows("networks", "gone_at"), (map[uint64]string{1: "NULL"}); !maps.Equal(got, want) || d.version() != before {
			t.Errorf("networks %v, want %v", got, want)
		}
	})
}

func TestReplaceDirectoryTriesAgain(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		calls := 0
		changes, err := models.ReplaceDirectory(t.Context(), d.Store, func(in *models.DirectoryImport[models.Network]) error {
			calls++
			if err := errors.Join(in.Put(directoryNetwork(1, "one")), in.Put(directoryNetwork(2, "two"))); err != nil {
				return err
			}
			if calls < 3 {
				return &mysql.MySQLError{Number: 1213, Message: "Deadlock found"}
			}
			return nil
		})
		if err != nil || calls != 3 {
			t.Fatalf("%d calls, error %v", calls, err)
		}
		checkChanges(t, "third call", changes, models.DirectoryChanges{Added: 2})
	})
}

func TestReplaceDirectoryKeepsTextsAsTheyAre(t *testing.T) {
	t.Parallel()
	texts := map[uint64]string{
		1: "", 2: " ", 3: "trailing  ", 4: "R&D / \"quoted\" 'text' \\ %", 5: "Telef\u00c3\u00b3nica", 6: "Telefónica",
		7: "line\r\nfeed\ttab", 8: "😀 emoji", 9: "nul\x00inside", 10: strings.Repeat("ǆ", 255), 11: strings.Repeat("😀", 255), 12: "\ufffd", 13: "null",
	}
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		var networks []models.Network
		for id, text := range texts {
			n := directoryNetwork(id, text)
			n.Aka, n.NotesPublic = &text, &text
			networks = append(networks, n)
		}
		changes, _ := replaceWith(d, networks, nil)
		checkChanges(t, "first", changes, models.DirectoryChanges{Added: len(texts)})
		for _, column := range []string{"name", "aka", "notes_public"} {
			if got := d.rows("networks", column); !maps.Equal(got, texts) {
				t.Errorf("%s: %+q, want %+q", column, fmt.Sprint(got), fmt.Sprint(texts))
			}
		}
		changes, _ = replaceWith(d, networks, nil)
		checkChanges(t, "second", changes, models.DirectoryChanges{Unchanged: len(texts)})
		for i := range networks {
			networks[i].Aka = nil
		}
		changes, _ = replaceWith(d, networks, nil)
		checkChanges(t, "NULL", changes, models.DirectoryChanges{Changed: len(texts)})
	})
}

// TestReplaceDirectoryEndsWhereTheLastFeedSays runs random feeds of random
// length, around the size of a batch, and compares with a map.
func TestReplaceDirectoryEndsWhereTheLastFeedSays(t *testing.T) {
	t.Parallel()
	eachDirectory(t, func(t *testing.T, d *directoryFixture) {
		random := rand.New(rand.NewPCG(1, 2))
		names := map[uint64]string{}
		live := map[uint64]bool{}
		for _, length := range []int{49, 50, 51, 0, 100, 101, 7, 1300, 1, 1200} {
			var want models.DirectoryChanges
			var feed []models.Network
			next := map[uint64]bool{}
			for _, i := range random.Perm(length) {
				id := uint64(i)*2 + 1
				name := fmt.Sprintf("Example %d", random.IntN(2))
				switch old, known := names[id]; {
				case !known:
					want.Added++
				case !live[id] || old != name:
					want.Changed++
				default:
					want.Unchanged++
				}
				names[id], next[id] = name, true
				feed = append(feed, directoryNetwork(id, name))
			}
			for id := range live {
				if !next[id] {
					want.Removed++
				}
			}
			live = next
			d.seconds++
			changes, _ := replaceWith(d, feed, nil)
			checkChanges(t, fmt.Sprintf("%d rows", length), changes, want)
			if got := d.rows("networks", "name"); !maps.Equal(got, names) {
				t.Fatalf("%d rows: other names than expected", length)
			}
			for id, at := range d.rows("networks", "gone_at") {
				if (at == "NULL") != live[id] {
					t.Fatalf("%d rows: id %d gone_at %s", length, id, at)
				}
			}
		}
	})
}
