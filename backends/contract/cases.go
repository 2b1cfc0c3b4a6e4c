package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"provision-gateway/compat/golden"
)

// ReadCases reads golden files. A path is a file, or a folder with all that is
// below it whose name ends in .golden. The cases are named by the paths as they
// are given, in their order, and sorted within a folder; a file that is named
// twice is read once. The error names the file.
func ReadCases(paths ...string) ([]Case, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, filepath.Clean(path))
			continue
		}
		within, err := below(path)
		if err != nil {
			return nil, err
		}
		if len(within) == 0 {
			return nil, fmt.Errorf("%s holds no %s files", path, golden.Extension)
		}
		files = append(files, within...)
	}
	var cases []Case
	for _, path := range files {
		if slices.ContainsFunc(cases, func(c Case) bool { return c.Name == path }) {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := golden.Parse(data)
		if err == nil {
			_, err = f.Placeholders()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		cases = append(cases, Case{path, f})
	}
	if len(cases) == 0 {
		return nil, errors.New("no golden files are named")
	}
	return cases, nil
}

// below are the golden files in a folder and those within it, sorted.
func below(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, golden.Extension) {
			files = append(files, path)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}
