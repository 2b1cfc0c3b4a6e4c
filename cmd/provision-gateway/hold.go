package main

import (
	"context"
	"sync"
	"time"

	"provision-gateway/models"
)

// holding is a lease that work has, for as long as it is surely so. Work that runs
// under another's lease as well has both.
type holding struct {
	name, holder string
	length       time.Duration
	outer        *holding
	// ending stops the work when the lease may be lost.
	ending *time.Timer

	mu sync.Mutex
	// until is when the lease may be lost, unless it is held fast: a transaction
	// has extended it and is not over.
	until time.Time
	fast  bool
}

type heldKey struct{}

// hold begins with a lease that was just taken. cancel is called when it may be
// lost.
func hold(ctx context.Context, cancel context.CancelCauseFunc, name, holder string, length time.Duration) *holding {
	outer, _ := ctx.Value(heldKey{}).(*holding)
	h := &holding{name: name, holder: holder, length: length, outer: outer}
	h.until = time.Now().Add(h.safe())
	// The database may let an extension wait for longer than the lease is.
	h.ending = time.AfterFunc(h.safe(), func() { cancel(errLeaseLost) })
	return h
}

// safe is how long a lease is at least. Leases are whole seconds, and so may end
// up to one sooner than asked for.
func (h *holding) safe() time.Duration { return h.length - time.Second }

// extended notes that the lease was extended, no sooner than a moment. One that
// waited for long says less than what is known already.
func (h *holding) extended(asked time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until := asked.Add(h.safe()); until.After(h.until) {
		h.until = until
		if !h.fast {
			h.ending.Reset(time.Until(until))
		}
	}
}

// isFast reports whether the lease cannot be lost, so that to extend it would
// only wait for the transaction.
func (h *holding) isFast() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fast
}

// holdFast notes that the lease is part of a transaction, or no longer.
func (h *holding) holdFast(fast bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fast == fast {
		return
	}
	h.fast = fast
	if fast {
		h.ending.Stop()
	} else {
		h.ending.Reset(time.Until(h.until))
	}
}

// take extends the lease in a transaction.
func (h *holding) take(tx *models.Tx) error {
	ours, err := tx.TakeLease(h.name, h.holder, h.length)
	if err == nil && !ours {
		err = errLeaseLost
	}
	return err
}

// writeHolding is Write of the store for work that is guarded: its leases are
// extended in the transaction, first and last. It commits only what is done while
// they are held, and however long it takes it loses none, since nobody else can
// take one before it ends.
func writeHolding(ctx context.Context, store *models.Store, f func(tx *models.Tx) error) error {
	var all []*holding
	for h, _ := ctx.Value(heldKey{}).(*holding); h != nil; h = h.outer {
		all = append(all, h)
	}
	loosen := func() {
		for _, h := range all {
			h.holdFast(false)
		}
	}
	var last time.Time
	err := store.Write(ctx, func(tx *models.Tx) error {
		// The transaction may be tried again, and what came before it is undone.
		loosen()
		for _, h := range all {
			if err := h.take(tx); err != nil {
				return err
			}
		}
		for _, h := range all {
			h.holdFast(true)
		}
		if err := f(tx); err != nil {
			return err
		}
		last = time.Now()
		for _, h := range all {
			if err := h.take(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for _, h := range all {
			h.extended(last)
		}
	}
	loosen()
	return err
}
