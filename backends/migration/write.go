package migration

import (
	"context"
	"fmt"
	"slices"

	"provision-gateway/models"
)

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
		err := r.lease.write(ctx, func(tx *models.Tx) error {
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
	return r.lease.write(ctx, func(tx *models.Tx) error { return tx.NoteImported(notes) })
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
