package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// ServerName is the name in the certificates, beside 127.0.0.1.
const ServerName = "mail.test.example"

// identity is a certificate, its key and the CA that signed it, all PEM.
type identity struct{ certificate, key, ca []byte }

// newIdentity makes a CA and a certificate for ServerName that is valid until
// an hour from now, or has not been since an hour ago.
func newIdentity(t testing.TB, expired bool) identity {
	t.Helper()
	from, until := time.Now().Add(-2*time.Hour), time.Now().Add(time.Hour)
	if expired {
		until = time.Now().Add(-time.Hour)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, NotBefore: from,
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: ServerName}, NotBefore: from, NotAfter: until,
		DNSNames: []string{ServerName}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	caKey, leafKey := newKey(t), newKey(t)
	sign := func(c *x509.Certificate, key *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, c, ca, &key.PublicKey, caKey)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	der, err := x509.MarshalECPrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	return identity{
		certificate: sign(leaf, leafKey), ca: sign(ca, caKey),
		key: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}),
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (i identity) config(t testing.TB) *tls.Config {
	t.Helper()
	pair, err := tls.X509KeyPair(i.certificate, i.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

// writeCA stores the CA for clients and gives the path.
func (i identity) writeCA(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, i.ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// NewCertificate makes a certificate for ServerName and 127.0.0.1, for servers
// that a test builds itself, and the file with the CA that signed it.
func NewCertificate(t testing.TB) (server *tls.Config, caFile string) {
	t.Helper()
	own := newIdentity(t, false)
	return own.config(t), own.writeCA(t)
}
