package models_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/keyring"
	"provision-gateway/models/modelstest"
)

func TestSecretsThatDoNotOpen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statements []string
		want       error
	}{
		"changed":              {[]string{"UPDATE secrets SET sealed = 'x' WHERE id = 1"}, keyring.ErrTampered},
		"moved to another row": {[]string{"UPDATE field_values SET secret_id = 99 WHERE secret_id = 1", "UPDATE secrets SET id = 99 WHERE id = 1"}, keyring.ErrTampered},
		"sealed by others":     {[]string{"UPDATE secrets SET key_id = 'k00000000' WHERE id = 1"}, keyring.ErrUnknownKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				box := fillSafe(t, l.Store, 2)
				for _, statement := range test.statements {
					if _, err := l.Raw.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
				if err := box.check(t, l.Store); !errors.Is(err, test.want) || contains(err, "s3cret") {
					t.Errorf("read: %v", err)
				}
				if lirs, err := l.Store.LIRs(t.Context(), nil, false); err != nil || len(lirs) != 2 {
					t.Errorf("without secrets: %d LIRs, %v", len(lirs), err)
				}
				// A rotation that fails leaves all keys, and what opens opens.
				first := l.Keyring.Active()
				if _, err := l.Store.RotateSecrets(t.Context(), nil); !errors.Is(err, test.want) {
					t.Errorf("rotation: %v", err)
				}
				for key, secret := range box.keys {
					if c := credential(t, l.Another(t), key); c == nil || c.Secret != secret {
						t.Error("a key was lost")
					}
				}
				if data, err := os.ReadFile(l.KeyFile); err != nil || !strings.Contains(string(data), first+":") {
					t.Errorf("the first key is gone: %v", err)
				}
				if _, err := l.Raw.Exec("DELETE FROM secrets"); err != nil {
					t.Fatal(err)
				}
				if r := rotate(t, l.Store); r.Resealed != 2 {
					t.Errorf("rotated again: %+v", r)
				}
			})
		})
	}
}

func TestTheWrongKeyFile(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		box := fillSafe(t, l.Store, 1)
		other, err := keyring.LoadOrCreate(filepath.Join(t.TempDir(), "other.key"))
		if err != nil {
			t.Fatal(err)
		}
		for name, test := range map[string]struct {
			ring *keyring.Keyring
			want error
			text string
		}{
			"another": {other, keyring.ErrUnknownKey, ""},
			"none":    {nil, nil, "no key file for secrets is configured"},
		} {
			s, err := models.Open(t.Context(), models.Options{Database: l.Database, Keyring: test.ring})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			_, rotation := s.RotateSecrets(t.Context(), nil)
			for what, err := range map[string]error{"read": box.check(t, s), "rotate": rotation} {
				if err == nil || test.want != nil && !errors.Is(err, test.want) || !contains(err, test.text) {
					t.Errorf("%s key file, %s: %v", name, what, err)
				}
			}
		}
		none, err := models.Open(t.Context(), models.Options{Database: l.Database})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = none.Close() })
		if _, _, err := none.AddKey(t.Context(), models.NewKey{Name: "x", Allow: models.Permissions()}); err == nil {
			t.Error("a key was added without a key file")
		}
		if err := box.check(t, l.Store); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}
