package models_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
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

// A connection that the server ends before the commit costs a try, and one
// that it ends for good is an error.
func TestALostConnectionIsTriedAgain(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[1], standing)
	kill := func(tx *models.Tx) error {
		var id uint64
		if err := tx.DB().Raw("SELECT CONNECTION_ID()").Scan(&id).Error; err != nil {
			return err
		}
		_, err := l.Raw.Exec(fmt.Sprint("KILL ", id))
		return err
	}
	tries := 0
	write(t, l.Store, func(tx *models.Tx) error {
		tries++
		if err := tx.AddSession(new(session(1))); err != nil {
			return err
		}
		if tries == 1 {
			if err := kill(tx); err != nil {
				return err
			}
		}
		return tx.Log(models.LogEntry{Message: "after"})
	})
	if n := len(sessions(t, l.Store, false)); tries != 2 || n != 1 || len(logs(t, l)) != 2 {
		t.Errorf("%d tries, %d sessions, log %q", tries, n, logs(t, l))
	}
	tries = 0
	err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
		tries++
		if err := kill(tx); err != nil {
			return err
		}
		return tx.Log(models.LogEntry{Message: "never"})
	})
	if err == nil || models.ErrorCode(err) != models.Internal || tries != 8 {
		t.Errorf("error %v after %d tries", err, tries)
	}
}

// What f returns is returned, and nothing of what it wrote is there.
func TestWriteRollsBack(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		stop := errors.New("stop")
		before := versions(t, l.Store)
		add := func(tx *models.Tx) error {
			if err := tx.AddSession(new(session(1))); err != nil {
				return err
			}
			_, err := tx.AddResource(models.ResourceChange{Name: new("x"), Type: new("category")})
			return err
		}
		cancelled, cancel := context.WithCancel(t.Context())
		for what, run := range map[string]func() error{
			"error": func() error {
				return l.Store.Write(t.Context(), func(tx *models.Tx) error { return errors.Join(add(tx), stop) })
			},
			"caller gone": func() error {
				return l.Store.Write(cancelled, func(tx *models.Tx) error {
					err := add(tx)
					cancel()
					return err
				})
			},
			"panic": func() (err error) {
				defer func() { err = fmt.Errorf("panicked: %v", recover()) }()
				return l.Store.Write(t.Context(), func(tx *models.Tx) error { _ = add(tx); panic("stop") })
			},
		} {
			if err := run(); err == nil {
				t.Errorf("%s: no error", what)
			}
			if n := len(sessions(t, l.Store, false)); n != 0 || len(logs(t, l)) != 0 || versions(t, l.Store) != before {
				t.Errorf("%s: %d sessions, log %q", what, n, logs(t, l))
			}
		}
		addSession(t, l.Store, session(1))
	})
}

// A savepoint of a transaction that is rolled back, and a unique key that a
// statement violates, leave the rest of the transaction as it is.
func TestATransactionOutlivesItsParts(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		stop := errors.New("stop")
		write(t, l.Store, func(tx *models.Tx) error {
			if err := tx.AddSession(new(session(1))); err != nil {
				return err
			}
			err := tx.DB().Transaction(func(db *gorm.DB) error {
				if err := db.Exec("UPDATE sessions SET state = 'lost'").Error; err != nil {
					return err
				}
				inner := db.Transaction(func(db *gorm.DB) error { return db.Exec("UPDATE sessions SET note = 'kept?'").Error })
				return errors.Join(inner, stop)
			})
			if err == nil || err.Error() != "stop" {
				t.Errorf("part: %v", err)
			}
			if err := tx.DB().Transaction(func(db *gorm.DB) error { return db.Exec("UPDATE sessions SET note = 'kept'").Error }); err != nil {
				return err
			}
			if err := tx.AddSession(new(session(1))); models.ErrorCode(err) != models.Conflict {
				t.Errorf("duplicate: %v", err)
			}
			return tx.AddSession(new(session(2)))
		})
		equal(t, "states", column(t, l, "SELECT state FROM sessions ORDER BY id"), []string{"not configured", "not configured"})
		equal(t, "notes", column(t, l, "SELECT note FROM sessions ORDER BY id"), []string{"kept", "NULL"})
		if n := len(logs(t, l)); n != 2 {
			t.Errorf("%d log entries", n)
		}
	})
}

// While another process holds the file, a writer waits and readers do not.
func TestASQLiteWriterWaitsForAnotherProcess(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], standing)
	if _, err := l.Raw.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(new(session(1))) })
	}()
	if n := len(sessions(t, l.Store, false)); n != 0 {
		t.Errorf("%d sessions", n)
	}
	select {
	case err := <-done:
		t.Errorf("the writer did not wait: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	if _, err := l.Raw.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if n := len(sessions(t, l.Store, false)); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A server that is gone is a failure of ours, whose text shows no password.
func TestAServerThatIsGone(t *testing.T) {
	t.Parallel()
	server, err := modelstest.StartMariaDB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	database, err := server.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := mysql.ParseDSN(database[len("mysql:"):])
	if err != nil {
		t.Fatal(err)
	}
	store := modelstest.Open(t, database, standing)
	server.Stop()
	_, reopened := models.Open(t.Context(), models.Options{Database: database})
	_, version := store.Versions(t.Context())
	_, resources := store.Resources(t.Context(), models.ResourceQuery{})
	_, credential := store.Credential(t.Context(), "key")
	for what, err := range map[string]error{
		"write":      store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(new(session(1))) }),
		"read":       store.EachSession(t.Context(), nil, false, func(models.SessionRow) error { return nil }),
		"ping":       store.Ping(t.Context()),
		"open":       reopened,
		"versions":   version,
		"resources":  resources,
		"credential": credential,
	} {
		var told *models.Error
		if err == nil || errors.As(err, &told) {
			t.Errorf("%s: error %v", what, err)
		} else if hides := cfg.User + ":" + cfg.Passwd; contains(err, hides, "app@", database) {
			t.Errorf("%s: the error shows how to connect: %v", what, err)
		}
	}
}

func TestAFileThatIsNoDatabase(t *testing.T) {
	t.Parallel()
	ring, err := keyring.LoadOrCreate(filepath.Join(t.TempDir(), "gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = models.Open(t.Context(), models.Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder.db"), Keyring: ring})
	if err == nil || models.ErrorCode(err) != models.Internal {
		t.Errorf("error %v", err)
	}
}
