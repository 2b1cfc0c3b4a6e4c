package config

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/compat"
)

func TestLegacyEnd(t *testing.T) {
	t.Parallel()
	file := source(t, "gateway.yaml", `
legacy:
  deprecation: 2026-12-01
  sunset: 2027-06-30T14:00:00.5+02:00
  link: https://www.example.net/v1?lang=en#end
  retired:
    - peering.getPeers=use IX-API, members
    - dns.* = a = b
`)
	for _, tc := range []struct {
		name    string
		environ []string
		want    LegacyEnd
	}{
		{"nothing", nil, LegacyEnd{Retired: compat.Retired{}}},
		{"a file", []string{file}, LegacyEnd{
			Deprecation: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Sunset: time.Date(2027, 6, 30, 12, 0, 0, 0, time.UTC),
			Link: "https://www.example.net/v1?lang=en#end", Retired: compat.Retired{"peering.getPeers": "use IX-API, members", "dns.*": "a = b"},
		}},
		{"variables", []string{
			"PROVISION_GATEWAY_LEGACY_DEPRECATION=2026-12-01T10:00:00Z", "PROVISION_GATEWAY_LEGACY_SUNSET=2026-12-01T10:00:00Z", "PROVISION_GATEWAY_LEGACY_RETIRED=*=x,lir.get=y",
		}, LegacyEnd{
			Deprecation: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Sunset: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC),
			Retired: compat.Retired{"*": "x", "lir.get": "y"},
		}},
		{"a sunset alone", []string{"PROVISION_GATEWAY_LEGACY_SUNSET=1999-12-31"}, LegacyEnd{Sunset: time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), Retired: compat.Retired{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, load(t, Options{Environ: tc.environ}).Legacy.End); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is printed can be read again, and then is the same.
func TestLegacyEndIsPrinted(t *testing.T) {
	t.Parallel()
	c := load(t, Options{Environ: []string{
		"PROVISION_GATEWAY_LEGACY_DEPRECATION=2026-12-01", "PROVISION_GATEWAY_LEGACY_SUNSET=2027-12-01", "PROVISION_GATEWAY_LEGACY_RETIRED=lir.get=y, *=x",
	}})
	printed := shown(t, c)
	for _, want := range []string{`"2026-12-01T00:00:00Z"`, `"2027-12-01T00:00:00Z"`} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %s in %s", want, printed)
		}
	}
	var again struct{ Legacy map[string]any }
	if err := json.Unmarshal([]byte(printed), &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"*=x", "lir.get=y"}, again.Legacy["retired"]); diff != "" {
		t.Error(diff)
	}
}
