package models_test

import (
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestMigrateLeavesNothingPending(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, store *models.Store) {
		pending, err := store.PendingMigrations(t.Context())
		if err != nil || len(pending) != 0 {
			t.Fatalf("pending = %v, %v", pending, err)
		}
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatalf("second migration: %v", err)
		}
	})
}
