package models_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// directoryFixture is a store, and a connection of its own to look at what is
// really stored.
type directoryFixture struct {
	*models.Store
	t   *testing.T
	raw *sql.DB
	// seconds is the time, which moves only when a test moves it.
	seconds int64
}

func eachDirectory(t *testing.T, f func(t *testing.T, d *directoryFixture)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			address := kind.Database(t)
			d := &directoryFixture{t: t, seconds: 1000}
			d.Store = modelstest.Open(t, address, func() time.Time { return time.Unix(d.seconds, 0) })
			driver, dsn, _ := strings.Cut(address, ":")
			raw, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			d.raw = raw
			t.Cleanup(func() { _ = raw.Close() })
			f(t, d)
		})
	}
}

// rows returns `id gone_at` of all rows of a table, or id and another column.
func (d *directoryFixture) rows(table, column string) map[uint64]string {
	d.t.Helper()
	rows, err := d.raw.Query("SELECT id, " + column + " FROM " + table)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out := map[uint64]string{}
	for rows.Next() {
		var id uint64
		var value sql.NullString
		if err := rows.Scan(&id, &value); err != nil {
			d.t.Fatal(err)
		}
		if !value.Valid {
			value.String = "NULL"
		}
		out[id] = value.String
	}
	return out
}

func (d *directoryFixture) version() models.Versions {
	d.t.Helper()
	v, err := d.Versions(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

// replaceWith runs ReplaceDirectory over plain rows and returns what was
// refused, as `id: why`.
func replaceWith[R models.DirectoryRow](d *directoryFixture, live, gone []R) (models.DirectoryChanges, []string) {
	d.t.Helper()
	var refused []string
	changes, err := models.ReplaceDirectory(d.t.Context(), d.Store, func(in *models.DirectoryImport[R]) error {
		refused = nil
		put := func(rows []R, put func(R) error) error {
			for i, row := range rows {
				err := put(row)
				var refusal *models.RowError
				if errors.As(err, &refusal) {
					refused = append(refused, fmt.Sprintf("%d: %v", i, refusal))
				} else if err != nil {
					return err
				}
			}
			return nil
		}
		return errors.Join(put(live, in.Put), put(gone, in.PutGone))
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return changes, refused
}

func directoryNetwork(id uint64, name string) models.Network {
	return models.Network{ID: id, Name: name, InfoTraffic: "1-5Gbps", InfoRatio: "Balanced", InfoType: "NSP"}
}

func checkChanges(t *testing.T, step string, got, want models.DirectoryChanges) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %+v, want %+v", step, got, want)
	}
}

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
