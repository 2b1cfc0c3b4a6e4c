package router

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"provision-gateway/models"
)

// HostKey asks a router for its host key and returns it in the form of
// Access.HostKey. It logs nobody in, stores nothing and trusts nothing: who
// stores the key must have compared it with what the router itself shows.
func (b *Backend) HostKey(ctx context.Context, a Access) (key string, err error) {
	err = b.alone(ctx, a, "learn host key", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, b.config.ConnectTimeout)
		defer cancel()
		t := &sshTransport{ctx: ctx, access: a, within: left(ctx)}
		defer t.abort()
		t.checkKey = func(_ string, _ net.Addr, k ssh.PublicKey) error {
			key = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
			return errKeyLearned
		}
		if err := t.connect(); !errors.Is(err, errKeyLearned) {
			return err
		}
		return nil
	})
	return key, err
}

var errKeyLearned = errors.New("host key learned")

// storedKeys parses Access.HostKey.
func (a Access) storedKeys() ([]ssh.PublicKey, error) {
	var keys []ssh.PublicKey
	for line := range strings.Lines(a.HostKey) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, a.fail(models.Internal, nil,
				"is not trusted: its stored host key cannot be read; store it again with: provision-gateway router trust %d", a.ID)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// keyCheck returns the check of the key that the router shows against the
// stored ones.
func (a Access) keyCheck(stored []ssh.PublicKey) ssh.HostKeyCallback {
	return func(_ string, _ net.Addr, shown ssh.PublicKey) error {
		if len(stored) == 0 {
			return a.fail(models.Internal, nil,
				"is not trusted: no host key is stored for it; it shows %s; compare that, then store it with: provision-gateway router trust %d",
				ssh.FingerprintSHA256(shown), a.ID)
		}
		var prints []string
		for _, k := range stored {
			if bytes.Equal(k.Marshal(), shown.Marshal()) {
				return nil
			}
			prints = append(prints, ssh.FingerprintSHA256(k))
		}
		return a.fail(models.Internal, nil,
			"is not trusted: its host key has changed from %s to %s; if that is right, store it with: provision-gateway router trust %d",
			strings.Join(prints, ", "), ssh.FingerprintSHA256(shown), a.ID)
	}
}

// The algorithms to offer: first what is sound, then what routers of the last
// twenty years need. The order decides, and a host key that was compared makes
// sure that nobody on the way changed the offers. Left out are RC4 and DSA, which
// are broken, and certificates, which routers do not have.
var (
	keyExchanges = slices.Concat(ssh.SupportedAlgorithms().KeyExchanges, []string{
		ssh.InsecureKeyExchangeDHGEXSHA1, ssh.InsecureKeyExchangeDH14SHA1, ssh.InsecureKeyExchangeDH1SHA1})
	ciphers = slices.Concat(ssh.SupportedAlgorithms().Ciphers, []string{
		ssh.InsecureCipherAES128CBC, ssh.InsecureCipherTripleDESCBC})
	macs         = slices.Concat(ssh.SupportedAlgorithms().MACs, []string{ssh.InsecureHMACSHA196})
	hostKeyKinds = []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
		ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
)

// hostKeyOrder puts the kinds of the stored keys first, so that a router with
// several keys shows one that is known. The others stay: a router that has got
// another kind of key is then said to have changed it.
func hostKeyOrder(stored []ssh.PublicKey) []string {
	var known, others []string
	for _, kind := range hostKeyKinds {
		isRSA := kind == ssh.KeyAlgoRSASHA512 || kind == ssh.KeyAlgoRSASHA256
		if slices.ContainsFunc(stored, func(k ssh.PublicKey) bool {
			return k.Type() == kind || isRSA && k.Type() == ssh.KeyAlgoRSA
		}) {
			known = append(known, kind)
		} else {
			others = append(others, kind)
		}
	}
	return append(known, others...)
}
