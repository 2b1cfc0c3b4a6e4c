package compat_test

import (
	"strings"
	"testing"

	"provision-gateway/compat"
)

func TestRetiredOf(t *testing.T) {
	t.Parallel()
	r := compat.Retired{"*": "nothing", "peering.*": "IX-API", "peering.getPeers": "/api/v2/members"}
	for _, test := range []struct{ target, action, pattern, want string }{
		{"peering", "getPeers", "peering.getPeers", "/api/v2/members"}, {"peering", "getSessions", "peering.*", "IX-API"},
		{"peering", "", "peering.*", "IX-API"}, {"ipam", "get", "*", "nothing"}, {"Peering", "getPeers", "*", "nothing"},
	} {
		if pattern, text, ended := r.Of(test.target, test.action); pattern != test.pattern || text != test.want || !ended {
			t.Errorf("%s.%s: %q, %q, %v", test.target, test.action, pattern, text, ended)
		}
	}
	for _, none := range []compat.Retired{nil, {}, {"lir.get": "x"}, {"lir.*": "x"}} {
		if pattern, text, ended := none.Of("peering", "getPeers"); ended {
			t.Errorf("%v: %q, %q", none, pattern, text)
		}
	}
}

func TestCheckRetired(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ pattern, text, want string }{
		{"peering.getPeers", "use IX-API", ""}, {"peering.*", "ü", ""}, {"*", "x", ""}, {"dns.getZone", strings.Repeat("x", 500), ""},
		{"getPeers", "x", "not of the form"}, {"", "x", "not of the form"}, {".*", "x", "not of the form"}, {"peering.get*", "x", "not of the form"},
		{"peering.getPeers", " ", "names no replacement"}, {"peering.getPeers", "", "names no replacement"},
		{"peering.getPeers", strings.Repeat("x", 501), "longer than 500"}, {"lir.get", "a\nb", "not plain text"}, {"lir.get", "\xff", "not plain text"},
	} {
		err := compat.CheckRetired(test.pattern, test.text)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%q, %q: %v, want %q", test.pattern, test.text, err, test.want)
		}
	}
}

func TestRetiredMessage(t *testing.T) {
	t.Parallel()
	if got := compat.RetiredMessage("peering", "getPeers", "use IX-API network-services"); got != "peering.getPeers is no longer available: use IX-API network-services" {
		t.Error(got)
	}
}
