package handlers_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"provision-gateway/compat/signature"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

const hello = "target=test&action=helloWorld"

// refused checks for the answer to a bad key or hash.
func refused(t *testing.T, what string, a answered) {
	t.Helper()
	if a.status != http.StatusUnauthorized || a.body != `{"success":0,"message":"Unable to authenticate"}` {
		t.Errorf("%s: %d %s, want 401 Unable to authenticate", what, a.status, a.body)
	}
}

// accepted checks for the answer to helloWorld.
func accepted(t *testing.T, what string, a answered) {
	t.Helper()
	if a.status != http.StatusOK || !a.success() {
		t.Errorf("%s: %d %s, want 200 and success", what, a.status, a.body)
	}
}

// signedWithPlus gives a signed query string whose hash holds a plus sign and a
// slash, which clients send in different ways.
func signedWithPlus(c credentials) (query, hash string) {
	for n := 0; ; n++ {
		query, hash, _ = strings.Cut(c.sign(hello+"&n="+strconv.Itoa(n)), "&hash=")
		if strings.Contains(hash, "+") && strings.Contains(hash, "/") {
			return query, hash
		}
	}
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	key := s.addKey(t, "reader", models.PermissionRead)
	other := s.addKey(t, "other", models.PermissionRead)
	query, hash := signedWithPlus(key)
	signed := query + "&hash=" + hash
	escape := strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D")
	for _, test := range []struct {
		name, query string
		accepted    bool
	}{
		{"hash as it is", signed, true},
		{"hash percent-encoded", query + "&hash=" + escape.Replace(hash), true},
		{"hash percent-encoded in lower case", query + "&hash=" + strings.NewReplacer("+", "%2b", "/", "%2f", "=", "%3d").Replace(hash), true},
		{"plus sent as space", query + "&hash=" + strings.ReplaceAll(hash, "+", "%20"), true},
		{"brackets encoded", key.sign(hello + "&a%5Bb%5D=1"), true},
		{"brackets not encoded", key.sign(hello + "&a[b]=1"), true},
		{"an ignored time", key.sign(hello + "&time=1335316083"), true},
		{"key in front", func() string {
			q := "apiKey=" + key.key + "&" + hello
			return q + "&hash=" + signature.Sign(q, key.secret)
		}(), true},

		{"no key and no hash", hello, false},
		{"empty key", hello + "&apiKey=", false},
		{"no hash", query, false},
		{"empty hash", query + "&hash=", false},
		{"hash shortened", query + "&hash=" + hash[:40], false},
		{"hash of another request", query + "&hash=" + signature.Sign(query+"&a=1", key.secret), false},
		{"something behind the hash", signed + "x", false},
		{"hash first", "hash=" + hash + "&" + query, false},
		{"hash first and last", "hash=" + hash + "&" + signed, false},
		{"parameter behind the hash", signed + "&a=1", false},
		{"hash twice", signed + "&hash=" + hash, false},
		{"parameters in another order", "action=helloWorld&target=test&apiKey=" + key.key + "&hash=" + hash, false},
		{"parameter changed", strings.Replace(signed, "helloWorld", "HelloWorld", 1), false},
		{"encoding changed", strings.Replace(signed, "target=test", "target=tes%74", 1), false},
		{"secret of another key", (&credentials{key.key, other.secret}).sign(hello), false},
		{"unknown key", (&credentials{"38-TMHQV8CV2XZYC2ZS", key.secret}).sign(hello), false},
		{"key in lower case", (&credentials{strings.ToLower(key.key), key.secret}).sign(hello), false},
		{"key with a space behind it", (&credentials{key.key + "+", key.secret}).sign(hello), false},
		{"key as an array", func() string {
			q := hello + "&apiKey[]=" + key.key
			return q + "&hash=" + signature.Sign(q, key.secret)
		}(), false},
		{"empty secret", (&credentials{key.key, ""}).sign(hello), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := s.get(t, test.query)
			if test.accepted {
				accepted(t, test.query, answer)
			} else {
				refused(t, test.query, answer)
			}
		})
	}
}

// TestDocumentedVector signs as the vendor's worked example does.
func TestDocumentedVector(t *testing.T) {
	t.Parallel()
	const (
		key, secret = "32-5DAYTJQY2TZHOFOB", "48b278ec873bda4738923dbc467f8669"
		query       = "target=ipam&action=get&type=IP&mask=24&apiKey=" + key
		hash        = "yneSFMyxPPe+3W4IOkVp50K3VStatBcRRak+2ygDUWQ="
	)
	s := serve(t, nil)
	keyID, sealed, err := s.database.Keyring.Seal("api-key "+key, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.database.Raw.Exec("INSERT INTO api_keys (name, `key`, key_id, sealed_secret, allow, sources, created_at) VALUES (?, ?, ?, ?, ?, '', 0)",
		"vector", key, keyID, sealed, "read")
	if err != nil {
		t.Fatal(err)
	}
	answer := s.get(t, query+"&hash="+hash)
	if want := `{"success":0,"message":"Invalid target: ipam"}`; answer.status != http.StatusOK || answer.body != want {
		t.Errorf("%d %s, want 200 %s", answer.status, answer.body, want)
	}
	refused(t, "another mask", s.get(t, strings.Replace(query, "mask=24", "mask=25", 1)+"&hash="+hash))
}

// TestWithoutKeys checks that no signature is needed until there was a key, and
// ever after.
func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	accepted(t, "no key exists", s.get(t, hello))
	accepted(t, "a key nobody knows, and none exists", s.get(t, hello+"&apiKey=1-X&hash=x"))
	accepted(t, "the vendor's client without a key", s.get(t, hello+"&apiKey="))
	s.addKey(t, "first", models.PermissionRead)
	refused(t, "a key exists", s.get(t, hello))
	if err := s.database.Store.RevokeKey(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	refused(t, "the only key is revoked", s.get(t, hello))
}

// TestRevokedKey checks that a key ends with the request that follows.
func TestRevokedKey(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	key := s.addKey(t, "short-lived", models.PermissionRead)
	kept := s.addKey(t, "kept", models.PermissionRead)
	for range 3 {
		accepted(t, "before", s.get(t, key.sign(hello)))
	}
	if err := s.database.Store.RevokeKey(t.Context(), key.key); err != nil {
		t.Fatal(err)
	}
	refused(t, "after", s.get(t, key.sign(hello)))
	accepted(t, "another key", s.get(t, kept.sign(hello)))
}

// TestSources checks from where a key may be used. The tests come from
// 127.0.0.1.
func TestSources(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, test := range []struct {
		name     string
		sources  []string
		accepted bool
	}{
		{"anywhere", nil, true},
		{"this address", []string{"127.0.0.1/32"}, true},
		{"this network, among others", []string{"2001:db8::/32", "127.0.0.0/8"}, true},
		{"another network", []string{"192.0.2.0/24"}, false},
		{"other networks", []string{"192.0.2.0/24", "::1/128"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := models.NewKey{Name: test.name, Allow: []models.Permission{models.PermissionRead}}
			for _, prefix := range test.sources {
				n.Sources = append(n.Sources, netip.MustParsePrefix(prefix))
			}
			key, secret, err := s.database.Store.AddKey(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			answer := s.get(t, credentials{key, secret}.sign(hello))
			if test.accepted {
				accepted(t, test.name, answer)
			} else {
				refused(t, test.name, answer)
			}
		})
	}
}

// TestMaxAge checks the parameter time where a maximal age is configured.
func TestMaxAge(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *handlers.Options) { o.MaxAge = 5 * time.Minute })
	key := s.addKey(t, "reader", models.PermissionRead)
	at := func(age time.Duration) string { return "&time=" + strconv.FormatInt(moment.Add(-age).Unix(), 10) }
	for _, test := range []struct {
		name, parameter string
		accepted        bool
	}{
		{"now", at(0), true},
		{"as old as allowed", at(5 * time.Minute), true},
		{"as early as allowed", at(-5 * time.Minute), true},
		{"too old", at(5*time.Minute + time.Second), false},
		{"too early", at(-5*time.Minute - time.Second), false},
		{"missing", "", false},
		{"empty", "&time=", false},
		{"no number", "&time=now", false},
		{"with a fraction", at(0) + ".5", false},
		{"negative", "&time=-1", false},
		{"array", "&time[]=" + strconv.FormatInt(moment.Unix(), 10), false},
		{"overflow", "&time=99999999999999999999", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := s.get(t, key.sign(hello+test.parameter))
			if test.accepted {
				accepted(t, test.name, answer)
			} else {
				refused(t, test.name, answer)
			}
		})
	}
}

// TestSignedPost checks that the query string is signed, and the body is not.
func TestSignedPost(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	key := s.addKey(t, "reader", models.PermissionRead)
	answer := s.post(t, key.sign(""), hello+"&a=1")
	if want := `{"success":1,"message":"Hello World","data":{"a":"1"}}`; answer.body != want {
		t.Errorf("all in the body: %d %s, want %s", answer.status, answer.body, want)
	}
	accepted(t, "target in the query", s.post(t, key.sign(hello), "a=1"))
	signed := key.sign(hello)
	refused(t, "key and hash in the body", s.post(t, "", signed))
	_, hash, _ := strings.Cut(signed, "&hash=")
	refused(t, "hash in the body", s.post(t, hello+"&apiKey="+key.key, "hash="+hash))
	// What a body says of key and hash does not count.
	accepted(t, "another key in the body", s.post(t, signed, "apiKey=1-X&hash=x"))
}
