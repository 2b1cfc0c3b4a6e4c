package models

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
)

// Permission is what an API key may do.
type Permission string

// The permissions of an API key.
const (
	// PermissionRead allows actions that only read.
	PermissionRead Permission = "read"
	// PermissionWrite allows add, update, delete and reset actions.
	PermissionWrite Permission = "write"
	// PermissionMail allows sendRequest and sendEmail.
	PermissionMail Permission = "mail"
	// PermissionDevice allows configureSession, deletes that touch a router, and
	// changes of how routers are reached.
	PermissionDevice Permission = "device"
	// PermissionSecrets shows api_key and mnt_by_password in clear in lir get.
	PermissionSecrets Permission = "secrets"
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{PermissionRead, PermissionWrite, PermissionMail, PermissionDevice, PermissionSecrets}
}

// ParsePermissions reads a comma-separated list of permissions. Its error
// names the first word that is none.
func ParsePermissions(list string) ([]Permission, error) {
	var out []Permission
	for word := range strings.SplitSeq(list, ",") {
		p := Permission(strings.TrimSpace(word))
		if !slices.Contains(Permissions(), p) {
			return nil, Errorf(Invalid, "unknown permission %q: expected some of read, write, mail, device, secrets", p)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// APIKey is a caller's credential: the key names the caller, the secret signs
// its requests.
type APIKey struct {
	ID   uint64
	Name string
	// Key is what requests carry as apiKey, opaque to us.
	Key string
	// KeyID and SealedSecret are the encrypted secret; the HMAC needs it in
	// clear, so a hash of it would not do.
	KeyID        string
	SealedSecret []byte
	// Allow is the comma-separated list of permissions.
	Allow string
	// Sources is a comma-separated list of address prefixes from which the key
	// may be used; empty means from anywhere.
	Sources   string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	// LastUsedAt is written some seconds behind.
	LastUsedAt *int64
	// RevokedAt is nil while the key is active.
	RevokedAt *int64
}

// ParseSources reads a comma-separated list of prefixes or addresses. The
// empty list is nil.
func ParseSources(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for word := range strings.SplitSeq(list, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		if addr, err := netip.ParseAddr(word); err == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, Errorf(Invalid, "%q is neither an address nor a prefix", word)
		}
		// Callers are compared by their IPv4 address.
		if bits := prefix.Bits() - 96; prefix.Addr().Is4In6() && bits >= 0 {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), bits)
		}
		out = append(out, prefix.Masked())
	}
	return out, nil
}

// newCredential draws a key and a secret in the original's formats: a number
// and 16 capital letters or digits, and 32 hexadecimal digits.
func newCredential(number int64) (key, secret string, err error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	letters := make([]byte, 16)
	for i := range letters {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", "", err
		}
		letters[i] = alphabet[n.Int64()]
	}
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", "", err
	}
	return fmt.Sprintf("%d-%s", number, letters), hex.EncodeToString(raw), nil
}
