package peeringdb_test

import (
	"encoding/json"
	"io"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/peeringdb"
)

// demoRows reads a file of the demonstration.
func demoRows[R any](t *testing.T, object string) []R {
	t.Helper()
	file, err := peeringdb.Demo().Open(object + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var out []R
	err = peeringdb.ReadList(io.Reader(file), func(row *R, misfit *json.UnmarshalTypeError) error {
		if misfit != nil {
			t.Errorf("%s: %v", object, misfit)
		}
		out = append(out, *row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
}

func forDocumentation(a netip.Addr) bool {
	return slices.ContainsFunc(documentation, func(p netip.Prefix) bool { return p.Contains(a) })
}

func documentationDomain(host string) bool {
	return slices.ContainsFunc([]string{"example.net", "example.org"}, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

func TestDemoIsInvented(t *testing.T) {
	t.Parallel()
	checkURL := func(what string, address *string) {
		if address == nil || *address == "" {
			return
		}
		if u, err := url.Parse(*address); err != nil || !documentationDomain(u.Hostname()) {
			t.Errorf("%s: %s", what, *address)
		}
	}
	checkMail := func(what string, address *string) {
		if a, err := mail.ParseAddress(*address); err != nil || !documentationDomain(a.Address[strings.LastIndexByte(a.Address, '@')+1:]) {
			t.Errorf("%s: %s", what, *address)
		}
	}
	asns := map[uint64]int64{}
	for _, n := range demoRows[peeringdb.Net](t, "net") {
		asns[n.Key()] = *n.ASN
		if !(*n.ASN >= 64496 && *n.ASN <= 64511) && !(*n.ASN >= 65536 && *n.ASN <= 65551) {
			t.Errorf("%s: AS%d", *n.Name, *n.ASN)
		}
		for _, address := range []*string{n.Website, n.PolicyURL, n.LookingGlass, n.RouteServer} {
			checkURL(*n.Name, address)
		}
	}
	for _, x := range demoRows[peeringdb.IX](t, "ix") {
		if !strings.HasPrefix(*x.Name, "Example-IX") {
			t.Errorf("exchange %s", *x.Name)
		}
		checkURL(*x.Name, x.Website)
		checkURL(*x.Name, x.URLStats)
		checkMail(*x.Name, x.TechEmail)
		checkMail(*x.Name, x.PolicyEmail)
	}
	lans := map[uint64][]netip.Prefix{}
	for _, p := range demoRows[peeringdb.IXPfx](t, "ixpfx") {
		prefix := netip.MustParsePrefix(*p.Prefix)
		if !forDocumentation(prefix.Addr()) {
			t.Errorf("prefix %s", prefix)
		}
		lan := uint64(*p.IXLanID)
		lans[lan] = append(lans[lan], prefix)
	}
	taken := map[netip.Addr]bool{}
	for _, p := range demoRows[peeringdb.NetIXLan](t, "netixlan") {
		if asns[uint64(*p.NetID)] != *p.ASN {
			t.Errorf("port %d of AS%d", p.Key(), *p.ASN)
		}
		for _, text := range []*string{p.IPAddr4, p.IPAddr6} {
			if text == nil {
				continue
			}
			address := netip.MustParseAddr(*text)
			onLAN := slices.ContainsFunc(lans[uint64(*p.IXLanID)], func(p netip.Prefix) bool { return p.Contains(address) })
			if !onLAN || !forDocumentation(address) || taken[address] {
				t.Errorf("port %d: %s", p.Key(), address)
			}
			taken[address] = true
		}
	}
	withContact := map[uint64]bool{}
	for _, p := range demoRows[peeringdb.POC](t, "poc") {
		checkMail("contact", p.Email)
		withContact[uint64(*p.NetID)] = true
	}
	if len(withContact) != len(asns) {
		t.Errorf("%d of %d networks have a contact", len(withContact), len(asns))
	}
}
