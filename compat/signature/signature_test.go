package signature_test

import (
	"errors"
	"strings"
	"testing"

	"provision-gateway/compat/signature"
)

// vectors are worked examples of the vendor's documentation. They show in
// passing that the secret is used as text and the query as it is sent.
var vectors = []struct{ query, secret, hash string }{
	{"target=ipam&action=get&type=IP&mask=24&apiKey=32-5DAYTJQY2TZHOFOB", "48b278ec873bda4738923dbc467f8669", "yneSFMyxPPe+3W4IOkVp50K3VStatBcRRak+2ygDUWQ="},
	{"target=ipam&action=get&type=IP&mask=24&apiKey=38-TMHQV8CV2XZYC2ZS", "6e04e5822ce90feaa8947ded46c46878", "8jxj4IApYmgb5IZ0wBY4tFv+WilXb5JuVpjrwupyXQo="},
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		if got := signature.Sign(v.query, v.secret); got != v.hash {
			t.Errorf("Sign(%q) = %s, want %s", v.query, got, v.hash)
		}
		signed, hash, err := signature.Split(v.query + "&hash=" + v.hash)
		if err != nil || signed != v.query || hash != v.hash {
			t.Errorf("Split gives %q, %q, %v", signed, hash, err)
		}
		if !signature.Verify(signed, hash, v.secret) {
			t.Errorf("%q does not verify", v.query)
		}
	}
}

// TestHashSpellings sends the hash in every way in which clients and the
// software between do.
func TestHashSpellings(t *testing.T) {
	t.Parallel()
	// A secret under which the hash holds all three special characters.
	const query = "target=test&action=helloWorld&apiKey=1-A"
	secret, hash := "", ""
	for ; !strings.Contains(hash, "+") || !strings.Contains(hash, "/"); secret += "s" {
		hash = signature.Sign(query, secret+"s")
	}
	tests := []struct{ name, hash string }{
		{"raw", hash},
		{"plus decoded", strings.ReplaceAll(hash, "+", " ")},
		{"plus encoded", strings.ReplaceAll(hash, "+", "%2B")},
		{"lower-case digits", strings.NewReplacer("+", "%2b", "/", "%2f", "=", "%3d").Replace(hash)},
		{"all encoded", strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(hash)},
		{"plus decoded and encoded again", strings.ReplaceAll(hash, "+", "%20")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			signed, got, err := signature.Split(query + "&hash=" + test.hash)
			if err != nil || got != hash || !signature.Verify(signed, got, secret) {
				t.Errorf("Split gives the hash %q (error %v), want %q", got, err, hash)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, query, signed, hash string
		err                       error
	}{
		{"usual", "a=1&hash=x", "a=1", "x", nil},
		{"empty hash", "a=1&hash=", "a=1", "", nil},
		{"nothing signed", "&hash=x", "", "x", nil},
		{"hash as a value", "a=hash=y&hash=x", "a=hash=y", "x", nil},
		{"longer name in front", "a=1&xhash=y&hash=x", "a=1&xhash=y", "x", nil},
		{"percent sign without digits", "a=1&hash=%zz%2", "a=1", "%zz%2", nil},
		{"equals signs", "a=1&hash=x==", "a=1", "x==", nil},
		{"empty", "", "", "", signature.ErrNoHash},
		{"no hash", "a=1", "", "", signature.ErrNoHash},
		{"only parameter", "hash=x", "", "", signature.ErrNoHash},
		{"first parameter", "hash=x&a=1", "", "", signature.ErrNoHash},
		{"capitals", "a=1&HASH=x", "", "", signature.ErrNoHash},
		{"encoded name", "a=1&%68ash=x", "", "", signature.ErrNoHash},
		{"encoded separator", "a=1%26hash=x", "", "", signature.ErrNoHash},
		{"no value", "a=1&hash", "", "", signature.ErrNoHash},
		{"array", "a=1&hash[]=x", "", "", signature.ErrNoHash},
		{"parameter behind", "a=1&hash=x&b=2", "", "", signature.ErrTrailing},
		{"separator behind", "a=1&hash=x&", "", "", signature.ErrTrailing},
		{"twice", "a=1&hash=x&hash=x", "", "", signature.ErrTrailing},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			signed, hash, err := signature.Split(test.query)
			if signed != test.signed || hash != test.hash || !errors.Is(err, test.err) {
				t.Errorf("Split(%q) = %q, %q, %v, want %q, %q, %v", test.query, signed, hash, err, test.signed, test.hash, test.err)
			}
		})
	}
}

// verifies takes the way of a request: split, then verify.
func verifies(rawQuery, secret string) bool {
	signed, hash, err := signature.Split(rawQuery)
	return err == nil && signature.Verify(signed, hash, secret)
}

// TestTampering changes, drops and adds every single byte of a signed query, and
// of the secret.
func TestTampering(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		whole := v.query + "&hash=" + v.hash
		if !verifies(whole, v.secret) {
			t.Fatalf("%q does not verify", whole)
		}
		for i := range len(whole) {
			for c := range 256 {
				changed := whole[:i] + string([]byte{byte(c)}) + whole[i+1:]
				if changed == whole || (c == ' ' && whole[i] == '+' && i > len(v.query)) {
					continue // no change, or a spelling of the same hash
				}
				if verifies(changed, v.secret) {
					t.Errorf("verifies with byte %d changed from %q to %q", i, whole[i], byte(c))
				}
			}
			if verifies(whole[:i]+whole[i+1:], v.secret) {
				t.Errorf("verifies without byte %d", i)
			}
			if verifies(whole[:i]+"x"+whole[i:], v.secret) {
				t.Errorf("verifies with a byte more at %d", i)
			}
		}
		for i := range len(v.secret) {
			if verifies(whole, v.secret[:i]+"x"+v.secret[i+1:]) {
				t.Errorf("verifies with byte %d of the secret changed", i)
			}
		}
		if verifies(whole, "") || verifies(whole, v.secret+"\x01") || verifies(whole, strings.ToUpper(v.secret)) {
			t.Error("verifies with another secret")
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	v := vectors[0]
	tests := []struct{ name, signed, hash, secret string }{
		{"no hash", v.query, "", v.secret},
		{"start of the hash", v.query, v.hash[:20], v.secret},
		{"more behind the hash", v.query, v.hash + "=", v.secret},
		{"no padding", v.query, strings.TrimRight(v.hash, "="), v.secret},
		{"the same bytes in other base64", v.query, strings.Replace(v.hash, "WQ=", "WR=", 1), v.secret},
		{"hash of the other key", v.query, vectors[1].hash, v.secret},
		{"no secret", v.query, signature.Sign(v.query, ""), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if signature.Verify(test.signed, test.hash, test.secret) {
				t.Error("verifies")
			}
		})
	}
}

// TestErrorsHoldNoSecrets makes sure that what may be logged names neither the
// hash nor the query.
func TestErrorsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"a=topsecret", "a=1&hash=topsecret&b=2"} {
		if _, _, err := signature.Split(query); err == nil || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("Split(%q) gives the error %v", query, err)
		}
	}
}

// FuzzSplit looks for queries that panic, that are split other than in one place,
// and for signed queries that do not verify or verify with something added.
func FuzzSplit(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.query+"&hash="+v.hash, v.secret)
	}
	f.Add("a=1&hash=%2B %2f&hash=", "s")
	f.Add("hash=x", "")
	f.Fuzz(func(t *testing.T, query, secret string) {
		signed, hash, err := signature.Split(query)
		if err == nil {
			rest, found := strings.CutPrefix(query, signed+"&hash=")
			if !found || strings.Contains(signed, "&hash=") || strings.Contains(rest, "&") || len(hash) > len(rest) {
				t.Errorf("Split(%q) = %q, %q", query, signed, hash)
			}
			if strings.Contains(hash, " ") {
				t.Errorf("the hash %q holds a space", hash)
			}
		} else if signed != "" || hash != "" {
			t.Errorf("Split(%q) = %q, %q with the error %v", query, signed, hash, err)
		}
		if secret == "" {
			return
		}
		if !strings.Contains(query, "&hash=") {
			whole := query + "&hash=" + signature.Sign(query, secret)
			if !verifies(whole, secret) {
				t.Errorf("%q does not verify", whole)
			}
			if verifies("x"+whole, secret) || verifies(whole+"&x=1", secret) || verifies(whole, secret+"x") {
				t.Errorf("%q verifies with something added", whole)
			}
		}
	})
}

// BenchmarkVerify splits and verifies a request.
func BenchmarkVerify(b *testing.B) {
	v := vectors[0]
	whole := v.query + "&hash=" + v.hash
	b.ReportAllocs()
	for b.Loop() {
		if !verifies(whole, v.secret) {
			b.Fatal("does not verify")
		}
	}
}

func TestResign(t *testing.T) {
	t.Parallel()
	const key, secret = "38-TMHQV8CV2XZYC2ZS", "6e04e5822ce90feaa8947ded46c46878"
	for _, test := range []struct{ name, raw, want string }{
		{"in place of another key", "target=ipam&action=get&type=IP&mask=24&apiKey=1-MINE&hash=abc=",
			"target=ipam&action=get&type=IP&mask=24&apiKey=" + key},
		{"the place of the key is kept", "apiKey=1-MINE&target=a&action=b&hash=abc=", "apiKey=" + key + "&target=a&action=b"},
		{"no key and no hash", "target=a&action=b", "target=a&action=b&apiKey=" + key},
		{"an empty key", "target=a&action=b&apiKey=", "target=a&action=b&apiKey=" + key},
		{"only one of two keys", "apiKey=1&target=a&apiKey=2&hash=x", "apiKey=" + key + "&target=a"},
		{"an encoded name", "target=a&api%4Bey=1&hash=x", "target=a&api%4Bey=" + key},
		{"encodings are kept", "target=a&x=%7e+%20~&fields[rir][]=%5B&&y&hash=x", "target=a&x=%7e+%20~&fields[rir][]=%5B&&y&apiKey=" + key},
		{"what cannot be decoded is kept", "target=%zz&%zz=1", "target=%zz&%zz=1&apiKey=" + key},
		{"nothing", "", "apiKey=" + key},
		{"what followed the hash was never signed", "target=a&hash=x&action=b", "target=a&apiKey=" + key},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := signature.Resign(test.raw, key, secret)
			signed, hash, err := signature.Split(got)
			if err != nil || signed != test.want {
				t.Fatalf("%q\nwant %q, %v", signed, test.want, err)
			}
			if !signature.Verify(signed, hash, secret) {
				t.Error("the hash is wrong")
			}
		})
	}
	documented := signature.Resign("target=ipam&action=get&type=IP&mask=24&apiKey=x", key, secret)
	if want := "target=ipam&action=get&type=IP&mask=24&apiKey=" + key + "&hash=8jxj4IApYmgb5IZ0wBY4tFv+WilXb5JuVpjrwupyXQo="; documented != want {
		t.Errorf("the documented request: %s", documented)
	}
}
