package models_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// Two transactions that take the same rows in opposite order: the server
// aborts one, which is tried again.
func TestADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[1], standing)
	a, b := addSession(t, l.Store, session(1)), addSession(t, l.Store, session(2))
	var tries atomic.Int64
	first := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	for i, err := range together(2, func(i int) error {
		mine := 0
		return l.Store.Write(t.Context(), func(tx *models.Tx) error {
			tries.Add(1)
			mine++
			order := []models.Session{a, b}
			if i == 1 {
				order = []models.Session{b, a}
			}
			for n, s := range order {
				_, err := tx.UpdateSession(s.ID, func(s *models.Session) error {
					s.Note = new(text(s.Note) + fmt.Sprint(i))
					return nil
				})
				if err != nil {
					return err
				}
				// Both hold one row before either asks for the other.
				if n == 0 && mine == 1 {
					close(first[i])
					<-first[1-i]
				}
			}
			return nil
		})
	}) {
		if err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	if n := tries.Load(); n < 3 {
		t.Errorf("%d tries: nothing was aborted", n)
	}
	for _, note := range column(t, l, "SELECT note FROM sessions") {
		if len(note) != 2 {
			t.Errorf("note %q, want one character of each writer", note)
		}
	}
	if n := len(logs(t, l)); n != 6 {
		t.Errorf("%d log entries, want 6", n)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// A function that goes on after the server has ended its transaction writes
// nothing more, and what it returns does not count.
func TestNothingIsWrittenAfterADeadlock(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[1], standing)
	pair := []models.Session{addSession(t, l.Store, session(1)), addSession(t, l.Store, session(2))}
	first := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	var aborted atomic.Int64
	for i, err := range together(2, func(i int) error {
		tries := 0
		return l.Store.Write(t.Context(), func(tx *models.Tx) error {
			tries++
			_, err := tx.UpdateSession(pair[i].ID, func(s *models.Session) error { s.Note = new(text(s.Note) + "1"); return nil })
			if err != nil {
				return err
			}
			if tries == 1 {
				close(first[i])
				<-first[1-i]
			}
			_, err = tx.UpdateSession(pair[1-i].ID, func(s *models.Session) error { s.Note = new(text(s.Note) + "2"); return nil })
			if err == nil {
				return nil
			}
			aborted.Add(1)
			for what, err := range map[string]error{
				"create": tx.Log(models.LogEntry{Message: "lost"}),
				"update": tx.DB().Model(&pair[0]).Update("note", "lost").Error,
				"delete": tx.DB().Delete(&pair[0]).Error,
				"raw":    tx.DB().Exec("UPDATE sessions SET note = 'lost'").Error,
				"query":  tx.DB().Find(new([]models.Session)).Error,
				"row":    tx.SessionText(pair[0].ID, func(models.SessionRow) error { return nil }),
			} {
				if err == nil {
					t.Errorf("%s was done after the transaction had ended", what)
				}
			}
			return nil
		})
	}) {
		if err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	if aborted.Load() == 0 {
		t.Error("nothing was aborted")
	}
	for _, note := range column(t, l, "SELECT note FROM sessions") {
		if len(note) != 2 || note == "lost" {
			t.Errorf("note %q, want one character of each writer", note)
		}
	}
	if got := logs(t, l); len(got) != 6 || slices.Contains(got, "lost") {
		t.Errorf("log %q", got)
	}
}
