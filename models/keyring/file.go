package keyring

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// read reads the keys of a file, and what file that was.
func read(path string) ([]key, fs.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read key file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("read key file: %w", err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, fmt.Errorf("read key file: %w", err)
	}
	keys, err := parse(string(data))
	if err != nil {
		return nil, nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return keys, info, nil
}

// parse reads the lines of a key file. Its errors name a line, never its text.
func parse(data string) ([]key, error) {
	var keys []key
	for i, line := range strings.Split(data, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, encoded, ok := strings.Cut(line, ":")
		if !ok || id == "" {
			return nil, fmt.Errorf("line %d: expected ID:BASE64", i+1)
		}
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(raw) != keySize {
			return nil, fmt.Errorf("line %d: expected %d bytes in base64", i+1, keySize)
		}
		if slices.ContainsFunc(keys, func(k key) bool { return k.id == id }) {
			return nil, fmt.Errorf("line %d: its key id appears twice", i+1)
		}
		k, err := makeKey(id, raw)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("holds no key")
	}
	return keys, nil
}

func writeTemporary(path string, keys []key) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return "", fmt.Errorf("write key file: %w", err)
	}
	for _, k := range keys {
		if _, err = fmt.Fprintf(f, "%s:%s\n", k.id, base64.StdEncoding.EncodeToString(k.raw)); err != nil {
			break
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("write key file: %w", err)
	}
	return f.Name(), nil
}

// syncFolder makes a new name in the folder of a file outlast a crash of the
// machine: the database may hold values by then that only this file opens.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	defer func() { _ = folder.Close() }()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}
