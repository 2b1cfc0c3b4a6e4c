package shadow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"provision-gateway/compat/shadow/ordered"
)

// randomJSON is a random document, duplicate names and odd strings included.
func randomJSON(random *rand.Rand, depth int) *tree {
	t := &tree{kind: ordered.Kind(random.IntN(6))}
	if depth == 0 {
		t.kind = ordered.Kind(random.IntN(4))
	}
	text := func() string {
		return []string{`""`, `"a"`, `"id"`, `"\u00e9\/"`, `"é/"`, `"0"`, `"\ud800"`, "\"\xff\"", `"a b"`, `"12"`}[random.IntN(10)]
	}
	switch t.kind {
	case ordered.Null:
		t.raw = "null"
	case ordered.Bool:
		t.raw = []string{"true", "false"}[random.IntN(2)]
	case ordered.Number:
		t.raw = []string{"0", "-0", "1", "1.0", "10e-1", "123456789012345678901234567890", "1E400", "0.1"}[random.IntN(8)]
	case ordered.String:
		t.raw = text()
	default:
		for range random.IntN(5) {
			child := randomJSON(random, depth-1)
			if t.kind == ordered.Object {
				child.name = text()
			}
			t.children = append(t.children, child)
		}
	}
	return t
}

// respelled writes a document in other bytes with the same meaning.
func respelled(random *rand.Rand, t *tree) *tree {
	c := t.clone()
	c.visit(nil, func(_ []step, n *tree) {
		if random.IntN(3) == 0 {
			n.before = " "
		}
		if n.kind == ordered.String && random.IntN(3) == 0 {
			n.raw = respell(n.raw)
		}
		names := map[string]bool{}
		for _, child := range n.children {
			names[ordered.Decode(child.name)] = true
		}
		if n.kind == ordered.Object && len(names) == len(n.children) && random.IntN(3) == 0 {
			slices.Reverse(n.children)
		}
	})
	return c
}

func TestRandomJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	rules := walkAll(t)
	for range 3000 {
		document := randomJSON(random, 5)
		a := answer(document.String())
		if r := Compare("a.b", a, a, rules); !r.Matches() {
			t.Fatalf("%s differs from itself: %v", a.Body, r.Differences)
		}
		if noise := Noise("a.b", a, a); len(noise) > 0 {
			t.Fatalf("%s has noise: %v", a.Body, noise)
		}
		other := answer(respelled(random, document).String())
		for _, d := range Compare("a.b", a, other, nil).Differences {
			if !slices.Contains([]Kind{Escapes, KeyOrder, WhiteSpace}, d.Kind) {
				t.Fatalf("%s against %s: %v", a.Body, other.Body, d)
			}
		}
		// Whatever differs, the answer's noise takes away.
		unlike := answer(randomJSON(random, 5).String())
		r := Compare("a.b", a, unlike, nil)
		if left := r.Without(Noise("a.b", a, unlike)); !left.Matches() {
			t.Fatalf("%s against %s: noise leaves %v", a.Body, unlike.Body, left.Differences)
		}
		for _, d := range r.Differences {
			if strings.HasPrefix(d.Path, "$") {
				if steps, err := parsePath(d.Path); err != nil || render(steps, false) != d.Path {
					t.Fatalf("path %s: %v", d.Path, err)
				}
			}
		}
	}
}

// FuzzCompare compares any bytes: equal ones never differ, others that parse
// always do when they are not the same, and a comparison says the same number of
// differences either way round.
func FuzzCompare(f *testing.F) {
	f.Add(`{"a":[1,2,{"id":"1"}]}`, `{"a":[{"id":"1"},2,1]}`)
	f.Add(`[{"id":1},{"id":2}]`, `[{"id":2}]`)
	f.Add(`["\u00e9", 1.0]`, `["é",1]`)
	f.Add(`<`, `[]`)
	f.Add(`{"a":1,"a":2}`, `{"a":2}`)
	rules := walkAll(f)
	f.Fuzz(func(t *testing.T, original, own string) {
		if r := Compare("a.b", answer(original), answer(original), rules); !r.Matches() {
			t.Fatalf("%q differs from itself: %v", original, r.Differences)
		}
		r := Compare("a.b", answer(original), answer(own), nil)
		if r.Matches() != (original == own) {
			t.Fatalf("%q against %q: %v", original, own, fmt.Sprint(r.Differences))
		}
		if back := Compare("a.b", answer(own), answer(original), nil); back.Matches() != r.Matches() {
			t.Fatalf("%q against %q: the other way round %v", original, own, back.Differences)
		}
	})
}

func FuzzReadRules(f *testing.F) {
	f.Add("- {action: a.b, path: $.x, rule: ignore, reason: x, expires: 2030-01-01}")
	f.Add("- {action: '*', path: '$..[\"a\"][3]', rule: ids, table: {a: b}, reason: x, expires: 2030-01-01}")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ReadRules(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range rules.All() {
			if r.Reason == "" || r.Expires.IsZero() {
				t.Fatalf("%q gave %+v", text, r)
			}
		}
		Compare("a.b", answer(`{"x":[1,{"id":"1"}]}`), answer(`{"x":[2,{"id":"2"}]}`), rules)
	})
}
