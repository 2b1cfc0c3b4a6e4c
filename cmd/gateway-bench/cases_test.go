package main

import (
	"fmt"
	"net/netip"
	"net/url"
	"testing"

	"provision-gateway/compat/signature"
)

func TestCasesAreSigned(t *testing.T) {
	t.Parallel()
	by := credential{"5-EXAMPLE", "0123456789abcdef"}
	cases := makeCases(caseNames, by, &dataset{amount: fullAmount, router: 3, session: 9})
	for i, c := range cases {
		signed, hash, err := signature.Split(c.query)
		if err != nil || !signature.Verify(signed, hash, by.secret) {
			t.Errorf("%s: the signature of %s is wrong: %v", c.name, c.query, err)
		}
		if c.name != caseNames[i] || c.about == "" {
			t.Errorf("case %d is %q, %q", i, c.name, c.about)
		}
		if got, want := c.isWrite(), c.name == "addSession"; got != want {
			t.Errorf("%s: is a write: %v", c.name, got)
		}
	}
	form, err := url.ParseQuery(cases[3].formWith(firstAddress(1)))
	if err != nil || form.Get("peer_ipaddr") != firstAddress(1) || form.Get("resource_id") != "3" {
		t.Errorf("form %v, %v", form, err)
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
