package keyring

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Rotate puts a new key in front and returns its id. The file is replaced in
// one step.
func (r *Keyring) Rotate() (string, error) {
	k, err := newKey()
	if err != nil {
		return "", err
	}
	return k.id, r.replace(func(keys []key) []key { return append([]key{k}, keys...) })
}

// Retire removes every key but the active one and those whose ids are given.
func (r *Keyring) Retire(keep []string) error {
	return r.replace(func(keys []key) []key {
		out := keys[:1:1]
		for _, k := range keys[1:] {
			if slices.Contains(keep, k.id) {
				out = append(out, k)
			}
		}
		return out
	})
}

// replace changes the keys of the file as it is now, which another process may
// have changed, and takes turns with other processes that do the same: a key
// that fell out of the file would take with it all that it sealed.
func (r *Keyring) replace(change func([]key) []key) error {
	folder, err := lockFolder(r.path)
	if err != nil {
		return err
	}
	// Closing it gives the lock back.
	defer func() { _ = folder.Close() }()
	keys, _, err := read(r.path)
	if err != nil {
		return err
	}
	tmp, err := writeTemporary(r.path, change(keys))
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, r.path); err != nil {
		_ = os.Remove(tmp)
		return fmt.Errorf("replace key file: %w", err)
	}
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("replace key file: %w", err)
	}
	return r.reload()
}

// lockFolder opens the folder of a key file and locks it. The file itself
// cannot carry the lock, since it is replaced.
func lockFolder(path string) (*os.File, error) {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("lock folder of key file: %w", err)
	}
	for {
		err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX)
		if err == nil {
			return folder, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			_ = folder.Close()
			return nil, fmt.Errorf("lock folder of key file: %w", err)
		}
	}
}
