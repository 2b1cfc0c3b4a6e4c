package shadow

import (
	"hash/maphash"
	"strconv"

	"provision-gateway/compat/shadow/ordered"
)

// couple is an element of the original and the one of ours that belongs to it.
type couple struct{ i, j int }

func element(i int) step { return step{element: true, index: i} }

func (c *comparison) list(original, own *ordered.Node) {
	a, b := original.Children, own.Children
	if len(a) != len(b) {
		c.report(Length, strconv.Itoa(len(a)), strconv.Itoa(len(b)))
	}
	rule, by := c.unorderedRule(), "id"
	if rule != nil && rule.By != "" {
		by = rule.By
	}
	couples, reordered, lonely := c.alignByKey(a, b, by)
	if couples == nil {
		couples, reordered = c.alignByContent(a, b, rule != nil)
	}
	if reordered != nil {
		i, j := reordered.i, min(reordered.i, len(b)-1)
		if rule != nil {
			c.reportBy(rule, Order, a[i].Raw, b[j].Raw)
		} else {
			c.report(Order, a[i].Raw, b[j].Raw)
		}
	}
	for _, p := range couples {
		c.pair(element(p.i), original, p.i, own, p.j)
	}
	// Where only one side has elements that the other does not, the length
	// says it.
	if lonely {
		c.lonely(a, b, couples)
	}
}

func (c *comparison) lonely(a, b []ordered.Node, couples []couple) {
	coupledA, coupledB := make([]bool, len(a)), make([]bool, len(b))
	for _, p := range couples {
		coupledA[p.i], coupledB[p.j] = true, true
	}
	for i := range a {
		if !coupledA[i] {
			c.within(element(i), func() { c.report(Missing, a[i].Raw, "") })
		}
	}
	for j := range b {
		if !coupledB[j] {
			c.within(element(j), func() { c.report(Extra, "", b[j].Raw) })
		}
	}
}

// keys are the values of a member by which the elements of a list can be told
// apart; nil when they cannot.
func keys(list []ordered.Node, by string) ([]string, map[string]int) {
	texts, places := make([]string, len(list)), make(map[string]int, len(list))
	for i := range list {
		m := list[i].Member(by)
		if m == nil || m.Kind != ordered.String && m.Kind != ordered.Number {
			return nil, nil
		}
		texts[i] = m.Text()
		if _, known := places[texts[i]]; known {
			return nil, nil
		}
		places[texts[i]] = i
	}
	return texts, places
}

// alignByKey couples objects with the same value of a member. It returns no
// couples where that is not possible. What is left over on both sides belongs
// together in its order when the lists are equally long: then somebody changed
// the member. So it does where the neighbours on both sides belong together; else
// it is lonely.
func (c *comparison) alignByKey(a, b []ordered.Node, by string) (couples []couple, reordered *couple, lonely bool) {
	textsA, _ := keys(a, by)
	textsB, places := keys(b, by)
	if len(textsA) == 0 || len(textsB) == 0 {
		return nil, nil, false
	}
	rule := c.idsRuleBelow(by)
	couples = make([]couple, 0, len(a))
	taken := make([]bool, len(b))
	var left []int
	last := -1
	for i, text := range textsA {
		if rule != nil {
			text = c.pairs.translate(rule, text)
		}
		j, found := places[text]
		if !found || taken[j] {
			left = append(left, i)
			continue
		}
		taken[j] = true
		if j < last && reordered == nil {
			reordered = &couple{i, j}
		}
		last = max(last, j)
		couples = append(couples, couple{i, j})
	}
	if len(left) == 0 || len(couples) == len(b) {
		return couples, reordered, false
	}
	if len(a) != len(b) {
		couples = neighbours(couples, left, taken, len(a))
		return couples, reordered, len(couples) < min(len(a), len(b))
	}
	j := 0
	for _, i := range left {
		for taken[j] {
			j++
		}
		taken[j] = true
		couples = append(couples, couple{i, j})
	}
	return couples, reordered, false
}

// neighbours adds to couples those elements left over whose neighbours on either
// side belong together.
func neighbours(couples []couple, left []int, taken []bool, n int) []couple {
	const none = -2
	places := make([]int, n+2) // of the elements, with those before and behind all
	for i := range places {
		places[i] = none
	}
	places[0], places[n+1] = -1, len(taken)
	for _, p := range couples {
		places[p.i+1] = p.j
	}
	for _, i := range left {
		if before, after := places[i], places[i+2]; before != none && after == before+2 && !taken[before+1] {
			taken[before+1] = true
			couples = append(couples, couple{i, before + 1})
		}
	}
	return couples
}

// alignByContent couples elements that cannot be told apart by a member: equal
// ones where the lists hold the same, else those that have the same place
// between equal beginnings and ends.
func (c *comparison) alignByContent(a, b []ordered.Node, unordered bool) (couples []couple, reordered *couple) {
	hashesA, hashesB := c.hashAll(a), c.hashAll(b)
	first := 0
	for first < min(len(a), len(b)) && hashesA[first] == hashesB[first] {
		couples = append(couples, couple{first, first})
		first++
	}
	endA, endB := len(a), len(b)
	for endA > first && endB > first && hashesA[endA-1] == hashesB[endB-1] {
		endA, endB = endA-1, endB-1
		couples = append(couples, couple{endA, endB})
	}
	if first == endA || first == endB {
		return couples, nil
	}
	equal := make(map[uint64][]int, endB-first)
	for j := first; j < endB; j++ {
		equal[hashesB[j]] = append(equal[hashesB[j]], j)
	}
	middle := make([]couple, 0, endA-first)
	for i := first; i < endA; i++ {
		if js := equal[hashesA[i]]; len(js) > 0 {
			middle = append(middle, couple{i, js[0]})
			equal[hashesA[i]] = js[1:]
		}
	}
	switch {
	case len(middle) == endA-first && len(a) == len(b):
		// The same elements: those in the middle are not in their places.
		return append(couples, middle...), &couple{first, middle[0].j}
	case unordered:
		if at := unsorted(middle); at >= 0 {
			reordered = &middle[at]
		}
		return append(couples, between(middle, first, endA, endB)...), reordered
	case len(a) == len(b):
		for i := first; i < endA; i++ {
			couples = append(couples, couple{i, i})
		}
		return couples, nil
	}
	// Between equal elements those that are left belong together.
	anchors := append(rising(middle), couple{endA, endB})
	i, j := first, first
	for _, anchor := range anchors {
		for i < anchor.i && j < anchor.j {
			couples = append(couples, couple{i, j})
			i, j = i+1, j+1
		}
		if anchor.i < endA {
			couples = append(couples, anchor)
		}
		i, j = anchor.i+1, anchor.j+1
	}
	return couples, nil
}

// unsorted is the first couple that stands before one before it, or -1.
func unsorted(couples []couple) int {
	last := -1
	for at, p := range couples {
		if p.j < last {
			return at
		}
		last = p.j
	}
	return -1
}

// rising leaves out the couples that stand before one before them.
func rising(couples []couple) []couple {
	last := -1
	kept := couples[:0]
	for _, p := range couples {
		if p.j > last {
			last = p.j
			kept = append(kept, p)
		}
	}
	return kept
}

// between adds to couples, in their order, those that are left of lists in which
// order has no meaning.
func between(couples []couple, first, endA, endB int) []couple {
	takenA, takenB := make([]bool, endA), make([]bool, endB)
	for _, p := range couples {
		takenA[p.i], takenB[p.j] = true, true
	}
	j := first
	for i := first; i < endA; i++ {
		if takenA[i] {
			continue
		}
		for j < endB && takenB[j] {
			j++
		}
		if j == endB {
			break
		}
		couples = append(couples, couple{i, j})
		j++
	}
	return couples
}

var seed = maphash.MakeSeed()

func (c *comparison) hashAll(list []ordered.Node) []uint64 {
	hashes := make([]uint64, len(list))
	for i := range list {
		c.within(element(i), func() { hashes[i] = c.hash(&list[i]) })
	}
	return hashes
}

// hash is the same for values that differ in bytes only, or only where a rule
// takes every difference of values away.
func (c *comparison) hash(n *ordered.Node) uint64 {
	if len(c.rules) > 0 && c.blurred() {
		return 1
	}
	switch n.Kind {
	case ordered.String:
		return maphash.String(seed, `"`+n.Text())
	case ordered.Number:
		return maphash.String(seed, canonical(n.Raw))
	case ordered.List, ordered.Object:
	default:
		return maphash.String(seed, n.Raw)
	}
	if known, ok := c.hashes[n]; ok {
		return known
	}
	sum := uint64(n.Kind) + 7
	for i := range n.Children {
		child := &n.Children[i]
		s := element(i)
		if n.Kind == ordered.Object {
			s = member(child)
		}
		c.path = append(c.path, s)
		h := c.hash(child)
		c.path = c.path[:len(c.path)-1]
		if n.Kind == ordered.Object {
			sum += maphash.Comparable(seed, [2]uint64{maphash.String(seed, s.name), h})
		} else {
			sum = maphash.Comparable(seed, [2]uint64{sum, h})
		}
	}
	if c.hashes == nil {
		c.hashes = map[*ordered.Node]uint64{}
	}
	c.hashes[n] = sum
	return sum
}
