package ixapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestFilterValues lists with values as clients write them: Python writes True,
// and several libraries write + where they mean it.
func TestFilterValues(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.Objects.Interval = 0
	lan := s.Join(t)
	for path, want := range map[string]int{
		"network-features?required=True": 1, "network-features?required=true": 1, "network-features?required=False": 1,
		"accounts?billable=True": 1, "accounts?billable=False": 0, "accounts?billable=1": 1,
		"product-offerings?type=exchange_lan&upgrade_allowed=True": 1,
	} {
		a := lan.Send("GET", "/"+path, "")
		var list []struct{ ID string }
		a.Decode(&list)
		if a.Status != http.StatusOK || len(list) != want {
			t.Errorf("%s: %d with %d, want %d: %s", path, a.Status, len(list), want, a.Body)
		}
	}
}

// TestFilterValuesAreChecked lists with values that no object can have: the
// problem names the parameter.
func TestFilterValuesAreChecked(t *testing.T) {
	t.Parallel()
	m := serve(t, nil).Member("Example")
	for _, path := range []string{"network-features?required=maybe", "accounts?billable=yes"} {
		a := m.Send("GET", "/"+path, "", tolerated)
		name, _, _ := strings.Cut(path[strings.Index(path, "?")+1:], "=")
		if a.Problem() != "validation-error" || !strings.Contains(a.Body, `"name":"`+name+`"`) {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
}
