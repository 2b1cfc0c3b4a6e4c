package peeringdb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

func TestLoadKeepsAPrefixWhoseSuccessorIsNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *database) {
		load(t, d, fstest.MapFS{"ix.json": list(`{"id":1,"name":"Example-IX"}`), "ixpfx.json": list(`{"id":1,"ixlan_id":1,"prefix":"192.0.2.0/24"}`)})
		report := load(t, d, fstest.MapFS{"ixpfx.json": list(`{"id":1,"ixlan_id":1,"prefix":"192.0.2.0"}`)})
		if got := report.Types[3]; got.Rejected != 1 || got.DirectoryChanges != (models.DirectoryChanges{}) {
			t.Errorf("%+v", got)
		}
		if got := d.answer("SELECT prefix, gone_at FROM exchange_prefixes"); got != "192.0.2.0/24|NULL" {
			t.Errorf("prefix %s", got)
		}
	})
}

func TestLoadSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *database) {
		report := load(t, d, fstest.MapFS{"net.json": list()})
		missing := map[string]bool{}
		for _, t := range report.Types {
			missing[t.File] = t.Missing
		}
		if want := map[string]bool{"ix.json": true, "net.json": false, "netixlan.json": true, "ixpfx.json": true, "poc.json": true}; !maps.Equal(missing, want) {
			t.Errorf("missing %v, want %v", missing, want)
		}
		_, err := peeringdb.Load(t.Context(), d.Store, fstest.MapFS{"readme": list()}, nil)
		if models.ErrorCode(err) != models.NotFound || err.Error() != "no PeeringDB file found: none of ix.json, net.json, netixlan.json, ixpfx.json, poc.json" {
			t.Errorf("error %v", err)
		}
	})
}

func TestLoadRollsATypeBack(t *testing.T) {
	t.Parallel()
	const exchange = `{"id":1,"name":"Example-IX","status":"ok"}`
	var many []string
	for id := range 120 {
		many = append(many, fmt.Sprintf(`{"id":%d,"name":"Example %d","status":"ok"}`, id+1, id+1))
	}
	whole := string(list(many...).Data)
	cut := whole[:len(whole)-30]
	malformed := strings.Replace(whole, `"Example 90"`, `"Example 90`, 1)
	tests := []struct{ name, net, want string }{
		{"cut off", cut, fmt.Sprintf("net.json: byte %d: unexpected EOF", len(cut))},
		{"malformed", malformed, fmt.Sprintf("net.json: byte %d: invalid character 's' after object key:value pair", strings.Index(whole, many[89]))},
		{"no list", `{"message":"throttled"}`, "net.json: byte 23: no data in it: not a list of the API"},
		{"an error", `{"data":[],"meta":{"error":"Entity not found"}}`, `net.json: byte 46: the answer is an error of the API: "Entity not found"`},
		{"empty", ``, "net.json: byte 0: unexpected EOF"},
	}
	each(t, func(t *testing.T, d *database) {
		load(t, d, fstest.MapFS{"net.json": list(`{"id":1,"name":"Stored","status":"ok"}`)})
		for _, test := range tests {
			report, err := peeringdb.Load(t.Context(), d.Store, fstest.MapFS{"ix.json": list(exchange), "net.json": {Data: []byte(test.net)}, "poc.json": list()}, nil)
			if _, ok := errors.AsType[*peeringdb.FileError](err); !ok || err.Error() != test.want {
				t.Errorf("%s: error %q, want %q", test.name, err, test.want)
			}
			if len(report.Types) != 1 || report.Types[0].Type != "ix" {
				t.Errorf("%s: report %+v", test.name, report)
			}
			if got := d.answer("SELECT id, name, gone_at FROM networks"); got != "1|Stored|NULL" {
				t.Errorf("%s: networks %q", test.name, got)
			}
		}
		if got := d.answer("SELECT id, name FROM exchanges"); got != "1|Example-IX" {
			t.Errorf("exchanges %q", got)
		}
	})
}

func TestLoadStopsWhenTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *database) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := peeringdb.Load(ctx, d.Store, peeringdb.Demo(), func(object string, _, _ int64) {
			if object == peeringdb.TypeNetIXLan {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if got := d.answer("SELECT (SELECT COUNT(*) FROM networks), (SELECT COUNT(*) FROM ports)"); got != "12|0" {
			t.Errorf("networks and ports %s", got)
		}
	})
}

func TestLoadStopsAtOnce(t *testing.T) {
	t.Parallel()
	var rows []string
	for id := range 20000 {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"name":"Example","status":"pending"}`, id+1))
	}
	d := sqlite(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	calls := 0
	_, err := peeringdb.Load(ctx, d.Store, fstest.MapFS{"net.json": list(rows...)}, func(string, int64, int64) {
		calls++
		cancel()
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d calls, error %v", calls, err)
	}
}

// contendedFS makes the first reading of a file fail at its end as a
// transaction does that lost against another.
type contendedFS struct {
	fs.FS
	opened map[string]int
}

func (c contendedFS) Open(name string) (fs.File, error) {
	file, err := c.FS.Open(name)
	c.opened[name]++
	return contendedFile{file, c.opened[name] == 1}, err
}

// Stat does not count as opening.
func (c contendedFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

type contendedFile struct {
	fs.File
	fails bool
}

func (c contendedFile) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	if err == io.EOF && c.fails {
		err = &mysql.MySQLError{Number: 1213, Message: "Deadlock found"}
	}
	return n, err
}

func TestLoadTriesAgain(t *testing.T) {
	t.Parallel()
	files := os.DirFS("testdata/dump")
	each(t, func(t *testing.T, d *database) {
		want := load(t, sqlite(t), files)
		opened := map[string]int{}
		if diff := cmp.Diff(want, load(t, d, contendedFS{files, opened})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, object := range want.Types {
			if opened[object.File] != 2 {
				t.Errorf("%s opened %d times", object.File, opened[object.File])
			}
		}
	})
}

func TestLoadTellsProgress(t *testing.T) {
	t.Parallel()
	for _, dump := range dumps() {
		t.Run(dump.name, func(t *testing.T) {
			t.Parallel()
			d := sqlite(t)
			last := map[string][2]int64{}
			var order []string
			_, err := peeringdb.Load(t.Context(), d.Store, dump.files, func(object string, done, total int64) {
				if before, ok := last[object]; !ok {
					order = append(order, object)
					if done != 0 {
						t.Errorf("%s begins with %d", object, done)
					}
				} else if done < before[0] || total != before[1] {
					t.Errorf("%s: %d of %d after %v", object, done, total, before)
				}
				last[object] = [2]int64{done, total}
			})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, object := range []string{"ix", "net", "netixlan", "ixpfx", "poc"} {
				info, err := fs.Stat(dump.files, path.Base(object+".json"))
				if err != nil {
					continue
				}
				want = append(want, object)
				if last[object] != [2]int64{info.Size(), info.Size()} {
					t.Errorf("%s ends with %v, want %d", object, last[object], info.Size())
				}
			}
			if !slices.Equal(order, want) {
				t.Errorf("order %v, want %v", order, want)
			}
		})
	}
}
