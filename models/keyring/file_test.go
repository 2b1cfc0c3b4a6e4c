package keyring

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// encoded is a key of 32 equal bytes.
func encoded(b byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(b)), keySize)))
}

func TestParse(t *testing.T) {
	t.Parallel()
	a, b := encoded('a'), encoded('b')
	for _, test := range []struct {
		name, data string
		want       []string
		wrong      string
	}{
		{"one", "k1:" + a + "\n", []string{"k1"}, ""},
		{"no end of line", "k1:" + a, []string{"k1"}, ""},
		{"several, in order", "k2:" + b + "\nk1:" + a + "\n", []string{"k2", "k1"}, ""},
		{"comments, empty lines, white space", "# keys\n\n \t k1:" + a + " \r\n#k2:x\n", []string{"k1"}, ""},
		{"empty", "", nil, "holds no key"},
		{"only comments", "# k1:" + a, nil, "holds no key"},
		{"no colon", "k1 " + a, nil, "line 1: expected ID:BASE64"},
		{"no id", ":" + a, nil, "line 1: expected ID:BASE64"},
		{"no key", "k1:", nil, "line 1: expected 32 bytes in base64"},
		{"short key", "k1:" + a + "\nk2:" + a[:40], nil, "line 2: expected 32 bytes in base64"},
		{"long key", "k1:" + a[:43] + "aaaa=", nil, "line 1: expected 32 bytes in base64"},
		{"no base64", "k1:" + strings.Repeat("!", 44), nil, "line 1: expected 32 bytes in base64"},
		{"base64 for URLs", "k1:" + strings.Repeat("_", 43) + "=", nil, "line 1: expected 32 bytes in base64"},
		{"same id twice", "k1:" + a + "\n\nk1:" + b, nil, "line 3: its key id appears twice"},
		{"key where the id belongs, twice", a + ":" + a + "\n" + a + ":" + b, nil, "line 2: its key id appears twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			keys, err := parse(test.data)
			var ids []string
			for _, k := range keys {
				ids = append(ids, k.id)
			}
			if strings.Join(ids, " ") != strings.Join(test.want, " ") {
				t.Errorf("keys %v, want %v", ids, test.want)
			}
			if (err == nil) != (test.wrong == "") || err != nil && err.Error() != test.wrong {
				t.Errorf("error %v, want %q", err, test.wrong)
			}
		})
	}
}

func TestLoadNamesTheFileAndNotItsText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gateway.key")
	if err := os.WriteFile(path, []byte("k1:"+encoded('s')+"x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), encoded('s')[:8]) {
		t.Errorf("error %v", err)
	}
}

// FuzzParse checks that what parses is written back the same, and that errors
// show no part of the text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "k1:" + encoded('a'), "# c\nk1:" + encoded('a') + "\r\nk2:" + encoded('b'), "k1:x", "::", "k1:" + encoded('a') + "\nk1:" + encoded('a')} {
		f.Add(seed)
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, data string) {
		keys, err := parse(data)
		if err != nil {
			for _, line := range strings.Fields(data) {
				if len(line) > 8 && strings.Contains(err.Error(), line) && !strings.Contains("expected 32 bytes in base64 ID:BASE64", line) {
					t.Errorf("the error %v shows %q", err, line)
				}
			}
			return
		}
		tmp, err := writeTemporary(filepath.Join(folder, "key"), keys)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.Remove(tmp) }()
		again, _, err := read(tmp)
		if err != nil || len(again) != len(keys) {
			t.Fatalf("read %d keys again, %v; want %d", len(again), err, len(keys))
		}
		for i := range keys {
			if again[i].id != keys[i].id || string(again[i].raw) != string(keys[i].raw) {
				t.Errorf("key %d changed", i)
			}
		}
	})
}
