package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
)

func reopen(t *testing.T, r *Keyring) *Keyring {
	t.Helper()
	again, err := Load(r.path)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestRotatePutsAKeyInFront(t *testing.T) {
	t.Parallel()
	r := create(t)
	oldID, oldSealed := seal(t, r, "place", "old")
	first, err := r.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	newID, newSealed := seal(t, r, "place", "new")
	if newID != second || first == second || first == oldID {
		t.Errorf("sealed with %s after %s, %s, %s", newID, oldID, first, second)
	}
	for name, ring := range map[string]*Keyring{"same": r, "read again": reopen(t, r)} {
		for _, v := range []struct {
			id, plain string
			sealed    []byte
		}{{oldID, "old", oldSealed}, {newID, "new", newSealed}} {
			if plain, err := ring.Open("place", v.id, v.sealed); err != nil || string(plain) != v.plain {
				t.Errorf("%s: opened %q, %v; want %q", name, plain, err, v.plain)
			}
		}
	}
}

func TestRetireKeepsWhatIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		// keep and want are numbers of keys, 0 the first.
		keep, want []int
	}{
		{"none", nil, []int{3}},
		{"the active one anyway", []int{3}, []int{3}},
		{"one", []int{1}, []int{1, 3}},
		{"all", []int{0, 1, 2, 3}, []int{0, 1, 2, 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := create(t)
			ids := []string{r.Active()}
			sealed := [][]byte{nil}
			_, sealed[0] = seal(t, r, "place", "0")
			for i := 1; i <= 3; i++ {
				id, err := r.Rotate()
				if err != nil {
					t.Fatal(err)
				}
				_, s := seal(t, r, "place", fmt.Sprint(i))
				ids, sealed = append(ids, id), append(sealed, s)
			}
			keep := []string{"-", "unknown"}
			for _, i := range test.keep {
				keep = append(keep, ids[i])
			}
			if err := r.Retire(keep); err != nil {
				t.Fatal(err)
			}
			want := map[int]bool{}
			for _, i := range test.want {
				want[i] = true
			}
			for _, ring := range []*Keyring{r, reopen(t, r)} {
				if ring.Active() != ids[3] {
					t.Errorf("active is %s, want %s", ring.Active(), ids[3])
				}
				for i := range ids {
					_, err := ring.Open("place", ids[i], sealed[i])
					if want[i] && err != nil || !want[i] && !errors.Is(err, ErrUnknownKey) {
						t.Errorf("key %d: %v, want it kept: %v", i, err, want[i])
					}
				}
			}
		})
	}
}

// Two objects of one file are two processes.
func TestAnotherProcessFollowsARotation(t *testing.T) {
	t.Parallel()
	a := create(t)
	b := reopen(t, a)
	id, err := a.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	_, sealed := seal(t, a, "place", "new")
	if plain, err := b.Open("place", id, sealed); err != nil || string(plain) != "new" {
		t.Errorf("opened %q, %v", plain, err)
	}
	c := reopen(t, a)
	newest, err := a.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Retire(nil); err != nil {
		t.Fatal(err)
	}
	used, sealed := seal(t, c, "place", "sealed after the old keys were retired")
	if used != newest {
		t.Errorf("sealed with %s, which was retired; want %s", used, newest)
	}
	if _, err := reopen(t, a).Open("place", used, sealed); err != nil {
		t.Errorf("a restart loses the value: %v", err)
	}
}

// What two processes rotate at the same time ends up in the file of both.
func TestConcurrentRotationsLoseNoKey(t *testing.T) {
	t.Parallel()
	rings := []*Keyring{create(t)}
	for range 3 {
		rings = append(rings, reopen(t, rings[0]))
	}
	type value struct {
		id     string
		sealed []byte
	}
	var mu sync.Mutex
	var values []value
	var group sync.WaitGroup
	for _, r := range rings {
		group.Go(func() {
			for range 10 {
				if _, err := r.Rotate(); err != nil {
					t.Error(err)
				}
				id, sealed, err := r.Seal("place", []byte("value"))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				values = append(values, value{id, sealed})
				mu.Unlock()
			}
		})
	}
	group.Wait()
	last := reopen(t, rings[0])
	if n := len(last.keys); n != 41 {
		t.Errorf("the file holds %d keys, want 41", n)
	}
	for _, v := range values {
		if _, err := last.Open("place", v.id, v.sealed); err != nil {
			t.Errorf("sealed with %s: %v", v.id, err)
		}
	}
}

func TestChangesNeedTheFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		spoil  func(path string) error
		missed bool
	}{
		{"gone", os.Remove, true},
		{"broken", func(path string) error { return os.WriteFile(path, []byte("k1:AAAA\n"), 0o600) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := create(t)
			if err := test.spoil(r.path); err != nil {
				t.Fatal(err)
			}
			_, rotated := r.Rotate()
			for name, err := range map[string]error{"rotate": rotated, "retire": r.Retire(nil)} {
				if err == nil || errors.Is(err, fs.ErrNotExist) != test.missed || strings.Contains(err.Error(), "AAAA") {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}
