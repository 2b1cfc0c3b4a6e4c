package models_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// passed shows how far each scope is behind: passed, covered, since.
func passed(t *testing.T, s *models.Store) (rows []models.PassedWrites, text string) {
	t.Helper()
	rows, err := s.PassedWrites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rows {
		text += fmt.Sprintf("%s %d/%d", p.Scope, p.Passed, p.Covered)
		if p.Stale() != (p.Since != 0) {
			t.Errorf("%+v", p)
		}
		if p.Stale() {
			text += fmt.Sprint(" since ", p.Since)
		}
		text += "; "
	}
	return rows, text
}

func markPassed(t *testing.T, s *models.Store) models.PassedMark {
	t.Helper()
	mark, err := s.MarkPassedWrites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// What an original was told to change makes this side stale, until an import that
// began after it is complete. Only what changes who answers raises the version.
func TestPassedWrites(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(0)
			walkPassedWrites(t, modelstest.Lend(t, kind, clock.Now), clock)
		})
	}
}

func walkPassedWrites(t *testing.T, l *modelstest.Lent, clock *modelstest.Clock) {
	t.Helper()
	const both = "peering, resources"
	var begun []models.PassedWrites
	var mark models.PassedMark
	scopes := map[string][]models.Scope{"peering": {models.ScopePeering}, "resources": {models.ScopeResources}, both: {models.ScopePeering, models.ScopeResources}, "": nil}
	begin := func(some string) func() {
		return func() {
			write(t, l.Store, func(tx *models.Tx) (err error) { begun, err = tx.WriteBegins(scopes[some]...); return err })
		}
	}
	end := func(some string) func() {
		return func() { write(t, l.Store, func(tx *models.Tx) error { return tx.WriteEnds(scopes[some]...) }) }
	}
	fail := func() { write(t, l.Store, func(tx *models.Tx) error { return tx.WriteFailed(begun) }) }
	take := func() { mark = markPassed(t, l.Store) }
	cover := func() {
		if err := l.Store.CoverPassedWrites(t.Context(), mark); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
		want string
		// raised says that the version of the modes is raised.
		raised bool
	}{
		{"nothing", begin(""), "peering 0/0; resources 0/0; ", false},
		{"a begin", begin("peering"), "peering 1/0 since 2; resources 0/0; ", true},
		{"its end", end("peering"), "peering 2/0 since 2; resources 0/0; ", false},
		{"another", begin("peering"), "peering 3/0 since 2; resources 0/0; ", false},
		{"an import begins while it is under way", take, "peering 3/0 since 2; resources 0/0; ", false},
		{"its end after that", end("peering"), "peering 4/0 since 2; resources 0/0; ", false},
		{"that import is complete", cover, "peering 4/3 since 5; resources 0/0; ", true},
		{"again", cover, "peering 4/3 since 5; resources 0/0; ", false},
		{"another part", begin("resources"), "peering 4/3 since 5; resources 1/0 since 9; ", true},
		{"its end too", end("resources"), "peering 4/3 since 5; resources 2/0 since 9; ", false},
		{"an import begins", take, "peering 4/3 since 5; resources 2/0 since 9; ", false},
		{"and is complete", cover, "peering 4/4; resources 2/2; ", true},
		{"one that does not reach the original", begin(both), "peering 5/4 since 13; resources 3/2 since 13; ", true},
		{"taken back", fail, "peering 5/5; resources 3/3; ", true},
		{"taken back twice", fail, "peering 5/5; resources 3/3; ", false},
		{"one before", begin("peering"), "peering 6/5 since 16; resources 3/3; ", true},
		{"one that does not reach it after that", begin(both), "peering 7/5 since 16; resources 4/3 since 17; ", true},
		{"taken back where it is the only one", fail, "peering 7/5 since 16; resources 4/4; ", true},
		{"one that does not reach it while an import reads", begin("resources"), "peering 7/5 since 16; resources 5/4 since 19; ", true},
		{"the import", take, "peering 7/5 since 16; resources 5/4 since 19; ", false},
		{"taken back meanwhile", fail, "peering 7/5 since 16; resources 5/5; ", true},
		{"and another begins", begin("resources"), "peering 7/5 since 16; resources 6/5 since 22; ", true},
		{"that import does not cover it", cover, "peering 7/7; resources 6/5 since 22; ", true},
	} {
		clock.Advance(time.Second)
		before := versions(t, l.Store)
		step.do()
		if _, got := passed(t, l.Store); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
		if got := raised(before, versions(t, l.Store)); (got == "[modes]") != step.raised || !step.raised && got != "[]" {
			t.Errorf("%s raises %s", step.name, got)
		}
	}
}

// No write is lost of many that are passed on at once, and an import among them
// covers none that was under way.
func TestManyPassedWrites(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		gateways := stores(t, l, 2)
		var group sync.WaitGroup
		for worker := range 6 {
			group.Go(func() {
				for range 10 {
					some := []models.Scope{models.ScopePeering, models.ScopeResources}[worker%2:]
					err := gateways[worker%2].Write(t.Context(), func(tx *models.Tx) error { _, err := tx.WriteBegins(some...); return err })
					if err != nil {
						t.Error(err)
					}
					mark, err := l.Store.MarkPassedWrites(t.Context())
					if err == nil {
						err = l.Store.CoverPassedWrites(t.Context(), mark)
					}
					if err == nil {
						err = l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.WriteEnds(some...) })
					}
					if err != nil {
						t.Error(err)
					}
					rows, err := l.Store.PassedWrites(t.Context())
					if err != nil {
						t.Error(err)
					}
					for _, p := range rows {
						if p.Covered > p.Passed {
							t.Errorf("covered more than was passed on: %+v", p)
						}
					}
				}
			})
		}
		group.Wait()
		rows, text := passed(t, l.Store)
		if rows[0].Passed != 60 || rows[1].Passed != 120 {
			t.Error(text)
		}
	})
}

// A database without the rows must not look as if it were never behind.
func TestPassedWritesWithoutRow(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		if _, err := l.Raw.Exec("DELETE FROM passed_writes WHERE scope = 'peering'"); err != nil {
			t.Fatal(err)
		}
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			_, err := tx.WriteBegins(models.ScopePeering, models.ScopeResources)
			return err
		})
		if _, text := passed(t, l.Store); err == nil || text != "resources 0/0; " {
			t.Errorf("%v, %s", err, text)
		}
	})
}
