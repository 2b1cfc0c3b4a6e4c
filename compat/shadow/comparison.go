package shadow

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"

	"provision-gateway/compat/shadow/ordered"
)

// comparison is one comparison on its way.
type comparison struct {
	original, own string
	text          func(path, text string) string
	// path is where the comparison is.
	path []step
	// rules are those for the action; ids and unordered those of them that say
	// what belongs together, before there is a difference.
	rules, ids, unordered []*Rule
	pairs                 *pairs
	hashes                map[*ordered.Node]uint64
	// white tells that white space was reported.
	white  bool
	result Result
	groups map[Count]int
	// samples count those in the lists, by group, for differences and ignored
	// ones.
	samples [2]map[Count]int
}

func newComparison(o Options, action string) *comparison {
	c := &comparison{text: o.Text, groups: map[Count]int{}, pairs: newPairs(o.Mapping)}
	c.samples = [2]map[Count]int{{}, {}}
	if o.Rules == nil {
		return c
	}
	for i := range o.Rules.rules {
		r := &o.Rules.rules[i]
		if !r.forAction(action) {
			continue
		}
		c.rules = append(c.rules, r)
		switch r.Rule {
		case IDs:
			c.ids = append(c.ids, r)
		case Unordered:
			c.unordered = append(c.unordered, r)
		}
	}
	return c
}

func (c *comparison) finish() Result {
	if c.result.Total == 0 {
		c.pairs.commit()
	}
	return c.result
}

// report notes a difference at the path where the comparison is.
func (c *comparison) report(kind Kind, original, own string) {
	d := Difference{Path: render(c.path, false), Kind: kind, Original: original, Own: own}
	c.note(d, render(c.path, true), c.ruleFor(kind, original, own))
}

// reportBy notes a difference that a rule took away already.
func (c *comparison) reportBy(rule *Rule, kind Kind, original, own string) {
	d := Difference{Path: render(c.path, false), Kind: kind, Original: original, Own: own}
	c.note(d, render(c.path, true), rule)
}

// reportAt notes a difference outside the JSON.
func (c *comparison) reportAt(place string, kind Kind, original, own string) {
	d := Difference{Path: place, Kind: kind, Original: original, Own: own}
	for _, r := range c.rules {
		if r.Rule == Ignore && r.Path == place && r.forKind(kind) {
			c.note(d, place, r)
			return
		}
	}
	c.note(d, place, nil)
}

func (c *comparison) note(d Difference, pattern string, rule *Rule) {
	group := Count{Pattern: pattern, Kind: d.Kind}
	list, samples := &c.result.Differences, c.samples[0]
	if rule != nil {
		d.Rule = rule.String()
		list, samples = &c.result.Ignored, c.samples[1]
		c.result.IgnoredTotal++
	} else {
		c.result.Total++
		if at, known := c.groups[group]; known {
			c.result.Counts[at].Number++
		} else if len(c.result.Counts) < maxGroups {
			c.groups[group] = len(c.result.Counts)
			c.result.Counts = append(c.result.Counts, Count{pattern, d.Kind, 1})
		}
	}
	if len(*list) >= MaxDifferences || samples[group] >= maxPerGroup {
		return
	}
	samples[group]++
	d.Original, d.Own = c.show(d, d.Original), c.show(d, d.Own)
	*list = append(*list, d)
}

// show makes a text fit to be stored.
func (c *comparison) show(d Difference, text string) string {
	if c.text != nil && text != "" {
		switch d.Kind {
		case Length, WhiteSpace:
		case KeyOrder:
			text = c.text("names", text)
		default:
			text = c.text(d.Path, text)
		}
	}
	if len(text) <= maxText {
		return strings.ToValidUTF8(text, "\ufffd")
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.ToValidUTF8(text[:end], "\ufffd") + "…"
}

// value compares two values that stand in the same place.
func (c *comparison) value(original, own *ordered.Node) {
	if original.Raw == own.Raw && len(c.ids) == 0 {
		return
	}
	container := original.Kind == ordered.List || original.Kind == ordered.Object
	if !container && own.Kind != ordered.List && own.Kind != ordered.Object && c.mapped(original, own) {
		return
	}
	switch {
	case original.Kind != own.Kind:
		c.report(Type, original.Raw, own.Raw)
	case original.Kind == ordered.Object:
		c.object(original, own)
		c.closing(original, own)
	case original.Kind == ordered.List:
		c.list(original, own)
		c.closing(original, own)
	case original.Raw == own.Raw:
	case original.Kind == ordered.Number && canonical(original.Raw) == canonical(own.Raw):
		if integral(original.Raw) != integral(own.Raw) {
			c.report(Type, original.Raw, own.Raw)
		} else {
			c.report(Escapes, original.Raw, own.Raw)
		}
	case original.Kind == ordered.String && original.Text() == own.Text():
		c.report(Escapes, original.Raw, own.Raw)
	default:
		c.report(Value, original.Raw, own.Raw)
	}
}

// within does something with the path one step longer.
func (c *comparison) within(s step, do func()) {
	c.path = append(c.path, s)
	do()
	c.path = c.path[:len(c.path)-1]
}

func member(n *ordered.Node) step { return step{name: n.Name()} }

// pair compares the children of two containers that belong together.
func (c *comparison) pair(s step, original *ordered.Node, i int, own *ordered.Node, j int) {
	a, b := &original.Children[i], &own.Children[j]
	c.within(s, func() {
		c.gapsBefore(original, i, own, j)
		if a.RawName != b.RawName {
			c.report(Escapes, a.RawName, b.RawName)
		}
		c.value(a, b)
	})
}

func (c *comparison) object(original, own *ordered.Node) {
	a, b := original.Children, own.Children
	same := len(a) == len(b)
	for i := 0; same && i < len(a); i++ {
		same = a[i].RawName == b[i].RawName || a[i].Name() == b[i].Name()
	}
	if same {
		for i := range a {
			c.pair(member(&a[i]), original, i, own, i)
		}
		return
	}
	// Of a name that occurs more than once, the first belongs to the first.
	places := make(map[string][]int, len(b))
	for j := range b {
		name := b[j].Name()
		places[name] = append(places[name], j)
	}
	taken := make([]bool, len(b))
	last, ordered := -1, true
	for i := range a {
		name := a[i].Name()
		if len(places[name]) == 0 {
			c.within(member(&a[i]), func() { c.report(Missing, a[i].Raw, "") })
			continue
		}
		j := places[name][0]
		places[name] = places[name][1:]
		taken[j] = true
		ordered = ordered && j > last
		last = j
		c.pair(member(&a[i]), original, i, own, j)
	}
	for j := range b {
		if !taken[j] {
			c.within(member(&b[j]), func() { c.report(Extra, "", b[j].Raw) })
		}
	}
	if !ordered {
		c.report(KeyOrder, names(original), names(own))
	}
}

func names(n *ordered.Node) string {
	var b strings.Builder
	for i := range n.Children {
		if b.Len() > 4*maxText {
			break
		}
		b.WriteString(strings.Repeat(",", min(i, 1)) + n.Children[i].Name())
	}
	return b.String()
}

// gap compares the white space at the path.
func (c *comparison) gap(original, own string) {
	if !c.white && original != own {
		c.white = true
		c.report(WhiteSpace, strconv.Quote(original), strconv.Quote(own))
	}
}

// gapsBefore compares the white space before a child and around its name.
func (c *comparison) gapsBefore(original *ordered.Node, i int, own *ordered.Node, j int) {
	if c.white {
		return
	}
	before := func(text string, n *ordered.Node, at int) string {
		from := n.Start + 1
		if at > 0 {
			from = n.Children[at-1].End()
		}
		gap := text[from:n.Children[at].First()]
		if (i == 0) != (j == 0) {
			// Only one of them has a comma before it.
			gap = gap[strings.IndexByte(gap, ',')+1:]
		}
		return gap
	}
	c.gap(before(c.original, original, i), before(c.own, own, j))
	if a, b := &original.Children[i], &own.Children[j]; a.RawName != "" {
		c.gap(c.original[a.NameStart+len(a.RawName):a.Start], c.own[b.NameStart+len(b.RawName):b.Start])
	}
}

// closing compares the white space before the closing bracket.
func (c *comparison) closing(original, own *ordered.Node) {
	last := func(n *ordered.Node) int {
		if len(n.Children) == 0 {
			return n.Start + 1
		}
		return cmp.Or(n.Children[len(n.Children)-1].End(), n.Start+1)
	}
	if !c.white {
		c.gap(c.original[last(original):original.End()-1], c.own[last(own):own.End()-1])
	}
}
