package models_test

import (
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// Secrets of one resource that change their numbers among each other keep their
// values.
func TestImportedSecretsChangeNumbers(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, time.Now, func(t *testing.T, l *modelstest.Lent) {
		write := func(f func(tx *models.Tx) error) {
			t.Helper()
			if err := l.Store.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		entry := models.Resource{ID: 4711, Name: "Theirs", Slug: "theirs", Type: models.TypeEntry}
		values := func(numbers ...uint64) []models.FieldValue {
			return []models.FieldValue{{Slug: "password", SecretID: &numbers[0]}, {Slug: "enable", SecretID: &numbers[1]}}
		}
		// One that nothing refers to is in the way, and is not lost.
		write(func(tx *models.Tx) error { _, err := tx.AddSecret("nobody's"); return err })
		write(func(tx *models.Tx) error { return tx.ImportResource(entry, false, values(1, 2)) })
		write(func(tx *models.Tx) error {
			if err := tx.ReplaceSecret(1, "one"); err != nil {
				return err
			}
			return tx.ReplaceSecret(2, "two")
		})
		write(func(tx *models.Tx) error { return tx.ImportResource(entry, false, values(2, 1)) })
		texts, err := l.Store.Secrets(l.Store.Reader(t.Context()), []uint64{1, 2, 3, 4, 5, 6})
		if err != nil || texts[1] != "two" || texts[2] != "one" {
			t.Errorf("the secrets are %q and %q, %v", texts[1], texts[2], err)
		}
		kept := 0
		for id, text := range texts {
			if id > 2 && text == "nobody's" {
				kept++
			}
		}
		if kept != 1 || len(texts) != 3 {
			t.Errorf("%d secrets, and what was in the way is there %d times", len(texts), kept)
		}
	})
}
