package models_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"provision-gateway/models"
)

func TestParsePermissions(t *testing.T) {
	t.Parallel()
	const expected = ": expected some of read, write, mail, device, secrets"
	for _, test := range []struct {
		list, want, wrong string
	}{
		{"read", "[read]", ""},
		{"read,write,mail,device,secrets", "[read write mail device secrets]", ""},
		{" write , read\t", "[write read]", ""},
		{"read,read", "[read]", ""},
		{"", "[]", `unknown permission ""` + expected},
		{"read,", "[]", `unknown permission ""` + expected},
		{"Read", "[]", `unknown permission "Read"` + expected},
		{"read write", "[]", `unknown permission "read write"` + expected},
		{"read;write", "[]", `unknown permission "read;write"` + expected},
		{"all", "[]", `unknown permission "all"` + expected},
	} {
		t.Run(test.list, func(t *testing.T) {
			t.Parallel()
			got, err := models.ParsePermissions(test.list)
			if fmt.Sprint(got) != test.want {
				t.Errorf("permissions %v, want %s", got, test.want)
			}
			if test.wrong != "" {
				refused(t, "list", err, models.Invalid, test.wrong)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseSources(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		list, want, wrong string
	}{
		{"", "[]", ""},
		{" , ,", "[]", ""},
		{"192.0.2.1", "[192.0.2.1/32]", ""},
		{"2001:DB8::1", "[2001:db8::1/128]", ""},
		{"192.0.2.77/24, 2001:db8:1::1/48", "[192.0.2.0/24 2001:db8:1::/48]", ""},
		{"0.0.0.0/0,::/0", "[0.0.0.0/0 ::/0]", ""},
		{"::ffff:192.0.2.1", "[192.0.2.1/32]", ""},
		{"::ffff:192.0.2.1/120", "[192.0.2.0/24]", ""},
		{"::ffff:0.0.0.0/96", "[0.0.0.0/0]", ""},
		{"192.0.2.0/33", "[]", "192.0.2.0/33"},
		{"192.0.2", "[]", "192.0.2"},
		{"192.0.2.01", "[]", "192.0.2.01"},
		{"fe80::1%eth0", "[]", "fe80::1%eth0"},
		{"192.0.2.1,example.net", "[]", "example.net"},
		{"192.0.2.1 192.0.2.2", "[]", "192.0.2.1 192.0.2.2"},
	} {
		t.Run(test.list, func(t *testing.T) {
			t.Parallel()
			got, err := models.ParseSources(test.list)
			if fmt.Sprint(got) != test.want {
				t.Errorf("sources %v, want %s", got, test.want)
			}
			if test.wrong != "" {
				refused(t, "list", err, models.Invalid, fmt.Sprintf("%q is neither an address nor a prefix", test.wrong))
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCredentialFrom(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sources, from string
		want          bool
	}{
		{"", "192.0.2.1", true},
		{"", "", true},
		{"192.0.2.0/24", "192.0.2.1", true},
		{"192.0.2.0/24", "192.0.3.1", false},
		{"192.0.2.0/24", "::ffff:192.0.2.1", true},
		{"::ffff:192.0.2.0/120", "192.0.2.1", true},
		{"192.0.2.0/24", "2001:db8::1", false},
		{"192.0.2.0/24", "", false},
		{"::/0", "192.0.2.1", false},
		{"fe80::/10", "fe80::1%eth0", true},
		{"192.0.2.1,2001:db8::/32", "2001:db8:ffff::1", true},
	} {
		t.Run(test.sources+" from "+test.from, func(t *testing.T) {
			t.Parallel()
			sources, err := models.ParseSources(test.sources)
			if err != nil {
				t.Fatal(err)
			}
			from := netip.Addr{}
			if test.from != "" {
				from = netip.MustParseAddr(test.from)
			}
			if got := (&models.Credential{Sources: sources}).From(from); got != test.want {
				t.Errorf("allowed: %v, want %v", got, test.want)
			}
		})
	}
}

// FuzzParseSources checks that what parses is a list of canonical prefixes
// that parse to the same again, each of which holds its own address.
func FuzzParseSources(f *testing.F) {
	for _, seed := range []string{"", "192.0.2.1", "192.0.2.0/24,::1", "::ffff:1.2.3.4/100", "fe80::1%x", "1/2", ",,", "::ffff:0:0/95"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		sources, err := models.ParseSources(list)
		if err != nil {
			if models.ErrorCode(err) != models.Invalid || sources != nil {
				t.Errorf("%v, %v", sources, err)
			}
			return
		}
		var words []string
		for _, p := range sources {
			if !p.IsValid() || p != p.Masked() || !(&models.Credential{Sources: sources}).From(p.Addr()) && !p.Addr().Is4In6() {
				t.Errorf("prefix %v", p)
			}
			words = append(words, p.String())
		}
		again, err := models.ParseSources(strings.Join(words, ","))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(sources) {
			t.Errorf("%v became %v, %v", sources, again, err)
		}
	})
}

func FuzzParsePermissions(f *testing.F) {
	for _, seed := range []string{"", "read", "read, write", "read,,", "Mail", "device,secrets,device"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		got, err := models.ParsePermissions(list)
		if (err == nil) != (len(got) > 0) || len(got) > len(models.Permissions()) {
			t.Errorf("%v, %v", got, err)
		}
		c := models.Credential{Allow: got}
		for _, p := range models.Permissions() {
			if c.Allows(p) != strings.Contains(fmt.Sprint(got), string(p)) {
				t.Errorf("%v allows %s: %v", got, p, c.Allows(p))
			}
		}
	})
}
