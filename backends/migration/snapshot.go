package migration

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Snapshot is what the answers of one side show.
type Snapshot struct {
	objects map[Kind]map[Key]any
	// answers are the sums of all answers by question, and refused the questions
	// that the side refused to answer.
	answers map[string][32]byte
	refused []string
	// notes are what was odd.
	notes []string
	// highest are the largest numbers seen, by table, and times what the log tells
	// of sessions and communications.
	highest  map[string]uint64
	sessions map[uint64]*moments
}

// moments are Unix seconds, 0 where unknown.
type moments struct{ created, modified, deleted int64 }

func newSnapshot() *Snapshot {
	s := &Snapshot{objects: map[Kind]map[Key]any{}, highest: map[string]uint64{}, sessions: map[uint64]*moments{}}
	for _, kind := range Kinds() {
		s.objects[kind] = map[Key]any{}
	}
	return s
}

// Count is how many objects of a kind there are.
func (s *Snapshot) Count(kind Kind) int { return len(s.objects[kind]) }

// Notes are what was odd in the answers.
func (s *Snapshot) Notes() []string { return s.notes }

func (s *Snapshot) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// Exchanges are the ids of the exchanges that were seen.
func (s *Snapshot) Exchanges() []uint64 {
	var ids []uint64
	for key := range s.objects[KindExchange] {
		ids = append(ids, key.First)
	}
	slices.Sort(ids)
	return ids
}

// saw notes a number of a table's rows.
func (s *Snapshot) saw(table string, id *uint64) {
	if id != nil {
		s.highest[table] = max(s.highest[table], *id)
	}
}

// sawExchange notes that an exchange exists.
func (s *Snapshot) sawExchange(id *uint64) {
	if id != nil && *id != 0 && s.objects[KindExchange][Key{First: *id}] == nil {
		s.objects[KindExchange][Key{First: *id}] = &Exchange{}
	}
}

// get gives an object of a kind, or nil.
func get[O any](s *Snapshot, kind Kind, key Key) *O {
	if o, ok := s.objects[kind][key].(*O); ok {
		return o
	}
	return nil
}

// keys are the keys of all objects of a kind on either side, in order.
func keys(kind Kind, sides ...*Snapshot) []Key {
	all := map[Key]bool{}
	for _, s := range sides {
		for key := range s.objects[kind] {
			all[key] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), compareKeys)
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
}

// unseenSecrets counts the secrets of live resources of which only the number is
// shown.
func (s *Snapshot) unseenSecrets() (n int) {
	for _, o := range s.objects[KindResource] {
		if o.(*Resource).Deleted {
			continue
		}
		for _, a := range o.(*Resource).Attributes {
			for _, v := range a.Values {
				if v.Secret != nil {
					n++
				}
			}
		}
	}
	for key, o := range s.objects[KindLIR] {
		if get[Resource](s, KindResource, key) == nil {
			continue
		}
		for _, entity := range o.(*LIR).Entities {
			for _, name := range []string{"api_key", "mnt_by_password"} {
				if entity[name] != nil && *entity[name] != "" {
					n--
				}
			}
		}
	}
	return n
}
