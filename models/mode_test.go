package models_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func modeTexts(t *testing.T, l *modelstest.Lent) (modes, changes string) {
	t.Helper()
	rows, err := l.Store.ActionModes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		modes += fmt.Sprintf("%s=%s:%d by %s (%s); ", r.Pattern, r.Mode, r.Share, r.ChangedBy, r.Reason)
	}
	audit, err := l.Store.ModeChanges(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	text := func(mode *string, share *int) string {
		if mode == nil {
			return "-"
		}
		return fmt.Sprintf("%s:%d", *mode, *share)
	}
	for _, c := range audit {
		changes += fmt.Sprintf("%s %s>%s by %s; ", c.Pattern, text(c.OldMode, c.OldShare), text(c.NewMode, c.NewShare), c.By)
	}
	return modes, changes
}

// Every change of a mode is audited and raises the version; what changes nothing
// does neither.
func TestActionModes(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		set := func(pattern, mode string, share int, by string) func() error {
			return func() error {
				return l.Store.SetActionMode(t.Context(), models.ActionMode{Pattern: pattern, Mode: mode, Share: share, ChangedBy: by, Reason: "why"})
			}
		}
		for _, step := range []struct {
			name           string
			do             func() error
			raised         string
			modes, changes string
		}{
			{"a first", set("peering.getPeers", "shadow", 100, "ann"), "[modes]",
				"peering.getPeers=shadow:100 by ann (why); ", "peering.getPeers ->shadow:100 by ann; "},
			{"the same", set("peering.getPeers", "shadow", 100, "bob"), "[]",
				"peering.getPeers=shadow:100 by ann (why); ", "peering.getPeers ->shadow:100 by ann; "},
			{"another share", set("peering.getPeers", "verify", 5, "bob"), "[modes]",
				"peering.getPeers=verify:5 by bob (why); ", "peering.getPeers shadow:100>verify:5 by bob; peering.getPeers ->shadow:100 by ann; "},
			{"the end", func() error { return l.Store.UnsetActionMode(t.Context(), "peering.getPeers", "cid", "") }, "[modes]",
				"", "peering.getPeers verify:5>- by cid; peering.getPeers shadow:100>verify:5 by bob; peering.getPeers ->shadow:100 by ann; "},
			{"the end of none", func() error { return l.Store.UnsetActionMode(t.Context(), "lir.get", "cid", "") }, "[]",
				"", "peering.getPeers verify:5>- by cid; peering.getPeers shadow:100>verify:5 by bob; peering.getPeers ->shadow:100 by ann; "},
		} {
			before := versions(t, l.Store)
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			if got := raised(before, versions(t, l.Store)); got != step.raised {
				t.Errorf("%s raises %s", step.name, got)
			}
			if modes, changes := modeTexts(t, l); modes != step.modes || changes != step.changes {
				t.Errorf("%s:\n%s\n%s", step.name, modes, changes)
			}
		}
		for _, bad := range []models.ActionMode{
			{Pattern: "x", Mode: "local", Share: 100}, {Pattern: "x", Mode: "local", Share: 100, ChangedBy: strings.Repeat("x", 256)},
			{Pattern: "x", Mode: "local", Share: 100, ChangedBy: "x", Reason: strings.Repeat("ü", 256)},
		} {
			if err := l.Store.SetActionMode(t.Context(), bad); models.ErrorCode(err) != models.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// Of those who decide by what they saw, one is right: the others see that it is
// not so any more.
func TestReplaceActionMode(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		seen := models.ActionMode{Pattern: "peering.getPeers", Mode: "verify", Share: 25, ChangedBy: "ann"}
		if err := l.Store.SetActionMode(t.Context(), seen); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		var replaced atomic.Int32
		for n := range 8 {
			group.Go(func() {
				ok, err := l.Store.ReplaceActionMode(t.Context(), &seen, models.ActionMode{
					Pattern: seen.Pattern, Mode: "shadow", Share: 100, ChangedBy: fmt.Sprint("gateway ", n),
				})
				if err != nil {
					t.Error(err)
				}
				if ok {
					replaced.Add(1)
				}
			})
		}
		group.Wait()
		_, changes := modeTexts(t, l)
		if n := strings.Count(changes, "verify:25>shadow:100"); n != 1 || replaced.Load() != 1 {
			t.Errorf("%d replaced it: %s", replaced.Load(), changes)
		}
		if ok, err := l.Store.ReplaceActionMode(t.Context(), nil, seen); ok || err != nil {
			t.Errorf("where none was expected: %v, %v", ok, err)
		}
	})
}
