package dialect_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/router/dialect"
)

var update = flag.Bool("update", false, "write what is rendered to the golden files")

// operations are the three lists of lines that a dialect renders.
var operations = []struct {
	name   string
	render func(*dialect.Dialect, dialect.Neighbor) ([]string, error)
}{
	{"add", (*dialect.Dialect).Add},
	{"change", (*dialect.Dialect).Change},
	{"remove", (*dialect.Dialect).Remove},
}

// neighbors are the sessions of the golden files.
var neighbors = []struct {
	name string
	dialect.Neighbor
}{
	{"all values, IPv4", dialect.Neighbor{
		LocalASN: 32787, RemoteASN: 20940, Address: netip.MustParseAddr("206.126.236.102"),
		PeerGroup: "group-b", Description: "Akamai Technologies", MaximumPrefixes: 20, Password: "ace12345",
	}},
	{"all values, IPv6", dialect.Neighbor{
		LocalASN: 32787, RemoteASN: 4200000000, Address: netip.MustParseAddr("2001:504:0:2::2:940:1"),
		PeerGroup: "group-b6", Description: "Telefónica \"Global\" | Solutions?", MaximumPrefixes: 4000, Password: "ace12345",
	}},
	{"no values, IPv4", dialect.Neighbor{
		LocalASN: 65001, RemoteASN: 65002, Address: netip.MustParseAddr("192.0.2.2"),
	}},
	{"no values, IPv6", dialect.Neighbor{
		LocalASN: 65001, RemoteASN: 65002, Address: netip.MustParseAddr("2001:db8::2"),
	}},
	{"no limit and no password", dialect.Neighbor{
		LocalASN: 65001, RemoteASN: 65002, Address: netip.MustParseAddr("192.0.2.2"), PeerGroup: "PEERS", Description: "Peer",
	}},
	{"IPv4 mapped into IPv6", dialect.Neighbor{
		LocalASN: 65001, RemoteASN: 65002, Address: netip.MustParseAddr("::ffff:192.0.2.2"), MaximumPrefixes: 10,
	}},
}

// TestGolden compares the lines with those of testdata/golden. Passwords are
// masked there; TestPassword looks at them.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		for _, op := range operations {
			t.Run(name+"/"+op.name, func(t *testing.T) {
				t.Parallel()
				d := lookup(t, name)
				var b strings.Builder
				for _, n := range neighbors {
					lines, err := op.render(d, n.Neighbor)
					if err != nil {
						t.Fatalf("%s: %v", n.name, err)
					}
					fmt.Fprintf(&b, "## %s\n", n.name)
					for _, line := range lines {
						b.WriteString(d.Mask(line) + "\n")
					}
					b.WriteString("\n")
				}
				file := filepath.Join("testdata", "golden", name, op.name+".txt")
				if *update {
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), b.String()); diff != "" {
					t.Errorf("lines differ from %s (-want +got):\n%s", file, diff)
				}
			})
		}
	}
}

// TestDocumentedLines holds the lines of the documentation of configureSession
// against those for IOS, blank lines left out.
func TestDocumentedLines(t *testing.T) {
	t.Parallel()
	want := []string{
		"conf t",
		"router bgp 32787",
		"no neighbor 206.126.236.102",
		"neighbor 206.126.236.102 remote-as 20940",
		"neighbor 206.126.236.102 peer-group group-b",
		"neighbor 206.126.236.102 description Akamai Technologies",
		"neighbor 206.126.236.102 maximum-prefix 20",
		"neighbor 206.126.236.102 password 0 0",
		"end",
		"write",
	}
	n := neighbors[0].Neighbor
	n.Password = "0"
	for _, op := range operations[:2] {
		got, err := op.render(lookup(t, "cisco_iosxe"), n)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-documentation +got):\n%s", op.name, diff)
		}
	}
}
