package ordered

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseKeepsSpelling(t *testing.T) {
	t.Parallel()
	const document = " {\"a\\/b\" : [1.0, 1e2,\"\\u00e9\"],\n\"x\":null,\"x\":true,\"big\":123456789012345678901234567890}\n"
	root, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	if root.Kind != Object || len(root.Children) != 4 {
		t.Fatalf("root is %v with %d members", root.Kind, len(root.Children))
	}
	list := root.Children[0]
	if list.Name() != "a/b" || list.RawName != `"a\/b"` || list.First() != 2 || list.Raw != `[1.0, 1e2,"\u00e9"]` {
		t.Errorf("first member %+v", list)
	}
	if e := list.Children[2]; e.Text() != "é" || document[e.Start:e.End()] != e.Raw {
		t.Errorf("escaped element %+v", e)
	}
	if root.Children[1].Kind != Null || root.Children[2].Kind != Bool || root.Children[2].Name() != "x" {
		t.Error("duplicate members are not kept in their order")
	}
	if n := root.Member("big"); n == nil || n.Text() != "123456789012345678901234567890" {
		t.Errorf("big number %+v", n)
	}
	if root.Member("none") != nil || list.Member("x") != nil {
		t.Error("a member that is not there was found")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1)
	for _, document := range []string{"", " ", "{", "[1", "[1,]", `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, "01", "-", "1.", "1e", `"a`, `"\x"`, `"\u12g4"`, `"\`, "nul", "1 2", "<html>", "\ufeff{}", deep} {
		if _, err := Parse(document); err == nil || !strings.HasPrefix(err.Error(), "not JSON at byte ") {
			t.Errorf("%.20q: error %v", document, err)
		}
	}
	if _, err := Parse(deep[1 : len(deep)-1]); err != nil {
		t.Errorf("at the limit of depth: %v", err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"a"`:                "a",
		`"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t",
		`"\ud83d\ude00"`:     "😀",
		`"\ud83dx"`:          "\xed\xa0\xbdx",
		`"\ude00\ud83d"`:     "\xed\xb8\x80\xed\xa0\xbd",
		"\"\xff\n\"":         "\xff\n",
		"12":                 "12",
		`"\u00E9"`:           "é",
	} {
		if got := Decode(raw); got != want {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	}
}

// FuzzParse holds the parser against encoding/json: what that accepts is
// accepted, with the same text; and every node stands where it says.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e-3,"\u00e9\/"],"a":null}`, `[[],{},"",-0]`, "{", `"\ud800"`, " [ true , false ] ", "\"\xff\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		root, err := Parse(document)
		if err != nil {
			if json.Valid([]byte(document)) && strings.Count(document, "[")+strings.Count(document, "{") <= MaxDepth {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		var walk func(n *Node)
		walk = func(n *Node) {
			if document[n.Start:n.End()] != n.Raw || document[n.NameStart:n.NameStart+len(n.RawName)] != n.RawName {
				t.Fatalf("node %+v does not stand where it says", n)
			}
			var want string
			if n.Kind == String && utf8.ValidString(n.Text()) && json.Unmarshal([]byte(n.Raw), &want) == nil && want != n.Text() {
				t.Fatalf("%s: text %q, want %q", n.Raw, n.Text(), want)
			}
			at := n.Start
			for i := range n.Children {
				c := &n.Children[i]
				if c.First() < at || c.End() > n.End() || (c.RawName != "") != (n.Kind == Object) {
					t.Fatalf("child %+v of %+v", c, n)
				}
				at = c.End()
				walk(c)
			}
		}
		walk(root)
	})
}
