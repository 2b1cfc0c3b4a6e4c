package ix

import (
	"encoding/json"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// What a caller sends comes back with the same characters, whoever reads it and
// however much of it is shown.
func TestTextsAreNotEscapedForPages(t *testing.T) {
	t.Parallel()
	const text = `a < b > c & "d"`
	raw, err := Encode(map[string]any{"text": text, "raw": json.RawMessage(`"<&>"`)})
	if want := `{"raw":"<&>","text":"a < b > c & \"d\""}`; err != nil || string(raw) != want {
		t.Errorf("%s, %v, want %s", raw, err, want)
	}
	if _, err := Encode(func() {}); err == nil {
		t.Error("a function is no JSON")
	}
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		store := New(s)
		seeded, err := store.SeedDemo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		account := seeded.Accounts[0].ID
		quoted, shown := json.RawMessage(`"a \u003c b > c & \"d\""`), `"name":"a < b > c & \"d\""`
		made, err := store.Create(t.Context(), account, Contacts, map[string]json.RawMessage{
			"managing_account": json.RawMessage(`"` + account + `"`), "consuming_account": json.RawMessage(`"` + account + `"`), "name": quoted,
		})
		if err != nil || !strings.Contains(string(made.Document), shown) {
			t.Fatalf("%s, %v", made.Document, err)
		}
		if _, err := store.Update(t.Context(), account, Accounts, account, map[string]json.RawMessage{"name": quoted, "discoverable": json.RawMessage("true")}, true); err != nil {
			t.Fatal(err)
		}
		// The other sees a part of the account.
		for _, reader := range seeded.Accounts {
			read, err := store.Read(t.Context(), reader.ID, Accounts, account)
			if err != nil || !strings.Contains(string(read.Document), shown) {
				t.Errorf("%s reads %s, %v", reader.Name, read.Document, err)
			}
		}
	})
}
