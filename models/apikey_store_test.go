package models_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func addKey(t *testing.T, s *models.Store, n models.NewKey) (key, secret string) {
	t.Helper()
	if n.Allow == nil {
		n.Allow = models.Permissions()
	}
	key, secret, err := s.AddKey(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return key, secret
}

func credential(t *testing.T, s *models.Store, key string) *models.Credential {
	t.Helper()
	c, err := s.Credential(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestKeysLookLikeTheOriginals(t *testing.T) {
	t.Parallel()
	key, secret := regexp.MustCompile(`^([1-9]\d*)-[0-9A-Z]{16}$`), regexp.MustCompile(`^[0-9a-f]{32}$`)
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		seen := map[string]bool{}
		for i := range 20 {
			k, s := addKey(t, l.Store, models.NewKey{Name: fmt.Sprint("key ", i)})
			match := key.FindStringSubmatch(k)
			if match == nil || match[1] != fmt.Sprint(i+1) || !secret.MatchString(s) {
				t.Errorf("key %q, secret of %d bytes", k, len(s))
			}
			if seen[k] || seen[s] {
				t.Error("drawn twice")
			}
			seen[k], seen[s] = true, true
		}
	})
}

func TestCredential(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		if has, err := l.Store.HasKeys(t.Context()); has || err != nil {
			t.Errorf("before the first: %v, %v", has, err)
		}
		all, allSecret := addKey(t, l.Store, models.NewKey{Name: "all é😀"})
		some, someSecret := addKey(t, l.Store, models.NewKey{
			Name: "some", Allow: []models.Permission{models.PermissionMail, models.PermissionRead},
			Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		})
		for _, test := range []struct{ key, want string }{
			{all, "1 all é😀 " + allSecret + " [read write mail device secrets] []"},
			{some, "2 some " + someSecret + " [mail read] [192.0.2.0/24 2001:db8::/32]"},
		} {
			c := credential(t, l.Store, test.key)
			if got := fmt.Sprint(c.ID, " ", c.Name, " ", c.Secret, " ", c.Allow, " ", c.Sources); got != test.want {
				t.Errorf("credential of %s differs", c.Name)
			}
		}
		for _, wrong := range []string{"", " ", strings.ToLower(all), all + " ", " " + all, all + "\x00", all[:len(all)-1], "1", "all é😀", "%", "\xff"} {
			if c, err := l.Store.Credential(t.Context(), wrong); c != nil || err != nil {
				t.Errorf("key %q: found %v, %v", wrong, c != nil, err)
			}
		}
		if err := l.Store.RevokeKey(t.Context(), "some"); err != nil {
			t.Fatal(err)
		}
		if c := credential(t, l.Store, some); c != nil {
			t.Error("a revoked key is found")
		}
		if err := l.Store.RevokeKey(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		if has, err := l.Store.HasKeys(t.Context()); !has || err != nil {
			t.Errorf("after the last was revoked: %v, %v", has, err)
		}
		keys, err := l.Store.Keys(t.Context())
		if err != nil || len(keys) != 2 {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for i, k := range keys {
			if k.ID != uint64(i+1) || k.CreatedAt != moment || k.RevokedAt == nil || *k.RevokedAt != moment || k.LastUsedAt != nil {
				t.Errorf("key %d: created %d, revoked %v", k.ID, k.CreatedAt, k.RevokedAt)
			}
		}
	})
}

func TestAddKeyRefuses(t *testing.T) {
	t.Parallel()
	const unusable = "the name of a key must be 1 to 255 printable characters without spaces around them"
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		addKey(t, l.Store, models.NewKey{Name: "taken"})
		addKey(t, l.Store, models.NewKey{Name: "revoked"})
		if err := l.Store.RevokeKey(t.Context(), "revoked"); err != nil {
			t.Fatal(err)
		}
		before := versions(t, l.Store)
		var lines []string
		for _, name := range []string{
			"taken", "revoked", "", " ", "taken ", " taken", "a\nb", "a\x00", "a\x7f", "a\u0085b", "\xff", strings.Repeat("é", 128),
			"Taken", "täken", strings.Repeat("é", 127),
		} {
			_, _, err := l.Store.AddKey(t.Context(), models.NewKey{Name: name, Allow: models.Permissions()})
			lines = append(lines, fmt.Sprint(models.ErrorCode(err), " ", err))
		}
		_, _, err := l.Store.AddKey(t.Context(), models.NewKey{Name: "no permission"})
		lines = append(lines, fmt.Sprint(models.ErrorCode(err), " ", err))
		for _, name := range []string{"", "nobody", "Taken ", "taken ", "TAKEN", "revoked", "a\nb", "\xff"} {
			err := l.Store.RevokeKey(t.Context(), name)
			lines = append(lines, fmt.Sprint(models.ErrorCode(err), " ", err))
		}
		return append(lines, raised(before, versions(t, l.Store)), strings.Join(column(t, l, "SELECT name FROM api_keys ORDER BY id"), ","))
	})
	want := []string{`3 a key named "taken" exists already`, `3 a key named "revoked" exists already`}
	for range 10 {
		want = append(want, "1 "+unusable)
	}
	want = append(want, "0 <nil>", "0 <nil>", "0 <nil>", "1 a key needs at least one permission")
	for _, name := range []string{"", "nobody", "Taken ", "taken ", "TAKEN", "revoked", "a\nb", "\xff"} {
		want = append(want, fmt.Sprintf("2 no active key %q", name))
	}
	equal(t, "answers", got, append(want, "[keys]", "taken,revoked,Taken,täken,"+strings.Repeat("é", 127)))
}

// The raw tables hold neither a secret nor what it is made from.
func TestSecretsAreSealed(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		_, secret := addKey(t, l.Store, models.NewKey{Name: "name"})
		addEntry(t, l.Store, "lir", "LIR", values("rir", "RIPE", "asn", "1", "mnt-by", "EXAMPLE-MNT", "mnt-by-password", "correct horse", "api-key", "battery staple"))
		for _, table := range []string{"api_keys", "secrets", "field_values", "log_entries", "idempotency_records", "resources"} {
			rows, err := l.Raw.Query("SELECT * FROM " + table)
			if err != nil {
				t.Fatal(err)
			}
			everything := dump(t, rows)
			for _, hidden := range []string{secret, "correct horse", "battery staple"} {
				if bytes.Contains(everything, []byte(hidden)) {
					t.Errorf("table %s holds a secret", table)
				}
			}
			if table == "field_values" && !bytes.Contains(everything, []byte("EXAMPLE-MNT")) {
				t.Error("the scan does not see what is stored in clear")
			}
		}
	})
}

// dump gives the bytes of all columns of all rows.
func dump(t *testing.T, rows *sql.Rows) []byte {
	t.Helper()
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for rows.Next() {
		values, targets := make([][]byte, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Join(values, []byte{'\n'})...)
	}
	return all
}

// The last use never goes back, whichever gateway tells of it last.
func TestMarkUsed(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		for i := range 3 {
			addKey(t, l.Store, models.NewKey{Name: fmt.Sprint(i)})
		}
		at := func(seconds int64) time.Time { return time.Unix(moment+seconds, 999) }
		for _, uses := range []map[uint64]time.Time{
			{1: at(10), 2: at(20)}, {1: at(5), 2: at(21)}, {}, nil, {1: at(10), 99: at(1)},
		} {
			if err := l.Store.MarkUsed(t.Context(), uses); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "last uses", column(t, l, "SELECT last_used_at FROM api_keys ORDER BY id"), []string{fmt.Sprint(moment + 10), fmt.Sprint(moment + 21), "NULL"})
	})
}

// A key whose row was damaged is an error and lets nobody in.
func TestADamagedKeyLetsNobodyIn(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"permissions":        "UPDATE api_keys SET allow = 'read,root'",
		"no permission":      "UPDATE api_keys SET allow = ''",
		"sources":            "UPDATE api_keys SET sources = 'everywhere'",
		"sealed value":       "UPDATE api_keys SET sealed_secret = 'x'",
		"name of its key":    "UPDATE api_keys SET key_id = 'k0'",
		"moved to a new key": "UPDATE api_keys SET `key` = '1-MOVED'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				key, secret := addKey(t, l.Store, models.NewKey{Name: "name"})
				if _, err := l.Raw.Exec(statement); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(statement, "MOVED") {
					key = "1-MOVED"
				}
				c, err := l.Store.Credential(t.Context(), key)
				if c != nil || err == nil || contains(err, secret) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// A script keeps the key and the secret that it has.
func TestAddKeyTakesOver(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const key, secret = "38-TMHQV8CV2XZYC2ZS", "6e04e5822ce90feaa8947ded46c46878"
		add := func(name, key, secret string) error {
			_, _, err := l.Store.AddKey(t.Context(), models.NewKey{Name: name, Allow: models.Permissions(), Key: key, Secret: secret})
			return err
		}
		if err := add("script", key, secret); err != nil {
			t.Fatal(err)
		}
		if c, err := l.Store.Credential(t.Context(), key); err != nil || c == nil || c.Name != "script" || c.Secret != secret {
			t.Errorf("%+v, %v", c, err)
		}
		if err := add("new", "", ""); err != nil {
			t.Error(err)
		}
		if err := l.Store.RevokeKey(t.Context(), "script"); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			key, secret string
			want        models.Code
		}{
			{key, secret, models.Conflict}, {"1-A", "", models.Invalid}, {"", secret, models.Invalid}, {"1-A", "short", models.Invalid},
			{"1 A", secret, models.Invalid}, {"1-A\n", secret, models.Invalid}, {strings.Repeat("x", 65), secret, models.Invalid},
			{"1-A", strings.Repeat("x", 256), models.Invalid}, {"1-A", secret + "\x00", models.Invalid},
		} {
			if err := add("another", test.key, test.secret); models.ErrorCode(err) != test.want || strings.Contains(fmt.Sprint(err), secret) {
				t.Errorf("%q: %v", test.key, err)
			}
		}
	})
}
