package models_test

import (
	"sync"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// Gateways that start together on a file that does not exist yet all open it.
func TestOpenNewSQLiteFileTogether(t *testing.T) {
	t.Parallel()
	for range 10 {
		database := modelstest.SQLiteDatabase(t)
		var opened sync.WaitGroup
		for range 8 {
			opened.Go(func() {
				store, err := models.Open(t.Context(), models.Options{Database: database})
				if err != nil {
					t.Error(err)
					return
				}
				if err := store.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		opened.Wait()
	}
}
