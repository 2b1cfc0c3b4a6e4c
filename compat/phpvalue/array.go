package phpvalue

import (
	"iter"
	"math"
)

// indexFrom is the number of entries from which an Array keeps a map. Below it
// a scan over the keys is faster, and requests have about ten parameters.
const indexFrom = 16

// Array is a PHP array: entries in the order of insertion, found by key. The
// zero Array is empty and ready for use. An Array must not be changed by one
// goroutine while another uses it.
type Array struct {
	entries []entry
	index   map[Key]int // position of every live key; nil while the array is a list or small
	live    int         // entries that are not deleted
	next    int64       // the key that Append uses
	started bool        // an integer key has been used, so next says something
	full    bool        // the highest integer key has been used, so Append fails
	mixed   bool        // the keys are not 0, 1, 2, … at the positions 0, 1, 2, …
}

type entry struct {
	key     Key
	value   Value
	deleted bool
}

// NewArray gives an empty array.
func NewArray() *Array { return &Array{} }

// NewArraySize gives an empty array with room for n entries.
func NewArraySize(n int) *Array { return &Array{entries: make([]entry, 0, n)} }

// Len gives the number of entries. The nil Array has none.
func (a *Array) Len() int {
	if a == nil {
		return 0
	}
	return a.live
}

// Get gives the value under a name, which is turned into a key as NewKey does:
// Get("12") finds the integer key 12.
func (a *Array) Get(name string) (Value, bool) { return a.GetKey(NewKey(name)) }

// GetKey gives the value under a key. The nil Array has none.
func (a *Array) GetKey(key Key) (Value, bool) {
	if i := a.find(key); i >= 0 {
		return a.entries[i].value, true
	}
	return Value{}, false
}

// Set stores a value under a name, which is turned into a key as NewKey does.
// An existing key keeps its place in the order.
func (a *Array) Set(name string, v Value) { a.SetKey(NewKey(name), v) }

// SetKey stores a value under a key. An existing key keeps its place in the
// order.
func (a *Array) SetKey(key Key, v Value) {
	if i := a.find(key); i >= 0 {
		a.entries[i].value = v
		return
	}
	a.insert(key, v)
}

// Append stores a value under the highest integer key so far plus one, or 0
// when there has been none; deleted keys count. It reports false, and stores
// nothing, when the highest possible key has been used.
func (a *Array) Append(v Value) bool {
	if a.full {
		return false
	}
	a.insert(Key{number: a.next}, v)
	return true
}

// Delete removes the entry under a name, if there is one.
func (a *Array) Delete(name string) {
	key := NewKey(name)
	i := a.find(key)
	if i < 0 {
		return
	}
	a.live--
	if i == len(a.entries)-1 {
		a.entries = a.entries[:i]
		delete(a.index, key)
		return
	}
	// A hole stays in place of the entry, so the positions of the others hold.
	a.mixed = true
	a.entries[i] = entry{deleted: true}
	if a.index != nil {
		delete(a.index, key)
	} else if len(a.entries) >= indexFrom {
		a.buildIndex()
	}
}

// All iterates over the entries in the order of insertion.
func (a *Array) All() iter.Seq2[Key, Value] {
	return func(yield func(Key, Value) bool) {
		if a == nil {
			return
		}
		for i := range a.entries {
			e := &a.entries[i]
			if !e.deleted && !yield(e.key, e.value) {
				return
			}
		}
	}
}

// IsList reports whether the keys are exactly 0 to Len()-1 in that order, which
// is when json_encode writes brackets. The empty array is a list.
func (a *Array) IsList() bool {
	if a == nil || !a.mixed {
		return true
	}
	var want int64
	for i := range a.entries {
		e := &a.entries[i]
		if e.deleted {
			continue
		}
		if e.key.isText || e.key.number != want {
			return false
		}
		want++
	}
	return true
}

// Clone gives an array with the same entries that can be changed without
// changing a. Arrays among the values are not cloned.
func (a *Array) Clone() *Array {
	b := NewArraySize(a.Len())
	for key, v := range a.All() {
		b.insert(key, v)
	}
	if a != nil {
		b.next, b.started, b.full = a.next, a.started, a.full
	}
	return b
}

// find gives the position of a key, or -1.
func (a *Array) find(key Key) int {
	if a == nil {
		return -1
	}
	if !a.mixed {
		if !key.isText && key.number >= 0 && key.number < int64(len(a.entries)) {
			return int(key.number)
		}
		return -1
	}
	if a.index != nil {
		if i, ok := a.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range a.entries {
		e := &a.entries[i]
		if e.key == key && !e.deleted {
			return i
		}
	}
	return -1
}

// insert adds an entry whose key is not in the array.
func (a *Array) insert(key Key, v Value) {
	position := len(a.entries)
	a.entries = append(a.entries, entry{key: key, value: v})
	a.live++
	if key.isText || key.number != int64(position) {
		a.mixed = true
	}
	if !key.isText && (!a.started || key.number >= a.next) {
		a.started = true
		if key.number == math.MaxInt64 {
			a.full = true
		} else {
			a.next = key.number + 1
		}
	}
	switch {
	case a.index != nil:
		a.index[key] = position
	case a.mixed && len(a.entries) >= indexFrom:
		a.buildIndex()
	}
}

// buildIndex starts the map from key to position.
func (a *Array) buildIndex() {
	a.index = make(map[Key]int, 2*len(a.entries))
	for i := range a.entries {
		if !a.entries[i].deleted {
			a.index[a.entries[i].key] = i
		}
	}
}
