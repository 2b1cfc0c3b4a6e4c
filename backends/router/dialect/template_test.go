package dialect

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"
	"unicode/utf8"
)

// TestTemplatesPrintOnlyFiltered looks for values that a template prints
// without a filter.
func TestTemplatesPrintOnlyFiltered(t *testing.T) {
	t.Parallel()
	filters := limits{}.filters()
	for _, d := range platforms {
		found := 0
		var walk func(n parse.Node)
		walk = func(n parse.Node) {
			switch n := n.(type) {
			case *parse.ListNode:
				if n != nil {
					for _, c := range n.Nodes {
						walk(c)
					}
				}
			case *parse.IfNode:
				walk(n.List)
				walk(n.ElseList)
			case *parse.TemplateNode:
			case *parse.TextNode:
			case *parse.ActionNode:
				id, ok := n.Pipe.Cmds[0].Args[0].(*parse.IdentifierNode)
				if !ok || filters[id.Ident] == nil || len(n.Pipe.Cmds) != 1 || len(n.Pipe.Decl) != 0 {
					t.Errorf("%s prints %s", d.Name, n)
				}
				found++
			default:
				t.Errorf("%s: %T is not foreseen in a template", d.Name, n)
			}
		}
		for _, tmpl := range d.template.Templates() {
			walk(tmpl.Root)
		}
		if found < 5 {
			t.Errorf("%s prints %d values only", d.Name, found)
		}
		for _, name := range []string{"add.tmpl", "change.tmpl", "remove.tmpl"} {
			if d.template.Lookup(name) == nil {
				t.Errorf("%s has no %s", d.Name, name)
			}
		}
	}
}

// sendable tells whether a line can be sent as it is.
func sendable(line string) bool {
	return line != "" && utf8.ValidString(line) && unsendable(line) == "" && !strings.ContainsFunc(line, func(r rune) bool {
		return r > 0x7e || unicode.IsControl(r)
	})
}

// FuzzRender renders whatever values there are: each line can be sent, and how
// many there are, and where they configure, follows from which values are set
// and not from what they say.
func FuzzRender(f *testing.F) {
	f.Add("192.0.2.2", uint32(1), uint32(2), uint32(3), "G", "Telefónica | x", "geheim")
	f.Add("2001:db8::1", uint32(1), uint32(0), uint32(0), "a\nb", "\x00\u2028", "a b")
	f.Add("fe80::1%x\ny", uint32(0), uint32(2), uint32(1<<31), "", "?", `"; reload`)
	f.Fuzz(func(t *testing.T, address string, local, remote, limit uint32, group, description, password string) {
		a, _ := netip.ParseAddr(address)
		n := Neighbor{local, remote, a, group, description, limit, password}
		tame := Neighbor{LocalASN: 1, RemoteASN: 2, Address: netip.MustParseAddr("192.0.2.2")}
		if a.Unmap().Is6() {
			tame.Address = netip.MustParseAddr("2001:db8::2")
		}
		if group != "" {
			tame.PeerGroup = "G"
		}
		if description != "" {
			tame.Description = "D"
		}
		if password != "" {
			tame.Password = "P"
		}
		if limit != 0 {
			tame.MaximumPrefixes = 1
		}
		for _, d := range platforms {
			lines, err := d.Change(n)
			if err != nil {
				continue
			}
			want, err := d.Change(tame)
			if err != nil {
				t.Fatal(err)
			}
			if len(lines) != len(want) {
				t.Fatalf("%s: %d lines instead of %d:\n%s", d.Name, len(lines), len(want), strings.Join(lines, "\n"))
			}
			for i, line := range lines {
				if !sendable(line) {
					t.Errorf("%s: line %q", d.Name, line)
				}
				// The first word says what a line does.
				if first(line) != first(want[i]) {
					t.Errorf("%s: %q instead of %q", d.Name, line, want[i])
				}
			}
			if split, err := SplitLines(strings.Join(lines, "\n")); err != nil || !slices.Equal(split, lines) {
				t.Errorf("%s: %v", d.Name, err)
			}
		}
	})
}

func first(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return word
}
