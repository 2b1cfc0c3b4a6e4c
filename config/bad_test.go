package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each file in testdata/bad breaks one rule; its first lines say, behind
// `# error: `, every error expected of it.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) < 35 {
		t.Fatalf("found %d files, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(data)) {
				if expected, ok := strings.CutPrefix(strings.TrimSpace(line), "# error: "); ok {
					want = append(want, expected)
				}
			}
			_, err = Load(Options{Environ: []string{"PROVISION_GATEWAY_CONFIG=" + path}})
			var problems Errors
			if !errors.As(err, &problems) {
				t.Fatalf("error %v is no list of problems", err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, strings.TrimSuffix(p.String(), " (file "+path+")"))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), "planted-secret") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// Every setting has a rule that some file breaks, so that a new setting cannot
// come without.
func TestBadFilesCoverEverySetting(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	for _, s := range settings {
		if !strings.Contains(all.String(), "# error: "+s.key+": ") {
			t.Errorf("no file breaks a rule of %s", s.key)
		}
	}
}
