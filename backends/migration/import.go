package migration

import (
	"context"
	"errors"
	"slices"
	"time"

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
	// Lease is how long after this process was killed another import can begin; 0 is
	// 20 seconds.
	Lease time.Duration
	// Wrote is told how much of a step is written; nil is nobody.
	Wrote func(kind Kind, done, total int)
	// Changed is told of every object that was written; nil is nobody.
	Changed func(Change)
}

// run is one import.
type run struct {
	Options
	lease         *lease
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
// returns an error what was written before stays. When nothing was refused, this side
// is not behind the writes any more that were passed on to the original before. While
// another import of the same database is under way, by whichever process, the error
// is a Conflict that says who has it.
func Import(ctx context.Context, o Options) (report *Report, err error) {
	l, err := takeLease(ctx, o.Store, o.Lease)
	if err != nil {
		return nil, err
	}
	err = l.extending(ctx, func(ctx context.Context) (err error) {
		report, err = importHolding(ctx, o, l)
		return err
	})
	return report, errors.Join(err, l.release(ctx))
}

// importHolding is Import while the lease is held.
func importHolding(ctx context.Context, o Options, l *lease) (*Report, error) {
	r := &run{
		Options: o, lease: l, imported: map[Kind]map[Key]string{}, seeds: map[uint64]bool{}, exchanges: map[uint64]bool{}, refused: map[Kind]map[Key]bool{},
		plan: map[Kind][]change{}, adopted: map[Kind][]Key{},
		report: &Report{Kinds: map[Kind]*Counts{}, Conflicts: []string{}, NextIDs: map[string]uint64{}},
	}
	mark, err := o.Store.MarkPassedWrites(ctx)
	if err != nil {
		return nil, err
	}
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
	if len(r.report.Conflicts) > 0 {
		return r.report, nil
	}
	return r.report, o.Store.CoverPassedWrites(ctx, mark)
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
