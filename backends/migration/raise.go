package migration

import (
	"context"
	"fmt"

	"provision-gateway/models"
)

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
