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
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
// file again when the file was replaced and when it meets a key it does not
// know, so that a rotation by another process needs no restart.
type Keyring struct {
	path string
	mu   sync.RWMutex
	keys []key
	// file is what the keys were read from.
	file fs.FileInfo
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
	if err := syncFolder(path); err != nil {
		return nil, err
	}
	return Load(path)
}

// Active returns the id of the key that sealed or would have sealed when the
// file was last read.
func (r *Keyring) Active() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[0].id
}

// Seal encrypts a value for a place (any text that names where it is kept; it
// must be given again to open the value) and returns the id of the key used:
// the first one of the file as it is now, since a key that was retired
// meanwhile would be lost with this process, and the value with it.
func (r *Keyring) Seal(place string, plain []byte) (keyID string, sealed []byte, err error) {
	if err := r.refresh(); err != nil {
		return "", nil, err
	}
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

// refresh reads the file again when it is not the one that was read last.
func (r *Keyring) refresh() error {
	now, err := os.Stat(r.path)
	if err != nil {
		return fmt.Errorf("read key file: %w", err)
	}
	r.mu.RLock()
	same := os.SameFile(now, r.file) && now.ModTime().Equal(r.file.ModTime()) && now.Size() == r.file.Size()
	r.mu.RUnlock()
	if same {
		return nil
	}
	return r.reload()
}

// reload holds the lock while it reads, so that what was read first never
// replaces what was read later.
func (r *Keyring) reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys, file, err := read(r.path)
	if err != nil {
		return err
	}
	r.keys, r.file = keys, file
	return nil
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
