package sessions

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"provision-gateway/models"
)

// HostKey is the public key that a router shows.
type HostKey struct {
	// Key is in the form of an authorized_keys file.
	Key string `json:"host_key"`
	// Fingerprint is SHA256:…, as ssh shows it.
	Fingerprint string `json:"fingerprint"`
}

// Trust learns the host key of a router and stores it. Where expected is not
// empty, a key with another fingerprint is a Conflict, and so is, unless replace
// is true, any that differs from a stored one. Nothing is stored then.
func (s *Sessions) Trust(ctx context.Context, router *models.Router, expected string, replace bool) (HostKey, error) {
	access, err := Access(router)
	if err != nil {
		return HostKey{}, err
	}
	var shown HostKey
	if shown.Key, err = s.Routers.HostKey(ctx, access); err != nil {
		return HostKey{}, err
	}
	if shown.Fingerprint, err = Fingerprint(shown.Key); err != nil {
		return HostKey{}, err
	}
	stored, err := fingerprints(router.HostKey)
	switch {
	case expected != "" && expected != shown.Fingerprint:
		return shown, models.Errorf(models.Conflict, "Router %s shows the key %s, not %s", router.Name, shown.Fingerprint, expected)
	case err == nil && slices.Contains(stored, shown.Fingerprint):
		return shown, nil
	case (err != nil || len(stored) > 0) && !replace:
		return shown, models.Errorf(models.Conflict, "Router %s shows the key %s, but another one is stored: make sure that it was changed on purpose, then replace it",
			router.Name, shown.Fingerprint)
	}
	return shown, s.Store.Write(ctx, func(tx *models.Tx) error { return tx.SetHostKey(router.ID, shown.Key) })
}

// fingerprints are those of all the keys of a router. A line that is neither a
// key nor empty nor a comment is an error.
func fingerprints(keys string) ([]string, error) {
	var list []string
	for line := range strings.Lines(keys) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := Fingerprint(line)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// Fingerprint is that of the first key of a text in the form of an
// authorized_keys file.
func Fingerprint(keys string) (string, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(keys))
	if err != nil {
		return "", fmt.Errorf("host key cannot be read: %w", err)
	}
	return ssh.FingerprintSHA256(key), nil
}
