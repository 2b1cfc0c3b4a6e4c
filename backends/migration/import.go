package migration

import (
	"context"
	"fmt"
	"slices"

	"provision-gateway/models"
)

// Options says what to import, and how.
type Options struct {
	// Original and Own answer for the two sides. Own answers from Store.
	Original, Own Asker
	Store         *models.Store
	Reading
	// Replace overwrites objects of this side that did not come from the original,
	// or were changed here since.
	Replace bool
	// KeepDirectory leaves networks, exchanges, ports and contacts that this side
	// has as they are and adds only those it lacks: for a database that is
	// synchronised with PeeringDB already.
	KeepDirectory bool
	// IDsFrom is the smallest id that this side gives to new sessions, requests,
	// resources and secrets; 0 is the first one that the original has not used.
	IDsFrom uint64
	// Wrote is told how much of a step is written; nil is nobody.
	Wrote func(kind Kind, done, total int)
	// Changed is told of every object that was written; nil is nobody.
	Changed func(Change)
}

// Change is an object that an import wrote.
type Change struct {
	Kind   Kind   `json:"kind"`
	Object string `json:"object"`
	// Done is added, changed or removed.
	Done string `json:"done"`
}

// Counts is what an import did with the objects of a kind.
type Counts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Removed   int `json:"removed"`
	Unchanged int `json:"unchanged"`
	// Refused objects are in conflict with what is here.
	Refused int `json:"refused"`
	// Own objects are only here and stay.
	Own int `json:"own"`
}

// Report is what an import did.
type Report struct {
	Kinds map[Kind]*Counts `json:"kinds"`
	// Conflicts say which objects were refused, and why.
	Conflicts []string `json:"conflicts"`
	// Notes are what was odd in the answers of the original, and what it does not
	// show.
	Notes []string `json:"notes"`
	// NextIDs are the smallest ids of new rows, by table.
	NextIDs map[string]uint64 `json:"next_ids"`
}

// Wrote reports whether anything was written.
func (r *Report) Wrote() bool {
	for _, c := range r.Kinds {
		if c.Added+c.Changed+c.Removed > 0 {
			return true
		}
	}
	return false
}

// The ways in which an object can change.
const (
	added   = "added"
	changed = "changed"
	removed = "removed"
)

// change is an object to be written.
type change struct {
	key    Key
	done   string
	theirs any
}

// run is one import.
type run struct {
	Options
	original, own *Snapshot
	imported      map[Kind]map[Key]string
	seeds         map[uint64]bool
	exchanges     map[uint64]bool
	report        *Report
	refused       map[Kind]map[Key]bool
	plan          map[Kind][]change
	adopted       map[Kind][]Key
}

// Import copies what the original shows. It reads everything before it writes
// anything; it writes in transactions each of which leaves every object whole, so
// that after a run that was cut off the next one does what is left. When it
// returns an error what was written before stays.
func Import(ctx context.Context, o Options) (*Report, error) {
	r := &run{
		Options: o, imported: map[Kind]map[Key]string{}, seeds: map[uint64]bool{}, exchanges: map[uint64]bool{}, refused: map[Kind]map[Key]bool{},
		plan: map[Kind][]change{}, adopted: map[Kind][]Key{},
		report: &Report{Kinds: map[Kind]*Counts{}, Conflicts: []string{}, NextIDs: map[string]uint64{}},
	}
	var err error
	if r.original, r.own, err = readBoth(ctx, o.Original, o.Own, o.Reading); err != nil {
		return nil, err
	}
	if err := r.readImported(ctx); err != nil {
		return nil, err
	}
	r.original.forget(r.own)
	r.own.forget(r.original)
	for _, kind := range Kinds() {
		r.planKind(kind)
	}
	if err := r.raise(ctx); err != nil {
		return nil, err
	}
	if err := r.write(ctx); err != nil {
		return nil, err
	}
	if n := r.original.unseenSecrets(); n > 0 {
		r.original.note("the values of %d secrets are not shown: their numbers are kept, the values are to be set again", n)
	}
	slices.Sort(r.original.notes)
	r.report.Notes = append([]string{}, slices.Compact(r.original.notes)...)
	return r.report, nil
}

// readBoth reads the original, then this side for the same exchanges.
func readBoth(ctx context.Context, original, own Asker, o Reading) (theirs, ours *Snapshot, err error) {
	if theirs, err = Read(ctx, original, o); err != nil {
		return nil, nil, fmt.Errorf("read the original server: %w", err)
	}
	o.Exchanges, o.Progress = theirs.Exchanges(), nil
	if ours, err = Read(ctx, own, o); err != nil {
		return nil, nil, fmt.Errorf("read this side: %w", err)
	}
	return theirs, ours, nil
}

func (r *run) readImported(ctx context.Context) error {
	rows, err := r.Store.ImportedObjects(ctx)
	if err != nil {
		return err
	}
	for _, kind := range Kinds() {
		r.imported[kind], r.refused[kind] = map[Key]string{}, map[Key]bool{}
		r.report.Kinds[kind] = &Counts{}
	}
	delete(r.report.Kinds, KindPeer)
	for _, row := range rows {
		if of, ok := r.imported[Kind(row.Kind)]; ok {
			of[Key{row.First, row.Second}] = row.Sum
		}
	}
	have, err := r.Store.ExchangeIDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range have {
		r.exchanges[id] = true
	}
	seeds, err := r.Store.SeededResources(ctx)
	for _, seed := range seeds {
		r.seeds[seed.ID] = true
	}
	return err
}

// refuse notes that an object is not written.
func (r *run) refuse(kind Kind, key Key, why string, args ...any) {
	r.refused[kind][key] = true
	r.report.Kinds[kind].Refused++
	r.report.Conflicts = append(r.report.Conflicts, fmt.Sprintf("%s %s: ", kind, key.Text(kind))+fmt.Sprintf(why, args...))
}

// planKind decides what to do with every object of a kind.
func (r *run) planKind(kind Kind) {
	if kind == KindPeer {
		return
	}
	counts := r.report.Kinds[kind]
	for _, key := range keys(kind, r.original, r.own) {
		theirs, ours := r.original.objects[kind][key], r.own.objects[kind][key]
		if isUnknownExchange(ours) {
			ours = nil
		}
		sum, came := r.imported[kind][key]
		untouched := r.Replace || came && ours != nil && sumOf(ours) == sum
		switch {
		case kind == KindLIR && r.refused[KindResource][key]:
			r.refuse(kind, key, "its resource was refused")
		case theirs != nil && tooLong(theirs) != "":
			r.refuse(kind, key, "%s is too long to be kept", tooLong(theirs))
		case theirs == nil && !came:
			counts.Own++
		case theirs == nil && kind == KindResource && r.seeds[key.First]:
			r.refuse(kind, key, "it is gone on the original server, but this gateway needs it")
		case theirs == nil && (untouched || kind.isDirectory()):
			r.plan[kind] = append(r.plan[kind], change{key, removed, nil})
		case theirs == nil:
			r.refuse(kind, key, "it is gone on the original server and was changed here")
		case isUnknownExchange(theirs):
			counts.Unchanged++
		case kind == KindExchange && r.KeepDirectory && r.exchanges[key.First]:
			counts.Own++
		case ours == nil:
			r.plan[kind] = append(r.plan[kind], change{key, added, theirs})
		case len(compareObjects(kind, key, theirs, ours)) == 0:
			counts.Unchanged++
			if !came || sum != sumOf(theirs) {
				r.adopted[kind] = append(r.adopted[kind], key)
			}
		case kind.isDirectory() && r.KeepDirectory:
			counts.Own++
		case untouched || kind.isDirectory() || !came && kind == KindResource && r.isSeedThere(key):
			r.plan[kind] = append(r.plan[kind], change{key, changed, theirs})
		case came:
			r.refuse(kind, key, "it differs, and was changed here since it was imported")
		default:
			r.refuse(kind, key, "something else has this id here")
		}
	}
}

// isSeedThere reports whether what this side has under an id is there from the
// start, and so gives way.
func (r *run) isSeedThere(key Key) bool { return r.seeds[key.First] }

// reserved is room for what exists from the start and has no id on the original.
const reserved = 8

// raise makes new rows get ids that the original has not used, before anything is
// written.
func (r *run) raise(ctx context.Context) error {
	for _, table := range []string{"sessions", "requests", "resources", "secrets"} {
		next := max(r.original.highest[table], r.own.highest[table]) + 1
		if table == "resources" {
			next += reserved
		}
		if r.IDsFrom != 0 {
			if r.IDsFrom < next {
				return models.Errorf(models.Invalid, "New ids cannot start at %d: ids of %s are used up to %d", r.IDsFrom, table, next-1)
			}
			next = r.IDsFrom
		}
		r.report.NextIDs[table] = next
		if err := r.Store.RaiseIDs(ctx, table, next); err != nil {
			return fmt.Errorf("raise the ids of %s: %w", table, err)
		}
	}
	return nil
}

// write writes the plan, kind by kind.
func (r *run) write(ctx context.Context) error {
	if err := r.writeResources(ctx); err != nil {
		return fmt.Errorf("write resources: %w", err)
	}
	if err := r.nameExchanges(ctx); err != nil {
		return fmt.Errorf("write exchanges: %w", err)
	}
	for _, kind := range Kinds()[2:] {
		if err := r.writeKind(ctx, kind); err != nil {
			return fmt.Errorf("write objects of kind %s: %w", kind, err)
		}
	}
	return nil
}

// perTransaction is how many objects are written together.
const perTransaction = 200

func (r *run) writeKind(ctx context.Context, kind Kind) error {
	done, total := 0, len(r.plan[kind])
	for some := range slices.Chunk(r.plan[kind], perTransaction) {
		err := r.Store.Write(ctx, func(tx *models.Tx) error {
			if err := r.apply(tx, kind, some); err != nil {
				return err
			}
			return r.noteImported(tx, kind, some)
		})
		if err != nil {
			return err
		}
		r.count(kind, some)
		if done += len(some); r.Wrote != nil {
			r.Wrote(kind, done, total)
		}
	}
	return r.adopt(ctx, kind)
}

// adopt notes that objects are the same on both sides.
func (r *run) adopt(ctx context.Context, kind Kind) error {
	if len(r.adopted[kind]) == 0 {
		return nil
	}
	var notes []models.ImportedObject
	for _, key := range r.adopted[kind] {
		notes = append(notes, models.ImportedObject{Kind: string(kind), First: key.First, Second: key.Second, Sum: sumOf(r.original.objects[kind][key])})
	}
	return r.Store.Write(ctx, func(tx *models.Tx) error { return tx.NoteImported(notes) })
}

// noteImported notes where objects came from, unless they were refused meanwhile.
func (r *run) noteImported(tx *models.Tx, kind Kind, some []change) error {
	var notes []models.ImportedObject
	for _, c := range some {
		o := models.ImportedObject{Kind: string(kind), First: c.key.First, Second: c.key.Second}
		switch {
		case r.refused[kind][c.key]:
		case c.done == removed:
			if err := tx.ForgetImported(o); err != nil {
				return err
			}
		default:
			o.Sum = sumOf(c.theirs)
			notes = append(notes, o)
		}
	}
	return tx.NoteImported(notes)
}

// count counts what was written, once it is.
func (r *run) count(kind Kind, some []change) {
	counts := r.report.Kinds[kind]
	for _, c := range some {
		if r.refused[kind][c.key] {
			continue
		}
		switch c.done {
		case added:
			counts.Added++
		case changed:
			counts.Changed++
		case removed:
			counts.Removed++
		}
		if r.Changed != nil {
			r.Changed(Change{kind, c.key.Text(kind), c.done})
		}
	}
}

// Verification is what a comparison of both sides found.
type Verification struct {
	// Objects were compared, and Differences fields, or whole objects, differ.
	Objects     int `json:"objects"`
	Differences int `json:"differences"`
	// Same of Answers answers are the same byte for byte.
	Same    int      `json:"same_answers"`
	Answers int      `json:"answers"`
	Notes   []string `json:"notes"`
}

// Verify compares every object of both sides and tells each of what differs. It
// changes nothing. withDirectory compares networks, exchanges, ports and contacts
// too.
func Verify(ctx context.Context, original, own Asker, o Reading, withDirectory bool, each func(Difference)) (*Verification, error) {
	theirs, ours, err := readBoth(ctx, original, own, o)
	if err != nil {
		return nil, err
	}
	v := &Verification{}
	v.Same, v.Answers = SameAnswers(theirs, ours)
	v.Objects = Compare(theirs, ours, func(d Difference) {
		if withDirectory || !d.Kind.isDirectory() {
			v.Differences++
			each(d)
		}
	})
	slices.Sort(theirs.notes)
	v.Notes = append([]string{}, slices.Compact(theirs.notes)...)
	return v, nil
}
