package handlers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDivergencesAreListed checks that every row of docs/divergences.md names a
// test that exists, and that every test named so, in any package, has a row.
func TestDivergencesAreListed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/divergences.md")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile("`(TestDIVERGENCE_[A-Za-z0-9]+)` \\|$")
	listed := map[string]int{}
	rows := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| |") {
			continue
		}
		rows++
		found := name.FindStringSubmatch(line)
		if found == nil {
			t.Errorf("this row names no test at its end: %s", line)
			continue
		}
		listed[found[1]]++
	}
	if rows == 0 {
		t.Error("docs/divergences.md has no rows")
	}
	existing := divergenceTests(t)
	for name, times := range listed {
		if times > 1 {
			t.Errorf("%s has %d rows", name, times)
		}
		if existing[name] == "" {
			t.Errorf("docs/divergences.md names %s, which does not exist", name)
		}
	}
	for name, file := range existing {
		if listed[name] == 0 {
			t.Errorf("%s in %s has no row in docs/divergences.md", name, file)
		}
	}
}

// divergenceTests finds the tests named TestDIVERGENCE_… in all packages: the
// file of each.
func divergenceTests(t *testing.T) map[string]string {
	t.Helper()
	tests := map[string]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "TestDIVERGENCE_") {
				tests[f.Name.Name] = path
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}
