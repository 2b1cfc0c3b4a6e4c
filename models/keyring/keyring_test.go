package keyring

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func create(t *testing.T) *Keyring {
	t.Helper()
	r, err := LoadOrCreate(filepath.Join(t.TempDir(), "gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func seal(t *testing.T, r *Keyring, place, plain string) (string, []byte) {
	t.Helper()
	id, sealed, err := r.Seal(place, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return id, sealed
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	r := create(t)
	for _, test := range []struct{ name, place, plain string }{
		{"text", "secret 1", "correct horse"},
		{"empty value", "secret 2", ""},
		{"empty place", "", "value"},
		{"bytes", "secret 3", "\x00\xff\x00"},
		{"unicode", "clé 🔑", "пароль 🔐"},
		{"long", "secret 4", strings.Repeat("x", 1<<20)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			id, sealed := seal(t, r, test.place, test.plain)
			if id != r.Active() {
				t.Errorf("sealed with %s, active is %s", id, r.Active())
			}
			if len(test.plain) > 3 && bytes.Contains(sealed, []byte(test.plain)) {
				t.Error("the sealed value holds the plain one")
			}
			plain, err := r.Open(test.place, id, sealed)
			if err != nil || string(plain) != test.plain {
				t.Errorf("opened %d bytes, %v; want %d", len(plain), err, len(test.plain))
			}
		})
	}
}

func TestSealNeverRepeatsItself(t *testing.T) {
	t.Parallel()
	r := create(t)
	seen := map[string]bool{}
	for range 1000 {
		_, sealed := seal(t, r, "place", "same")
		if seen[string(sealed)] {
			t.Fatal("two values were sealed with one nonce")
		}
		seen[string(sealed)] = true
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	r, other := create(t), create(t)
	id, sealed := seal(t, r, "secret 1", "value")
	flipped := func(at int) []byte {
		b := bytes.Clone(sealed)
		b[(at+len(b))%len(b)] ^= 1
		return b
	}
	for _, test := range []struct {
		name   string
		ring   *Keyring
		place  string
		id     string
		sealed []byte
		want   error
	}{
		{"moved to another row", r, "secret 2", id, sealed, ErrTampered},
		{"nonce changed", r, "secret 1", id, flipped(0), ErrTampered},
		{"body changed", r, "secret 1", id, flipped(12), ErrTampered},
		{"tag changed", r, "secret 1", id, flipped(-1), ErrTampered},
		{"cut off", r, "secret 1", id, sealed[:len(sealed)-1], ErrTampered},
		{"shorter than a nonce", r, "secret 1", id, sealed[:11], ErrTampered},
		{"empty", r, "secret 1", id, nil, ErrTampered},
		{"lengthened", r, "secret 1", id, append(bytes.Clone(sealed), 0), ErrTampered},
		{"key of another file", other, "secret 1", id, sealed, ErrUnknownKey},
		{"no such key", r, "secret 1", "k0", sealed, ErrUnknownKey},
		{"no key named", r, "secret 1", "", sealed, ErrUnknownKey},
		{"other key of the name", sameName(t, id), "secret 1", id, sealed, ErrTampered},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plain, err := test.ring.Open(test.place, test.id, test.sealed)
			if !errors.Is(err, test.want) || plain != nil {
				t.Errorf("opened %q, %v; want %v", plain, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "value") && !errors.Is(err, ErrTampered) {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}

// sameName gives a keyring with another key of the same id.
func sameName(t *testing.T, id string) *Keyring {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gateway.key")
	if err := os.WriteFile(path, []byte(id+":"+strings.Repeat("A", 43)+"=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLoadNeedsAFile(t *testing.T) {
	t.Parallel()
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

func TestLoadOrCreateDoesNotReplaceABrokenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gateway.key")
	if err := os.WriteFile(path, []byte("k1:broken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(path); err == nil {
		t.Error("a broken file was taken for a missing one")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "k1:broken\n" {
		t.Errorf("the file is %q, %v", data, err)
	}
}

func TestPlacesWhereNoFileCanBe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a folder": folder, "below a file": filepath.Join(file, "gateway.key"), "an empty file": file,
		"a name that is too long": filepath.Join(folder, strings.Repeat("x", 300)), "a NUL": filepath.Join(folder, "\x00"),
	} {
		if r, err := LoadOrCreate(path); err == nil || r != nil {
			t.Errorf("%s: error %v", name, err)
		}
	}
	r := create(t)
	if err := os.RemoveAll(filepath.Dir(r.path)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rotate(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is gone: %v", err)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "folder", "gateway.key")
	r, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		for _, want := range []struct {
			path string
			mode fs.FileMode
		}{{path, 0o600}, {filepath.Dir(path), 0o700}} {
			if info, err := os.Stat(want.path); err != nil || info.Mode().Perm() != want.mode {
				t.Errorf("%s: %s has mode %v, %v; want %v", when, want.path, info.Mode().Perm(), err, want.mode)
			}
		}
		names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		if err != nil || len(names) != 1 {
			t.Errorf("%s: the folder holds %v, %v", when, names, err)
		}
	}
	check("created")
	if _, err := r.Rotate(); err != nil {
		t.Fatal(err)
	}
	check("rotated")
	if err := r.Retire(nil); err != nil {
		t.Fatal(err)
	}
	check("retired")
}

func TestManyCreateOneKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gateway.key")
	rings := make([]*Keyring, 50)
	var group sync.WaitGroup
	for i := range rings {
		group.Go(func() {
			r, err := LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			rings[i] = r
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	id, sealed := seal(t, rings[0], "place", "value")
	for i, r := range rings {
		if plain, err := r.Open("place", id, sealed); err != nil || string(plain) != "value" {
			t.Errorf("%d: opened %q, %v", i, plain, err)
		}
	}
}

func TestSealFailsWithoutItsFile(t *testing.T) {
	t.Parallel()
	r := create(t)
	id, sealed := seal(t, r, "place", "value")
	if err := os.Remove(r.path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Seal("place", []byte("lost after a restart")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("sealing without a file: %v", err)
	}
	if plain, err := r.Open("place", id, sealed); err != nil || string(plain) != "value" {
		t.Errorf("opened %q, %v", plain, err)
	}
}
