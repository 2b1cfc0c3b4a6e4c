package handlers_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/models/modelstest"
)

var update = flag.Bool("update", false, "write the answers into the golden files")

const (
	testdata = "../testdata"
	// line separates a request from its answer, and next one pair from another.
	line = "\n----------------------------------------\n"
	next = "\n========================================\n"
)

// TestGolden replays testdata/TARGET/ACTION/*.golden on every kind of
// database. A file holds lines of settings (# name: value), a request (its
// line, header lines, an empty line and a body where there is one), a line of
// dashes, and the exact bytes of the answer; a line of equal signs starts
// another request to the same gateway.
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
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	settings, pairs := parseGolden(string(data))
	server := serveGolden(t, stage.database(t, settings, pairs), settings)
	var got []string
	for _, pair := range pairs {
		request, _, _ := strings.Cut(pair, line)
		got = append(got, request+line+exchange(t, server, request))
	}
	after := strings.TrimSuffix(string(data), strings.Join(pairs, next)) + strings.Join(got, next)
	if *update {
		if err := os.WriteFile(file, []byte(after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(data), after); diff != "" {
		t.Errorf("%s (-file +answer):\n%s", file, diff)
	}
}

// parseGolden splits a file into its settings and its pairs.
func parseGolden(data string) (settings map[string]string, pairs []string) {
	settings = map[string]string{"fixture": "lirs, documentation", "time": "2014-05-22 23:14:54"}
	for strings.HasPrefix(data, "# ") {
		var setting string
		setting, data, _ = strings.Cut(data[2:], "\n")
		name, value, _ := strings.Cut(setting, ": ")
		settings[name] = value
	}
	return settings, strings.Split(data, next)
}
