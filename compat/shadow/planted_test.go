package shadow

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/compat/shadow/ordered"
)

// tree is a document that can be changed.
type tree struct {
	kind ordered.Kind
	// raw is a scalar, name the spelling of a member's name, before the white
	// space before it, inside that of an empty container.
	raw, name, before string
	children          []*tree
}

func newTree(n *ordered.Node) *tree {
	t := &tree{kind: n.Kind, raw: n.Raw, name: n.RawName}
	for i := range n.Children {
		t.children = append(t.children, newTree(&n.Children[i]))
	}
	return t
}

func (t *tree) clone() *tree {
	c := *t
	c.children = nil
	for _, child := range t.children {
		c.children = append(c.children, child.clone())
	}
	return &c
}

func (t *tree) container() bool { return t.kind == ordered.List || t.kind == ordered.Object }

func (t *tree) write(b *strings.Builder) {
	b.WriteString(t.before)
	if t.name != "" {
		b.WriteString(t.name + ":")
	}
	if !t.container() {
		b.WriteString(t.raw)
		return
	}
	b.WriteString(map[ordered.Kind]string{ordered.List: "[", ordered.Object: "{"}[t.kind])
	for i, child := range t.children {
		b.WriteString(strings.Repeat(",", min(i, 1)))
		child.write(b)
	}
	b.WriteString(map[ordered.Kind]string{ordered.List: "]", ordered.Object: "}"}[t.kind])
}

func (t *tree) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

// visit calls do with every node and its path.
func (t *tree) visit(path []step, do func(path []step, t *tree)) {
	do(path, t)
	for i, child := range t.children {
		s := step{element: true, index: i}
		if t.kind == ordered.Object {
			s = step{name: ordered.Decode(child.name)}
		}
		child.visit(append(slices.Clip(path), s), do)
	}
}

// place is a node that a difference can be planted in.
type place struct {
	path []step
	t    *tree
}

// plant changes a tree in one way and returns the path of the change; false when
// the tree has no place for it.
func plant(random *rand.Rand, root *tree, kind Kind) (string, bool) {
	var places []place
	root.visit(nil, func(path []step, t *tree) {
		if fits(t, kind) {
			places = append(places, place{path, t})
		}
	})
	if len(places) == 0 {
		return "", false
	}
	p := places[random.IntN(len(places))]
	t, at := p.t, 0
	if len(t.children) > 0 {
		at = random.IntN(len(t.children))
	}
	path := render(p.path, false)
	switch kind {
	case Missing:
		path = render(append(p.path, step{name: ordered.Decode(t.children[at].name)}), false)
		t.children = slices.Delete(t.children, at, at+1)
	case Extra:
		path = render(append(p.path, step{name: "planted"}), false)
		t.children = slices.Insert(t.children, at, &tree{kind: ordered.Null, raw: "null", name: `"planted"`})
	case Type:
		t.kind, t.raw = otherType(t)
	case Value:
		switch t.kind {
		case ordered.String:
			t.raw = t.raw[:len(t.raw)-1] + `~"`
		case ordered.Number:
			t.raw = "9" + strings.TrimPrefix(t.raw, "-")
		default:
			t.raw = map[string]string{"true": "false", "false": "true"}[t.raw]
		}
	case Order:
		first := t.children[0].String()
		other := slices.IndexFunc(t.children, func(c *tree) bool { return c.String() != first })
		t.children[0], t.children[other] = t.children[other], t.children[0]
	case Length:
		t.children = slices.Delete(t.children, at, at+1)
	case Escapes:
		t.raw = respell(t.raw)
	case KeyOrder:
		t.children = append(t.children[1:], t.children[0])
	case WhiteSpace:
		t.before = []string{" ", "\n", "\t\t"}[random.IntN(3)]
	}
	return path, true
}

// fits reports whether a difference can be planted in a node.
func fits(t *tree, kind Kind) bool {
	switch kind {
	case Missing:
		return t.kind == ordered.Object && len(t.children) > 0
	case Extra:
		return t.kind == ordered.Object
	case Type:
		return !t.container()
	case Value:
		return !t.container() && t.kind != ordered.Null
	case Order:
		return t.kind == ordered.List && slices.ContainsFunc(t.children, func(c *tree) bool { return c.String() != t.children[0].String() })
	case Length:
		return t.kind == ordered.List && len(t.children) > 0
	case Escapes:
		return t.kind == ordered.String && respell(t.raw) != t.raw
	case KeyOrder:
		return t.kind == ordered.Object && len(t.children) > 1
	}
	return true
}

func otherType(t *tree) (ordered.Kind, string) {
	switch t.kind {
	case ordered.Null:
		return ordered.String, `""`
	case ordered.Number:
		return ordered.String, `"` + t.raw + `"`
	case ordered.Bool:
		return ordered.Number, "1"
	}
	if text := ordered.Decode(t.raw); digits(text) && text[0] != '0' {
		return ordered.Number, text
	}
	return ordered.Null, "null"
}

// respell escapes every character of a string.
func respell(raw string) string {
	var b strings.Builder
	for _, r := range ordered.Decode(raw) {
		if r > 0xffff || r == 0xfffd {
			return raw
		}
		fmt.Fprintf(&b, `\u%04X`, r)
	}
	return `"` + b.String() + `"`
}

// goldenAnswers are the answers of the golden files.
func goldenAnswers(t testing.TB) map[string]*tree {
	t.Helper()
	answers := map[string]*tree{}
	for _, target := range []string{"lir", "peering", "resource", "test"} {
		err := filepath.WalkDir("../../testdata/"+target, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			number := 0
			for line := range strings.Lines(string(text)) {
				if root, err := ordered.Parse(line); err == nil && root.Kind == ordered.Object {
					number++
					answers[fmt.Sprintf("%s %d", path, number)] = newTree(root)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(answers) < 300 {
		t.Fatalf("only %d answers", len(answers))
	}
	return answers
}

// walkAll is a set of rules that takes nothing away, but makes a comparison look
// at everything, equal or not.
func walkAll(t testing.TB) *Rules {
	t.Helper()
	rules, err := ReadRules(strings.NewReader("- {action: '*', path: $.nowhere, rule: ids, reason: x, expires: 2030-01-01}"))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestGoldensEqualThemselves(t *testing.T) {
	t.Parallel()
	rules := walkAll(t)
	for name, tree := range goldenAnswers(t) {
		a := answer(tree.String())
		if r := Compare("a.b", a, a, rules); !r.Matches() {
			t.Errorf("%s: %v", name, r.Differences)
		}
	}
}

// TestPlantedDifferences plants one difference of every kind in every golden
// answer: it must be found in its place, and nothing beside it.
func TestPlantedDifferences(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	planted := map[Kind]int{}
	answers := goldenAnswers(t)
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		original := answers[name]
		for _, kind := range Kinds() {
			var own Answer
			var path string
			switch kind {
			case Status:
				own, path = Answer{http.StatusInternalServerError, "application/json", []byte(original.String())}, "status"
			case NotJSON:
				own, path = answer("PHP Notice\n"+original.String()), "$"
			default:
				changed := original.clone()
				var ok bool
				if path, ok = plant(random, changed, kind); !ok {
					continue
				}
				own = answer(changed.String())
			}
			planted[kind]++
			// Both ways round: what is missing in one is extra in the other.
			r := Compare("a.b", answer(original.String()), own, nil)
			if got := short(r.Differences); got != string(kind)+" "+path || r.Total != 1 {
				t.Fatalf("%s: planted %s %s, found %s\n%s\n%s", name, kind, path, got, original, own.Body)
			}
		}
	}
	for _, kind := range Kinds() {
		if planted[kind] < 100 {
			t.Errorf("%s was planted %d times only", kind, planted[kind])
		}
	}
	t.Logf("planted %v", planted)
}

// TestHundredPlanted plants many differences at once, each in another element of
// one list.
func TestHundredPlanted(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	root, err := ordered.Parse(string(sessions(1000)))
	if err != nil {
		t.Fatal(err)
	}
	original := newTree(root)
	own := original.clone()
	data := own.children[2]
	kinds := []Kind{Missing, Extra, Type, Value, Escapes, KeyOrder}
	var want []string
	for i := range 100 {
		kind := kinds[i%len(kinds)]
		path, ok := plant(random, data.children[i*10], kind)
		if !ok {
			t.Fatalf("%s could not be planted", kind)
		}
		want = append(want, fmt.Sprintf("%s $.data[%d]%s", kind, i*10, path[1:]))
	}
	check := func(total int, want []string) {
		t.Helper()
		// The lists are samples, the counts are all.
		r := Compare("a.b", answer(original.String()), answer(own.String()), nil)
		if r.Total != total || len(r.Differences) < 90 {
			t.Errorf("%d found, %d planted", r.Total, total)
		}
		for _, d := range r.Differences {
			if !slices.Contains(want, string(d.Kind)+" "+d.Path) {
				t.Errorf("found %v, which was not planted", d)
			}
		}
		left := map[Count]int{}
		for _, count := range r.Counts {
			left[Count{count.Pattern, count.Kind, 0}] = count.Number
		}
		for _, w := range want {
			kind, path, _ := strings.Cut(w, " ")
			if group := (Count{generalise(path), Kind(kind), 0}); left[group] == 0 {
				t.Errorf("%s was not found", w)
			} else {
				left[group]--
			}
		}
	}
	check(100, want)
	// One element less, in the middle.
	data.children = slices.Delete(data.children, 505, 506)
	check(101, append(want, "length $.data"))
	// And no ids at all.
	for _, root := range []*tree{original, own} {
		for _, session := range root.children[2].children {
			session.children = slices.DeleteFunc(session.children, func(c *tree) bool { return c.name == `"id"` || c.name == `"planted"` })
		}
	}
	if r := Compare("a.b", answer(original.String()), answer(own.String()), nil); r.Total > 101 {
		t.Errorf("without ids %d found", r.Total)
	}
}

// sessions is an answer of many sessions.
func sessions(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"success":1,"message":"%d sessions found.","data":[`, n)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","source_asn":"32787","source_ipaddr":"192.0.2.4","resource_id":"422","resource_name":"ar1.example.net","peer_asn":"%d","peer_name":"Network \u00e9 %d","peer_ipaddr":"198.51.100.%d","peer_hostname":null,"public_id":"1","website":"http:\/\/www.example.net\/","ip_type":"ipv4","type":"Peer","state":"not configured","prfx_max":"20","password":"0","log_data":[{"message":"Session added","time":"2014-05-22 23:14:54"},{"message":"Peer status reset","time":"2014-05-23 23:14:54"}]}`, i+1, 64500+i, i, i%250)
	}
	b.WriteString("]}")
	return []byte(b.String())
}

// TestBigAnswersAreFast guards the order of growth: 5 MB with every kind of
// trouble must not take long even where the machine is busy.
func TestBigAnswersAreFast(t *testing.T) {
	t.Parallel()
	original := sessions(10000)
	for name, own := range map[string][]byte{
		"one value":      []byte(strings.Replace(string(original), "Session added", "Session adds", 1)),
		"one gone":       []byte(strings.Replace(string(original), `{"id":"1",`, `{"id":"x1",`, 1)),
		"every value":    []byte(strings.ReplaceAll(string(original), "Session added", "x")),
		"no ids":         []byte(strings.ReplaceAll(string(original), `"id":"`, `"id_":"`)),
		"bytes":          []byte(strings.ReplaceAll(string(original), `\/`, `/`)),
		"another answer": sessions(5000),
	} {
		start := time.Now()
		r := Compare("a.b", answer(string(original)), answer(string(own)), nil)
		if took := time.Since(start); r.Matches() || took > 10*time.Second {
			t.Errorf("%s: %d differences in %v", name, r.Total, took)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	original := sessions(10000)
	for name, own := range map[string]string{
		"equal":       string(original),
		"one value":   strings.Replace(string(original), "Session added", "Session adds", 1),
		"every value": strings.ReplaceAll(string(original), "Session added", "x"),
		"no ids":      strings.ReplaceAll(string(original), `"id":"`, `"id_":"`),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(original)))
			for b.Loop() {
				Compare("a.b", answer(string(original)), answer(own), nil)
			}
		})
	}
}
