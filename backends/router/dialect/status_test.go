package dialect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/router/dialect"
)

// captured reads an output from testdata/summary. They have the shape of what
// routers print, with addresses of the documentation.
func captured(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "summary", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// summaries are the captured outputs of each platform, and the entries in them.
var summaries = []struct {
	platform string
	files    []string
	want     []string
}{
	{"cisco_iosxe", []string{"iosxe-ipv4", "iosxe-ipv6"}, []string{
		"192.0.2.2 AS4200000000 at AS65000 established 4",
		"192.0.2.3 AS65101 at AS65000 idle",
		"192.0.2.4 AS65010 at AS65000 established 3",
		"192.0.2.5 AS65103 at AS65000 idle",
		"192.0.2.6 AS65104 at AS65000 active",
		"192.0.2.7 AS65105 at AS65000 opensent",
		"192.0.2.8 AS65106 at AS65000 openconfirm",
		"192.0.2.9 AS65107 at AS65000 connect",
		"192.0.2.10 AS65108 at AS65000 idle",
		"203.0.113.200 AS65546 at AS65000 established 100",
		"2001:db8:0:1:a3:0:22:21 AS101 at AS65000 established 0",
		"2001:db8:1:2::9 AS65102 at AS65000 established 9",
		"fe80::1 AS65109 at AS65000 idle",
	}},
	{"cisco_iosxr", []string{"iosxr-ipv4", "iosxr-ipv6"}, []string{
		"192.0.2.1 AS65011 at AS2792 established 1",
		"192.0.2.5 AS65012 at AS2792 established 0",
		"192.0.2.9 AS65021 at AS2792 idle",
		"192.0.2.13 AS65022 at AS2792 idle",
		"2001:db8:1::8 AS65000 at AS2792 established 4",
		"2001:db8:2001:fc7::1 AS65200 at AS2792 established 0",
		"2001:db8:2001:fc7::2 AS4259840200 at AS2792 active",
	}},
	{"cisco_nxos", []string{"nxos-ipv4", "nxos-ipv6"}, []string{
		"192.0.2.1 AS4233316914 at AS65001 established 100",
		"192.0.2.3 AS0 at AS65001 idle",
		"192.0.2.4 AS64497 at AS65001 idle",
		"192.0.2.44 AS33331 at AS65001 established 8",
		"192.0.2.45 AS33332 at AS65001 idle",
		"192.0.2.46 AS4255544594 at AS65001 active",
	}},
	{"juniper_junos", []string{"junos-families"}, []string{
		"192.0.2.2 AS65002 at AS0 established 4",
		"192.0.2.3 AS4012345678 at AS0 established",
		"192.0.2.4 AS65004 at AS0 active",
		"192.0.2.5 AS65005 at AS0 idle",
		"192.0.2.6 AS65546 at AS0 connect",
		"2001:db8::2 AS65002 at AS0 established 3",
		"2001:db8:1234:5678:9abc:def0:1234:5678 AS65003 at AS0 established 0",
	}},
	{"juniper_junos", []string{"junos-inline"}, []string{
		"192.0.2.1 AS65000 at AS0 established 5",
		"192.0.2.101 AS65000 at AS0 established 2",
		"192.0.2.102 AS65000 at AS0 openconfirm",
	}},
	{"arista_eos", []string{"eos-ipv4", "eos-ipv6"}, []string{
		"192.0.2.2 AS65001 at AS65002 established 3 Akamai Technologies",
		"192.0.2.3 AS4077784995 at AS65002 idle",
		"2001:db8::2 AS1 at AS65002 connect",
	}},
	{"frrouting", []string{"frr"}, []string{
		"192.0.2.2 AS65002 at AS65001 established 5 Telefónica \"x\"",
		"192.0.2.3 AS4200000000 at AS65001 idle",
		"192.0.2.4 AS0 at AS65001 idle",
		"192.0.2.5 AS65005 at AS65009 established 0",
		"2001:db8::2 AS65002 at AS65001 established 7",
		"2001:db8::3 AS65003 at AS65001 idle",
	}},
}

func show(s dialect.Status) string {
	line := fmt.Sprintf("%s AS%d at AS%d %s", s.Address, s.RemoteASN, s.LocalASN, s.State)
	if s.PrefixesReceived != nil {
		line += fmt.Sprintf(" %d", *s.PrefixesReceived)
	}
	if s.Description != "" {
		line += " " + s.Description
	}
	return line
}

func TestParseSummary(t *testing.T) {
	t.Parallel()
	for _, tt := range summaries {
		t.Run(strings.Join(tt.files, " "), func(t *testing.T) {
			t.Parallel()
			for _, end := range []string{"\n", "\r\n"} {
				var outputs []string
				for _, f := range tt.files {
					outputs = append(outputs, strings.ReplaceAll(captured(t, f), "\n", end))
				}
				list, err := lookup(t, tt.platform).ParseSummary(outputs)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, s := range list {
					got = append(got, show(s))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}
