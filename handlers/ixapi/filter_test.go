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
		"network-features?required=True": 2, "network-features?required=true": 2, "network-features?required=False": 1,
		"accounts?billable=True": 1, "accounts?billable=False": 0, "accounts?billable=1": 1,
		"product-offerings?type=exchange_lan&upgrade_allowed=True": 2, "network-services?type=exchange_lan,p2p_vc": 2, "network-services?type=cloud_vc": 0,
		"network-service-configs?capacity=100": 1, "network-service-configs?type=exchange_lan": 1, "macs?assigned_at=2026-03-02T10:00:00+00:00": 1,
		"macs?valid_not_before=2026-03-02T10:00:00Z": 0, "macs?colour=red": 1, "ips?valid_not_after=2026-03-02T10:00:00%2B00:00": 0,
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
	for _, path := range []string{
		"network-features?required=maybe", "accounts?billable=yes", "network-services?type=foo", "network-service-configs?type=foo",
		"network-service-configs?capacity=x", "product-offerings?delivery_method=x", "macs?valid_not_before=x", "macs?valid_not_after=2026-01-01",
		"network-features?type=foo", "network-feature-configs?type=foo", "member-joining-rules?type=foo", "ips?valid_not_before=x",
		"ips?valid_not_after=x", "ips?version=5", "ports?speed=fast", "product-offerings?contract_renewal_period=month",
		"network-services?type=exchange_lan,foo", "network-services?type=exchange_lan&type=foo",
	} {
		a := m.Send("GET", "/"+path, "", tolerated)
		name, _, _ := strings.Cut(path[strings.Index(path, "?")+1:], "=")
		if a.Problem() != "validation-error" || !strings.Contains(a.Body, `"name":"`+name+`"`) {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
}
