package handlers

import (
	"context"
	"slices"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// changedThere is what a write with this target, passed on to the original, may
// change of what reads of this side show. The original may not mind the case of
// a name. Targets that the table does not have (ipam, dns) change nothing of it.
func changedThere(target string) []models.Scope {
	switch strings.ToLower(strings.TrimSpace(target)) {
	case "peering":
		return []models.Scope{models.ScopePeering}
	case "lir", "resource":
		return []models.Scope{models.ScopeResources}
	}
	return nil
}

// passedWrite is a write that is passed on to the original.
type passedWrite struct {
	scopes []models.Scope
	begun  []models.PassedWrites
}

// begin notes, before the original is asked, that this side is behind it from
// now on: a gateway that stops in between leaves no copy that looks fresh.
func (w *passedWrite) begin(tx *models.Tx) (err error) {
	w.begun, err = tx.WriteBegins(w.scopes...)
	return err
}

// end notes that the original has done the write, or may do so, or has surely
// done nothing.
func (w *passedWrite) end(nothing bool) func(tx *models.Tx) error {
	return func(tx *models.Tx) error {
		if nothing {
			return tx.WriteFailed(w.begun)
		}
		return tx.WriteEnds(w.scopes...)
	}
}

// Stale returns since when, in Unix seconds, the answer of a read is behind the
// original, by how far each scope is; 0 when it is not. What an action shows is
// what its answer is made from, so a resource that was renamed makes sessions
// stale too, and what is answered from the request alone never is.
func Stale(action *compat.Action, passed []models.PassedWrites) (since int64) {
	if action == nil {
		return 0
	}
	for _, p := range passed {
		if p.Stale() && slices.Contains(implementations[action.Key()].scopes, p.Scope) && (since == 0 || p.Since < since) {
			since = p.Since
		}
	}
	return since
}

// Passes reports whether the original answers a write that a read would have to
// show: what it changes is here only after an import.
func Passes(read *compat.Action, policies compat.Policies) bool {
	for _, a := range compat.Actions() {
		if a.Effect == compat.Read || !policies.Of(a.Target, a.Name).For(a, 0).Original() {
			continue
		}
		for _, scope := range changedThere(a.Target) {
			if slices.Contains(implementations[read.Key()].scopes, scope) {
				return true
			}
		}
	}
	return false
}

// heed has the original answer a read in mode verify while this side is behind: a
// script that has written something sees it in what it reads next. In mode local
// this side answers whatever it has, as somebody wished.
func (k *call) heed(passed []models.PassedWrites) {
	if k.Original == nil || !k.mode.Twice() {
		return
	}
	k.behind = passed
	if k.stale = Stale(k.action, passed) != 0; k.stale {
		k.mode = compat.ModeShadow
	}
}

// outdated reports whether this side is, or has been, behind the original since
// the request came.
func (k *call) outdated(ctx context.Context) (bool, error) {
	now, err := k.Store.PassedWrites(ctx)
	if err != nil {
		return false, err
	}
	shows := implementations[k.action.Key()].scopes
	for _, p := range now {
		if slices.Contains(shows, p.Scope) && (p.Stale() || !slices.Contains(k.behind, p)) {
			return true, nil
		}
	}
	return false, nil
}
