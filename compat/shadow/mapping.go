package shadow

import (
	"strconv"
	"sync"
)

// Mapping remembers which id of the original is which of ours, as comparisons
// with ids rules find out, so that another answer cannot say otherwise. Only
// answers without any difference left teach it. It may be used by several
// goroutines at once, and grows with the ids that it sees.
type Mapping struct {
	mu     sync.Mutex
	spaces map[string]*both
}

// both are pairs of ids, from either side.
type both struct{ own, original map[string]string }

func newBoth() *both { return &both{map[string]string{}, map[string]string{}} }

// NewMapping returns a Mapping that knows no ids.
func NewMapping() *Mapping { return &Mapping{spaces: map[string]*both{}} }

// Own returns which id of ours an id of the original is, in a space of ids (see
// Rule.Space).
func (m *Mapping) Own(space, original string) (own string, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.spaces[space]; s != nil {
		own, known = s.own[original]
	}
	return own, known
}

// Set makes a pair known, for instance one that an import made. It reports false
// and changes nothing when one of the ids belongs to another already.
func (m *Mapping) Set(space, original, own string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(space, original, own)
}

func (m *Mapping) set(space, original, own string) bool {
	s := m.spaces[space]
	if s == nil {
		s = newBoth()
		m.spaces[space] = s
	}
	return s.set(original, own)
}

func (s *both) set(original, own string) bool {
	if !s.fits(original, own) {
		return false
	}
	s.own[original], s.original[own] = own, original
	return true
}

// fits reports whether nothing speaks against a pair.
func (s *both) fits(original, own string) bool {
	a, knownA := s.own[original]
	b, knownB := s.original[own]
	return (!knownA || a == own) && (!knownB || b == original)
}

// fitsMapping is fits for a space of a Mapping.
func (m *Mapping) fits(space, original, own string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.spaces[space]
	return s == nil || s.fits(original, own)
}

// pairs are the ids of one comparison, before they are kept.
type pairs struct {
	kept   *Mapping
	spaces map[string]*both
}

func newPairs(kept *Mapping) *pairs { return &pairs{kept: kept, spaces: map[string]*both{}} }

func (r *Rule) space() string {
	if r.Space != "" {
		return r.Space
	}
	return "rule " + strconv.Itoa(r.Number)
}

// belong reports whether two ids can be the same thing, and remembers it.
func (p *pairs) belong(r *Rule, original, own string) bool {
	table := both{r.Table, r.reverse}
	if !table.fits(original, own) || p.kept != nil && !p.kept.fits(r.space(), original, own) {
		return false
	}
	s := p.spaces[r.space()]
	if s == nil {
		s = newBoth()
		p.spaces[r.space()] = s
	}
	return s.set(original, own)
}

// translate is the id of ours for one of the original, or the same one where it
// is not known.
func (p *pairs) translate(r *Rule, original string) string {
	if own, known := r.Table[original]; known {
		return own
	}
	if s := p.spaces[r.space()]; s != nil {
		if own, known := s.own[original]; known {
			return own
		}
	}
	if p.kept != nil {
		if own, known := p.kept.Own(r.space(), original); known {
			return own
		}
	}
	return original
}

func (p *pairs) commit() {
	if p.kept == nil {
		return
	}
	p.kept.mu.Lock()
	defer p.kept.mu.Unlock()
	for space, s := range p.spaces {
		for original, own := range s.own {
			p.kept.set(space, original, own)
		}
	}
}
