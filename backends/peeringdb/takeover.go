package peeringdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"provision-gateway/models"
)

// maxHold is how far behind the latest change of a type a row without what it
// belongs to may hold the cursor back, in seconds.
const maxHold = 48 * 60 * 60

// ShrunkError is a complete list that is refused since it is suspiciously
// short.
type ShrunkError struct {
	// List is the list, such as net.
	List string
	// Rows is how many rows of it can be used, and Stored how many are stored.
	Rows, Stored int
}

// Error says how short the list is.
func (e *ShrunkError) Error() string {
	return fmt.Sprintf("PeeringDB list %s: %d usable rows, where %d are stored: not taken over, since that looks like a fault of the server; force it if it is not", e.List, e.Rows, e.Stored)
}

// plans is how often a takeover is planned before it is worked out while
// everybody who wants to write waits.
const plans = 3

// takeOver writes what was fetched, in one transaction. What to write is worked
// out before, so that others who write need not wait for that. Where the
// directory changes in between, it is worked out again.
func (r *run) takeOver(ctx context.Context) error {
	var err error
	for try := 1; ; try++ {
		if try <= plans {
			err = r.takeOverPlanned(ctx)
		} else {
			err = r.options.Write(ctx, func(tx *models.Tx) error {
				// The transaction may be tried again: begin anew.
				t, err := r.plan(ctx, tx.PlanDirectory())
				if err != nil {
					return err
				}
				return t.note(tx)
			})
		}
		if !errors.Is(err, models.ErrStalePlan) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		r.report.Types, r.report.Cursors = nil, nil
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}

// takeOverPlanned fails with ErrStalePlan when the directory changed between the
// plan and the transaction.
func (r *run) takeOverPlanned(ctx context.Context) error {
	var t *takeOver
	plan, err := r.store.PlanDirectory(ctx, func(plan *models.DirectoryPlan) (err error) {
		t, err = r.plan(ctx, plan)
		return err
	})
	if err != nil {
		return err
	}
	return r.options.Write(ctx, func(tx *models.Tx) error {
		if err := plan.Apply(tx); err != nil {
			return err
		}
		return t.note(tx)
	})
}

// plan works out what to write, and the report of it.
func (r *run) plan(ctx context.Context, plan *models.DirectoryPlan) (*takeOver, error) {
	t := &takeOver{run: r, ctx: ctx, plan: plan, cursors: map[string]int64{}}
	r.report.Types, r.report.Cursors = nil, t.cursors
	return t, t.all()
}

// takeOver is the state of one attempt to work out what to write.
type takeOver struct {
	*run
	ctx  context.Context
	plan *models.DirectoryPlan
	// cursors is how far each type has come.
	cursors map[string]int64
	// returned is set when a network or an exchange that was gone is back.
	returned bool
}

// all takes the types over, each after those it refers to.
func (t *takeOver) all() error {
	ix, net := t.lists[TypeIX], t.lists[TypeNet]
	// What the lists do not mention goes with a complete list. With a list of
	// changes it stays, unless what it belongs to goes: the list that says so
	// of the row itself may have been fetched before that happened.
	stays := func(parents ...bool) bool {
		for _, dies := range parents {
			if dies {
				return false
			}
		}
		return !t.full()
	}
	if err := takeType(t, TypeIX, (*IX).Exchange, func(*models.Exchange) bool { return stays() }); err != nil {
		return err
	}
	if err := takeType(t, TypeNet, (*Net).Network, func(*models.Network) bool { return stays() }); err != nil {
		return err
	}
	err := takeType(t, TypeNetIXLan, (*NetIXLan).Port, func(p *models.Port) bool {
		return stays(net.dies(p.NetworkID), ix.dies(p.ExchangeID))
	})
	if err != nil {
		return err
	}
	err = takeType(t, TypeIXPfx, t.lans.prefix, func(p *models.ExchangePrefix) bool { return stays(ix.dies(p.ExchangeID)) })
	if err != nil {
		return err
	}
	return takeType(t, TypePOC, (*POC).Contact, func(c *models.Contact) bool {
		hidden := t.client.config.Key == "" && c.Visible != "Public"
		return stays(net.dies(c.NetworkID)) || t.full() && hidden && net.lives(c.NetworkID)
	})
}

// note writes how far the copy has come.
func (t *takeOver) note(tx *models.Tx) error {
	for _, list := range fetchOrder {
		state := models.SyncState{Object: list, Cursor: t.cursors[list], FullAt: t.states[list].FullAt, RanAt: t.began.Unix()}
		switch {
		case t.full():
			state.FullAt = state.RanAt
		case t.returned:
			// What is below it may have come back without a change of its own.
			state.FullAt = 0
		}
		if err := tx.SetSyncState(state); err != nil {
			return err
		}
	}
	return nil
}

// takeType takes one type over. stays says which stored rows need not be
// mentioned to stay.
func takeType[W any, P object[W], R models.DirectoryRow](t *takeOver, list string, convert func(P) (R, []Note, error), stays func(*R) bool) error {
	report := TypeReport{Type: list}
	f := t.lists[list]
	var live, stored int
	var held int64
	gone := map[uint64]bool{}
	keep := func(row *R) bool {
		s, kept := stateOf(row), stays(row)
		switch {
		case s.local:
		case !s.live:
			gone[s.id] = true
		case !kept:
			stored++
		}
		return kept
	}
	options := models.DirectoryOptions[R]{Complete: true, Keep: keep, Part: t.part(f)}
	changes, err := models.PlanImport(t.plan, options, func(in *models.DirectoryImport[R]) error {
		return eachFetched(f, func(row P, misfit *json.UnmarshalTypeError) error {
			if err := t.ctx.Err(); err != nil {
				return err
			}
			outcome, err := takeRow(in, &report, row, misfit, convert)
			base := row.base()
			switch at := base.changed(); {
			case outcome == takenLive:
				live++
				t.returned = t.returned || (list == TypeIX || list == TypeNet) && gone[base.Key()]
			case outcome == orphaned && at != 0 && (held == 0 || at < held):
				held = at
			}
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("take over %s: %w", list, err)
	}
	if t.full() && !t.options.Force && (live == 0 && (list == TypeIX || list == TypeNet) || 2*live < stored) {
		return &ShrunkError{List: list, Rows: live, Stored: stored}
	}
	report.DirectoryChanges = changes
	t.report.Types = append(t.report.Types, report)
	t.cursors[list] = f.cursor(held)
	if !t.full() {
		// A list without changes says nothing.
		t.cursors[list] = max(t.cursors[list], t.states[list].Cursor)
	}
	return nil
}

// part is what a list of changes may change, besides itself: rows below what it
// says is gone. A complete list may change everything.
func (t *takeOver) part(f *fetched) *models.DirectoryPart {
	if t.full() {
		return nil
	}
	return &models.DirectoryPart{IDs: f.ids(), Networks: t.lists[TypeNet].dead(), Exchanges: t.lists[TypeIX].dead()}
}

// cursor is the second from which the next list of changes must begin: that of
// the latest change, or of the first row that is to come again.
func (f *fetched) cursor(held int64) int64 {
	if held == 0 {
		return f.latest
	}
	return max(min(held, f.latest), f.latest-maxHold)
}

// rowState is what a stored row is, whatever its type.
type rowState struct {
	id          uint64
	live, local bool
}

func stateOf[R models.DirectoryRow](row *R) rowState {
	switch r := any(row).(type) {
	case *models.Network:
		return rowState{r.ID, r.GoneAt == nil, r.Local}
	case *models.Exchange:
		return rowState{r.ID, r.GoneAt == nil, r.Local}
	case *models.ExchangePrefix:
		return rowState{r.ID, r.GoneAt == nil, r.Local}
	case *models.Port:
		return rowState{r.ID, r.GoneAt == nil, r.Local}
	case *models.Contact:
		return rowState{r.ID, r.GoneAt == nil, r.Local}
	}
	return rowState{}
}
