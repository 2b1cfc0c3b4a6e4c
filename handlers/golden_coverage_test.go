package handlers_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provision-gateway/compat"
	"provision-gateway/compat/golden"
	"provision-gateway/compat/phpvalue"
)

// goldenCategories are what the golden files of an action must cover, by how
// their names begin.
var goldenCategories = []struct {
	name    string
	pattern *regexp.Regexp
	// needed tells whether an action must have one.
	needed func(*compat.Action) bool
}{
	{"success", regexp.MustCompile(`^(success(_.*)?|documented)$`), always},
	{"nothing found, or nothing to change", regexp.MustCompile(`^(none|empty|documented_none)(_.*)?$`), always},
	{"error", regexp.MustCompile(`^(error_.*|documented_error)$`), always},
	{"parameter", regexp.MustCompile(`^parameter_.*$`), func(a *compat.Action) bool { return len(a.Parameters) > 0 }},
	{"unknown parameter", regexp.MustCompile(`^unknown_parameter$`), always},
	{"wrong type", regexp.MustCompile(`^wrong_type(_.*)?$`), always},
	{"missing parameter", regexp.MustCompile(`^missing_.*$`), func(a *compat.Action) bool {
		return slices.ContainsFunc(a.Parameters, func(p compat.Parameter) bool { return p.Required })
	}},
}

func always(*compat.Action) bool { return true }

// goldenFiles gives the golden files of an action: name without ending and path.
func goldenFiles(t *testing.T, a *compat.Action) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testdata, a.Target, a.Name, "*.golden"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		files[strings.TrimSuffix(filepath.Base(path), ".golden")] = path
	}
	return files
}

// goldenRequests are the requests of a file for one action.
func goldenRequests(t *testing.T, path string, a *compat.Action) []golden.Request {
	t.Helper()
	var requests []golden.Request
	for _, pair := range readGolden(t, path).Pairs {
		if pair.Request.Action() == a {
			requests = append(requests, pair.Request)
		}
	}
	return requests
}

// TestGoldenCategories fails for an action of the table that lacks golden files
// of a category, and for a file that belongs to none.
func TestGoldenCategories(t *testing.T) {
	t.Parallel()
	for _, action := range compat.Actions() {
		t.Run(action.Key(), func(t *testing.T) {
			t.Parallel()
			files := goldenFiles(t, action)
			covered := map[string]bool{}
			for name := range files {
				known := false
				for _, category := range goldenCategories {
					if category.pattern.MatchString(name) {
						known, covered[category.name] = true, true
					}
				}
				if !known {
					t.Errorf("%s.golden: its name says of no category", name)
				}
			}
			for _, category := range goldenCategories {
				if category.needed(action) && !covered[category.name] {
					t.Errorf("no golden file for: %s (%s)", category.name, category.pattern)
				}
			}
		})
	}
}

// TestGoldenParameters fails for a parameter of the table that no golden
// request of its action sends, and for a required one that none leaves out.
func TestGoldenParameters(t *testing.T) {
	t.Parallel()
	for _, action := range compat.Actions() {
		t.Run(action.Key(), func(t *testing.T) {
			t.Parallel()
			sent, missing := map[string]bool{}, map[string]bool{}
			for _, path := range goldenFiles(t, action) {
				for _, request := range goldenRequests(t, path, action) {
					parameters := request.Parameters()
					for _, p := range action.Parameters {
						_, ok := parameter(parameters, p.Name)
						sent[p.Name] = sent[p.Name] || ok
						missing[p.Name] = missing[p.Name] || !ok
					}
				}
			}
			for _, p := range action.Parameters {
				if !sent[p.Name] {
					t.Errorf("no golden request sends %s", p.Name)
				}
				if p.Required && !missing[p.Name] {
					t.Errorf("no golden request leaves out %s, which is required", p.Name)
				}
			}
		})
	}
}

// TestGoldenFolders fails for a file that is never replayed, that asks
// for another action than its folder says, or that has an unknown setting.
func TestGoldenFolders(t *testing.T) {
	t.Parallel()
	settings := []string{
		"fixture", "time", "timezone", "allow", "sign", "mail", "router", "own", "rirs", "body-limit", "variables",
	}
	known := map[string]bool{}
	for _, action := range compat.Actions() {
		for name, path := range goldenFiles(t, action) {
			known[path] = true
			for _, setting := range readGolden(t, path).Settings {
				if !slices.Contains(settings, setting.Name) {
					t.Errorf("%s: no setting is called %q", path, setting.Name)
				}
			}
			// These ask for what does not exist.
			if action.Target == "test" && slices.Contains([]string{"error_target", "error_action"}, name) {
				continue
			}
			if len(goldenRequests(t, path, action)) == 0 {
				t.Errorf("%s: no request for %s", path, action.Key())
			}
		}
	}
	paths, err := filepath.Glob(testdata + "/*/*/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if !known[path] {
			t.Errorf("%s: the table has no such action", path)
		}
	}
	if len(paths) < 200 {
		t.Errorf("only %d golden files", len(paths))
	}
}

// parameter finds a parameter by its documented name: id, meta[name].
func parameter(parameters *phpvalue.Array, name string) (phpvalue.Value, bool) {
	base, rest, nested := strings.Cut(name, "[")
	v, ok := parameters.Get(base)
	if !nested || !ok {
		return v, ok
	}
	return v.Array().Get(strings.TrimSuffix(rest, "]"))
}
