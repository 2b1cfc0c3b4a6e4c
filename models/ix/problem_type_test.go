package ix

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestProblemTypes checks that each type has a name of its own, in the form of
// the published ones, and the status of a refusal.
func TestProblemTypes(t *testing.T) {
	t.Parallel()
	form, seen := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`), map[string]bool{}
	for _, one := range ProblemTypes() {
		p := NewProblem(one, "It is %s.", "so")
		if !form.MatchString(one.String()) || seen[one.String()] || p.Type != "https://errors.ix-api.net/v2/"+one.String()+".html" {
			t.Errorf("%d: %s", one, p.Type)
		}
		seen[one.String()] = true
		if p.Status < 400 || http.StatusText(p.Status) == "" || p.Status != one.Status() {
			t.Errorf("%s: status %d", one, p.Status)
		}
		if title := strings.ReplaceAll(one.String(), "-", " "); !strings.EqualFold(p.Title, title) || p.Title == title || p.Detail != "It is so." {
			t.Errorf("%s: %q, %q", one, p.Title, p.Detail)
		}
	}
	if len(seen) < 12 {
		t.Errorf("only %d types", len(seen))
	}
}
