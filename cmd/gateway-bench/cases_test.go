package main

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"provision-gateway/compat/signature"
)

func TestCasesAreSigned(t *testing.T) {
	t.Parallel()
	by := credential{"5-EXAMPLE", "0123456789abcdef"}
	cases := makeCases(caseNames, by, &dataset{amount: fullAmount, router: 3, session: 9, config: "c1", token: "t"})
	for i, c := range cases {
		if path, query, _ := strings.Cut(c.target, "?"); !c.ofExchange() {
			signed, hash, err := signature.Split(query)
			if path != endpoint || err != nil || !signature.Verify(signed, hash, by.secret) {
				t.Errorf("%s: the signature of %s is wrong: %v", c.name, c.target, err)
			}
		}
		if want, ok := map[string]string{"listConfigs": configsPath, "readConfig": configsPath + "/c1"}[c.name]; ok && (c.target != want || c.token != "t") {
			t.Errorf("%s asks for %s with token %q", c.name, c.target, c.token)
		}
		if c.name != caseNames[i] || c.about == "" {
			t.Errorf("case %d is %q, %q", i, c.name, c.about)
		}
		if got, want := c.isWrite(), c.name == "addSession"; got != want {
			t.Errorf("%s: is a write: %v", c.name, got)
		}
	}
	form, err := url.ParseQuery(cases[len(cases)-1].formWith(firstAddress(1)))
	if err != nil || form.Get("peer_ipaddr") != firstAddress(1) || form.Get("resource_id") != "3" {
		t.Errorf("form %v, %v", form, err)
	}
}

// Who cannot answer a case, or would answer it as another does, is not asked.
func TestWhoTakesPart(t *testing.T) {
	t.Parallel()
	cases := map[string]benchCase{"read": {}, "write": {form: "a=%s"}, "exchange": {token: "t"}}
	for _, test := range []struct {
		variant variant
		takes   string
	}{
		{variant{name: namePHP}, "read write"}, {variant{name: nameBare}, "read write exchange"},
		{variant{name: nameSQLite, readsOnly: true}, "read exchange"}, {variant{name: nameSQLiteCached}, "read write"},
	} {
		for name, c := range cases {
			if got, want := test.variant.takesPart(c), strings.Contains(test.takes, name); got != want {
				t.Errorf("%s takes part in a %s: %v", test.variant.name, name, got)
			}
		}
	}
}

// An address that a server would write in another way would not be what was
// sent.
func TestAddressesAreCanonical(t *testing.T) {
	t.Parallel()
	for _, run := range []int{1, 2, 255, 65535} {
		for _, counter := range [][2]int{{1, 1}, {1, 65535}, {65535, 1}} {
			text := fmt.Sprintf(addressFormat, run, counter[0], counter[1])
			addr, err := netip.ParseAddr(text)
			if err != nil || addr.String() != text {
				t.Errorf("%s is written %s, %v", text, addr, err)
			}
		}
	}
}
