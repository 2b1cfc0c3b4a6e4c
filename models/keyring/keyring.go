// Package keyring encrypts secrets at rest with AES-256-GCM.
//
// A keyring is a small file, one key a line, `ID:BASE64` with 32 bytes of key.
// The first line is the active key: it seals; every key opens. Rotation puts a
// new key in front, so values sealed before stay readable until they have been
// sealed again.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// ErrUnknownKey says that a value was sealed with a key that the keyring does
// not hold.
var ErrUnknownKey = errors.New("sealed with a key that the key file does not hold")

// ErrTampered says that a sealed value was changed, or belongs elsewhere.
var ErrTampered = errors.New("sealed value does not open: changed, or moved from another row")

const keySize = 32

type key struct {
	id   string
	raw  []byte
	aead cipher.AEAD
}

// Keyring seals and opens values. It is safe for concurrent use. It reads its
// file again when it meets a key it does not know, so that a rotation by
// another process needs no restart.
type Keyring struct {
	path string
	mu   sync.RWMutex
	keys []key
}

// Load reads a key file. A file that does not exist gives an error that wraps
// fs.ErrNotExist.
func Load(path string) (*Keyring, error) {
	r := &Keyring{path: path}
	if err := r.reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// LoadOrCreate reads a key file and makes one with a new key, readable by its
// owner only, when there is none.
func LoadOrCreate(path string) (*Keyring, error) {
	r, err := Load(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	k, err := newKey()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create folder of key file: %w", err)
	}
	// Another process may be doing the same: the link fails for the second,
	// which then reads what the first wrote.
	tmp, err := writeTemporary(path, []key{k})
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp) }()
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create key file: %w", err)
	}
	return Load(path)
}

// Active returns the id of the key that seals.
func (r *Keyring) Active() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[0].id
}

// Seal encrypts a value for a place (any text that names where it is kept; it
// must be given again to open the value) and returns the id of the key used.
func (r *Keyring) Seal(place string, plain []byte) (keyID string, sealed []byte, err error) {
	r.mu.RLock()
	k := r.keys[0]
	r.mu.RUnlock()
	nonce := make([]byte, k.aead.NonceSize(), k.aead.NonceSize()+len(plain)+k.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", nil, fmt.Errorf("draw nonce: %w", err)
	}
	return k.id, k.aead.Seal(nonce, nonce, plain, []byte(place)), nil
}

// Open decrypts a value that Seal made for the same place. It returns
// ErrUnknownKey or ErrTampered.
func (r *Keyring) Open(place, keyID string, sealed []byte) ([]byte, error) {
	k, ok := r.find(keyID)
	if !ok {
		if err := r.reload(); err != nil {
			return nil, err
		}
		if k, ok = r.find(keyID); !ok {
			return nil, fmt.Errorf("key %q: %w", keyID, ErrUnknownKey)
		}
	}
	if len(sealed) < k.aead.NonceSize() {
		return nil, ErrTampered
	}
	nonce, body := sealed[:k.aead.NonceSize()], sealed[k.aead.NonceSize():]
	plain, err := k.aead.Open(nil, nonce, body, []byte(place))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

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

func (r *Keyring) replace(change func([]key) []key) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := change(r.keys)
	tmp, err := writeTemporary(r.path, keys)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, r.path); err != nil {
		_ = os.Remove(tmp)
		return fmt.Errorf("replace key file: %w", err)
	}
	r.keys = keys
	return nil
}

func (r *Keyring) find(id string) (key, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.id == id {
			return k, true
		}
	}
	return key{}, false
}

func (r *Keyring) reload() error {
	data, err := os.ReadFile(r.path)
	if err != nil {
		return fmt.Errorf("read key file: %w", err)
	}
	keys, err := parse(string(data))
	if err != nil {
		return fmt.Errorf("key file %s: %w", r.path, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys
	return nil
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
			return nil, fmt.Errorf("line %d: key id %q appears twice", i+1, id)
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

func newKey() (key, error) {
	raw, id := make([]byte, keySize), make([]byte, 4)
	if _, err := rand.Read(raw); err != nil {
		return key{}, fmt.Errorf("draw key: %w", err)
	}
	if _, err := rand.Read(id); err != nil {
		return key{}, fmt.Errorf("draw key id: %w", err)
	}
	return makeKey("k"+hex.EncodeToString(id), raw)
}

func makeKey(id string, raw []byte) (key, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCM(block)
	return key{id: id, raw: raw, aead: aead}, err
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
