package ix

import (
	"slices"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// When the numbers of our secrets are wanted for those of an original server, ours
// get other numbers, and are found by whoever has them.
func TestSecretsGiveWay(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		_, sessions := m.sessions()
		keys, err := m.store.SigningKeys(t.Context(), time.Hour)
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		signing, err := m.store.SigningSecret(t.Context(), keys[0].ID)
		if err != nil || signing == "" {
			t.Fatal(err)
		}
		before := modelstest.Column(t, m.lent.Raw, "SELECT modified_at FROM ix_objects ORDER BY id")
		numbers := modelstest.Column(t, m.lent.Raw, "SELECT id FROM secrets ORDER BY id")
		var wanted []models.FieldValue
		for i := range numbers {
			wanted = append(wanted, models.FieldValue{Slug: "password", Instance: uint32(i), SecretID: new(uint64(i + 1))})
		}
		for range 2 {
			if err := m.lent.Store.Write(t.Context(), func(tx *models.Tx) error {
				return tx.ImportResource(models.Resource{ID: 4711, Name: "Theirs", Slug: "theirs", Type: models.TypeEntry}, false, wanted)
			}); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"1", "2", "3"}; !slices.Equal(numbers, want) {
			t.Fatalf("the secrets had the numbers %v", numbers)
		}
		for _, id := range sessions {
			if got := m.password(id); got != "bgp-session-test" {
				t.Errorf("the password of a session is %v", got)
			}
			if s := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, id); s.PasswordSecret < 4 {
				t.Errorf("its number is still %d", s.PasswordSecret)
			}
		}
		if got, err := m.store.SigningSecret(t.Context(), keys[0].ID); got != signing || err != nil {
			t.Errorf("the signing key is another one, or gone: %v", err)
		}
		if texts, err := m.lent.Store.Secrets(m.lent.Store.Reader(t.Context()), []uint64{1, 2, 3}); err != nil || len(texts) != 3 || texts[1]+texts[2]+texts[3] != "" {
			t.Errorf("%d secrets of the original server, %v", len(texts), err)
		}
		if after := modelstest.Column(t, m.lent.Raw, "SELECT modified_at FROM ix_objects ORDER BY id"); !slices.Equal(before, after) {
			t.Error("objects changed otherwise")
		}
		if r, err := m.lent.Store.RotateSecrets(t.Context(), nil); err != nil || r.Resealed != 6 {
			t.Errorf("rotated: %+v, %v", r, err)
		}
	})
}

// A text whose number went to another secret since its row was read is shown to
// nobody.
func TestNumbersOfOthersAreNotOpened(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		_, sessions := m.sessions()
		k, _ := kindOf(NetworkFeatureConfigs)
		var row Row
		db := m.lent.Store.Reader(t.Context())
		if err := db.Where("id = ?", sessions[0]).Take(&row).Error; err != nil {
			t.Fatal(err)
		}
		number := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, sessions[0]).PasswordSecret
		if texts, err := m.store.opened(db, k, row); err != nil || texts[number] != "bgp-session-test" {
			t.Fatalf("%d texts, %v", len(texts), err)
		}
		if err := m.lent.Store.Write(t.Context(), func(tx *models.Tx) error {
			return tx.ImportResource(models.Resource{ID: 4711, Name: "Theirs", Slug: "theirs", Type: models.TypeEntry}, false,
				[]models.FieldValue{{Slug: "password", SecretID: &number}})
		}); err != nil {
			t.Fatal(err)
		}
		if texts, err := m.store.opened(db, k, row); err != nil || len(texts) != 0 {
			t.Errorf("%d texts, %v", len(texts), err)
		}
	})
}

// Every column that refers to a secret is one whose mover is registered.
func TestNothingElseRefersToSecrets(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], time.Now)
	got := modelstest.Column(t, l.Raw, "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name LIKE '%secret%' ORDER BY 1")
	want := []string{"api_keys.sealed_secret", "field_values.secret_id", "ix_credentials.secret_hash", "ix_signing_keys.secret_id", "section_fields.secret"}
	if !slices.Equal(got, want) {
		t.Errorf("columns %v", got)
	}
}
