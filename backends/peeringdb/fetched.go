package peeringdb

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"
)

// fetched is what a run got of one type: one list, or a list from a cache and
// behind it what changed since. The rows stay in files; what is remembered of
// each is a few words.
type fetched struct {
	parts []*spool
	rows  int
	// latest is the largest `updated` of the rows, in Unix seconds.
	latest int64
	// last tells for each id which of its rows counts.
	last map[uint64]place
}

// place is a row of a fetched list.
type place struct {
	// index counts the rows of all parts.
	index   int
	updated int64
	gone    bool
	lan     uint64
}

// head is what is looked at of a row before it is taken over.
type head struct {
	id      uint64
	updated int64
	gone    bool
	lan, ix uint64
}

// headOf holds the fields of head.
type headOf struct {
	Base
	IXLanID *int64 `json:"ixlan_id"`
	IXID    *int64 `json:"ix_id"`
}

// readHeads reads a list to its last byte.
func readHeads(r io.Reader) ([]head, listMeta, error) {
	var heads []head
	meta, err := readList(r, func(row *headOf, _ *json.UnmarshalTypeError) error {
		h := head{id: row.Key(), updated: row.changed(), lan: key(row.IXLanID), ix: key(row.IXID)}
		h.gone = row.Status != nil && *row.Status == StatusDeleted
		heads = append(heads, h)
		return nil
	})
	return heads, meta, err
}

// changed is when a row was last changed, in Unix seconds; 0 when it does not
// say.
func (b *Base) changed() int64 {
	if b.Updated == nil {
		return 0
	}
	at, err := time.Parse(time.RFC3339, *b.Updated)
	if err != nil {
		return 0
	}
	return at.Unix()
}

// add appends a list. Of several rows with the same id the one that was changed
// last counts, and of those the last one.
func (f *fetched) add(part *spool, heads []head) {
	f.parts = append(f.parts, part)
	if f.last == nil {
		f.last = make(map[uint64]place, len(heads))
	}
	for _, h := range heads {
		if before, ok := f.last[h.id]; !ok || h.updated >= before.updated {
			f.last[h.id] = place{f.rows, h.updated, h.gone, h.lan}
		}
		f.latest = max(f.latest, h.updated)
		f.rows++
	}
}

// lives reports whether the lists hold a row that is not deleted.
func (f *fetched) lives(id uint64) bool {
	p, ok := f.last[id]
	return ok && !p.gone
}

// dies reports whether the lists say that a row was deleted.
func (f *fetched) dies(id uint64) bool { return f.last[id].gone }

// ids are the ids of the rows, in order.
func (f *fetched) ids() []uint64 {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f.last)), func(id uint64) bool { return id == 0 })
}

// dead are the ids of the rows that the lists say were deleted, in order.
func (f *fetched) dead() []uint64 { return slices.DeleteFunc(f.ids(), f.lives) }

// close frees the files.
func (f *fetched) close() {
	for _, part := range f.parts {
		part.close()
	}
}

// eachFetched calls do for every row that counts. Rows without an id all count,
// so that they are reported.
func eachFetched[W any, P object[W]](f *fetched, do func(row P, misfit *json.UnmarshalTypeError) error) error {
	index := 0
	for _, part := range f.parts {
		err := ReadList(part.reader(), func(row *W, misfit *json.UnmarshalTypeError) error {
			at := index
			index++
			if id := P(row).base().Key(); id != 0 && f.last[id].index != at {
				return nil
			}
			return do(P(row), misfit)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
