package ix

import (
	"slices"
	"testing"
	"time"

	"provision-gateway/models"
)

// A credential is listed, without its secret, and good until it is revoked.
func TestRevokeCredential(t *testing.T) {
	atBureau(t, func(b *bureau) {
		keys := func(account string) (list []string) {
			b.Helper()
			rows, err := b.store.Credentials(b.Context(), account)
			if err != nil {
				b.Fatal(err)
			}
			for _, row := range rows {
				if len(row.SecretHash) > 0 || row.CreatedAt == 0 {
					b.Errorf("listed %+v", row)
				}
				list = append(list, row.APIKey)
			}
			return list
		}
		before := keys("")
		b.clock.Advance(time.Second)
		key, secret, err := b.store.IssueCredential(b.Context(), b.a)
		if err != nil {
			b.Fatal(err)
		}
		b.want("keys of all", slices.Equal(keys(""), append(before, key)), true)
		b.want("keys of one", len(keys(b.a)), 2)
		b.want("keys of nobody", len(keys("nobody")), 0)
		b.want("checked", refusal(b.store.CheckCredential(b.Context(), key, b.a)), "<nil>")
		b.want("of another account", refusal(b.store.CheckCredential(b.Context(), key, b.b)), "401 authentication-error")
		b.want("no key", refusal(b.store.CheckCredential(b.Context(), "", b.a)), "401 authentication-error")
		if err := b.store.RevokeCredential(b.Context(), key); err != nil {
			b.Fatal(err)
		}
		b.want("checked afterwards", refusal(b.store.CheckCredential(b.Context(), key, b.a)), "401 authentication-error")
		_, err = b.store.Authenticate(b.Context(), key, secret)
		b.want("exchanged afterwards", refusal(err), "401 authentication-error")
		rows, err := b.store.Credentials(b.Context(), b.a)
		if err != nil || len(rows) != 2 || rows[0].RevokedAt != nil || rows[1].RevokedAt == nil || *rows[1].RevokedAt != b.clock.Now().Unix() {
			b.Errorf("listed afterwards: %+v, %v", rows, err)
		}
		for _, gone := range []string{key, "nothing", "", "it's"} {
			if err := b.store.RevokeCredential(b.Context(), gone); models.ErrorCode(err) != models.NotFound {
				b.Errorf("revoke %q: %v", gone, err)
			}
		}
	})
}
