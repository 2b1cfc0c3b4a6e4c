package models_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
	"provision-gateway/models/modelstest"
)

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
