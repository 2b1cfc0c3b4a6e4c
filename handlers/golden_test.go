package handlers_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/contract"
	"provision-gateway/compat/golden"
	"provision-gateway/models/modelstest"
)

var update = flag.Bool("update", false, "write the answers into the golden files")

const testdata = "../testdata"

// TestGolden replays testdata/TARGET/ACTION/*.golden on every kind of
// database, over HTTP and as the command that verifies golden files does.
// Package golden describes the files; serveGolden has the settings.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(testdata + "/*/*/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			if !*update {
				t.Parallel()
			}
			stage := &stage{whole: t, kind: kind, shared: map[string]*modelstest.Lent{}}
			for _, file := range files {
				name, _ := filepath.Rel(testdata, file)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					replay(t, stage, file)
				})
			}
		})
	}
}

func replay(t *testing.T, stage *stage, file string) {
	f := readGolden(t, file)
	settings := goldenSettings(f)
	server := serveGolden(t, stage.database(t, settings, f.Pairs), settings)
	exchanges, err := contract.Run(t.Context(), server.client(t), f)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		for i := range f.Pairs {
			f.Pairs[i].Answer = &exchanges[i].Got
		}
		after, err := golden.Format(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, after, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i, exchange := range exchanges {
		if f.Pairs[i].Answer == nil {
			t.Errorf("%s: pair %d has no answer", file, i+1)
		}
		if m := exchange.Miss; m != nil {
			t.Errorf("%s: pair %d differs at %q (-file +answer):\n%s", file, m.Pair, m.Path, cmp.Diff(m.Expected, m.Got))
		}
	}
}

// readGolden reads a golden file.
func readGolden(t testing.TB, path string) *golden.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := golden.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return f
}

// goldenSettings are those of a file, and what holds for a file that does not
// say.
func goldenSettings(f *golden.File) map[string]string {
	settings := map[string]string{"fixture": "lirs, documentation", "time": "2014-05-22 23:14:54"}
	for _, s := range f.Settings {
		settings[s.Name] = s.Value
	}
	return settings
}
