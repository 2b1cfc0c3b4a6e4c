package redact

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// documented are values of secret fields in the examples of the vendor's
// documentation, which everybody can read.
var documented = []string{
	"ace12345", "ACE12345", // peering addSession, and in another case
	"API-XXXX-YYYY-ZZZZ-1234", "password", // lir get
	"akakakakakaka", // lir add
	"passwordabcd",  // lir update
	"abcdabcd",      // lir update
}

// invented are values that were made up for the golden files. None was ever
// valid anywhere.
var invented = []string{
	"maintainer-two", "RIPE-API-KEY", "API-MANY-0", "API-MANY-3", "NEW-KEY", "old-family-password", // LIRs
	"ak", "k", "k1", "k2", "p", "p1", "p2", "x", "before", "changed", "sesame", // shortest values, resources
	"bgp-session-test-23", "one-time", "edge-password", "router-password", // sessions and routers
	"s&cr+t=0", "p@ss", "n+w&", "p&w+", "mine", strings.Repeat("é", 128), "1", // encodings and limits
}

func TestGuardTestdata(t *testing.T) {
	t.Parallel()
	allowed := append(documented[:len(documented):len(documented)], invented...)
	files := 0
	err := filepath.WalkDir("../../testdata", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, leak := range Leaks(data, allowed...) {
			// The table of secrets in fixtures is what tests encrypt: its rows
			// have numbers and times beside the value, which lir get shows.
			if strings.Contains(path, "fixtures") && strings.Contains(leak, "$.secrets[") {
				continue
			}
			t.Errorf("%s: %s", path, leak)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files read: %v", files, err)
	}
}

func TestLeaks(t *testing.T) {
	t.Parallel()
	const key = "48b278ec873bda4738923dbc467f8669"
	tests := map[string]struct{ text, want string }{
		"answer":           {`{"data":[{"password":"geheim"}]}`, "line 1: $.data[0].password"},
		"answer of a list": {"GET /x\n---\n{\"fields\":{\"api-key\":[\"geheim\"]}}\n", "line 3: $.fields.api-key[0]"},
		"number":           {`{"password":12345}`, "line 1: $.password"},
		"number in attr":   {`{"attr":{"password":30,"api-key":[10,11]}}`, ""},
		"none":             {`{"password":"0","api_key":null,"hash":"","secret":false,"token":"<secret-1>"}`, ""},
		"documents":        {"{\n \"a\": 1,\n \"password\": \"geheim\"\n}", "line 3: $.password"},
		"query":            {"GET /api.php?target=lir&apiKey=32-5D&x=1 HTTP/1.1", "line 1: parameter apiKey"},
		"nested query":     {"a=1\nb=2&fields%5Bmnt-by-password%5D%5B%5D=geheim", "line 2: parameter fields[mnt-by-password][]"},
		"redacted query":   {"GET /api.php?target=lir&apiKey=<secret-1>&hash=<hash>&password=0", ""},
		"header":           {"Authorization: Bearer abc", "line 1: header Authorization"},
		"part":             {"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ngeheim\r\n--x--", "line 4: part password"},
		"redacted part":    {"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n<secret-1>\r\n--x--", ""},
		"member of a part": {"answer: {\"password\": \"geheim\",", "line 1: member password"},
		"hexadecimal":      {"the secret: " + key, "line 1: a key beside secret"},
		"hexadecimal text": {`{"message":"apiKey ` + key + `"}`, "line 1: $.message: a key beside apiKey"},
		"digest":           {`{"etag":"` + key + `"}`, ""},
		"address":          {`{"url":"/x?apiKey=geheim"}`, "line 1: $.url: parameter apiKey"},
		"private key":      {"x\n-----BEGIN RSA PRIVATE KEY-----\nabc", "line 2: a private key"},
		"allowed":          {`{"password":"known"}`, ""},
		"e-mail":           {`{"body":"Hello"}`, ""},
	}
	for name, test := range tests {
		got := strings.Join(Leaks([]byte(test.text), "known"), "; ")
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		if strings.Contains(got, "geheim") || strings.Contains(got, key) {
			t.Errorf("%s: the value is repeated: %s", name, got)
		}
	}
}
