package router

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	legacy := func(c *ssh.ServerConfig) {
		c.KeyExchanges = []string{ssh.InsecureKeyExchangeDH1SHA1}
		c.Ciphers = []string{ssh.InsecureCipherTripleDESCBC}
		c.MACs = []string{ssh.InsecureHMACSHA196}
	}
	noPassword := func(c *ssh.ServerConfig) {
		c.PasswordCallback = nil
		c.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, errors.New("no") }
	}
	oneTry := func(c *ssh.ServerConfig) { c.MaxAuthTries = 1 }
	foreign := func(c *ssh.ServerConfig) { c.Ciphers = []string{ssh.InsecureCipherRC4} }
	for name, c := range map[string]struct {
		options routerfake.Options
		access  func(*Access)
		// credentials wants ErrCredentials, text a failure; else the login works.
		credentials bool
		text        string
	}{
		"password":                 {},
		"asked for password":       {options: routerfake.Options{Interactive: true}},
		"banner and greeting":      {options: routerfake.Options{Banner: "Keep out\nr1#\n", Greeting: "Welcome to r2#\n\nlast login: yesterday> \n"}},
		"privileges asked for":     {options: routerfake.Options{Looking: true}},
		"IPv6":                     {options: routerfake.Options{Listen: "[::1]:0"}},
		"IPv6 in brackets":         {options: routerfake.Options{Listen: "[::1]:0"}, access: func(a *Access) { a.Host = "[::1]" }},
		"old algorithms":           {options: routerfake.Options{Server: legacy}},
		"old host key":             {options: routerfake.Options{HostKey: rsaKey(t, ssh.KeyAlgoRSA)}},
		"RSA host key":             {options: routerfake.Options{HostKey: rsaKey(t, ssh.KeyAlgoRSASHA512)}},
		"one of several host keys": {access: func(a *Access) { a.HostKey = "# old\n" + other(t) + "\n\n" + a.HostKey + " edge1\n" }},
		"wrong password":           {access: func(a *Access) { a.Password = "wrong" }, credentials: true},
		"wrong password, one try":  {options: routerfake.Options{Server: oneTry}, access: func(a *Access) { a.Password = "wrong" }, credentials: true},
		"unknown user":             {access: func(a *Access) { a.Username = "nobody" }, credentials: true},
		"wrong answer":             {options: routerfake.Options{Interactive: true}, access: func(a *Access) { a.Password = "wrong" }, credentials: true},
		"no user":                  {access: func(a *Access) { a.Username = "" }, credentials: true},
		"no password":              {access: func(a *Access) { a.Password = "" }, credentials: true},
		"no host key":              {access: func(a *Access) { a.HostKey = "# none yet\n" }, text: "store it with: provision-gateway router trust 17"},
		"damaged host key":         {access: func(a *Access) { a.HostKey = "ssh-ed25519 AAAA" }, text: "provision-gateway router trust 17"},
		"no way with a password":   {options: routerfake.Options{Server: noPassword}, text: "it takes no passwords"},
		"no common algorithm":      {options: routerfake.Options{Server: foreign}, text: "it offers no SSH algorithms that are known here"},
		"unknown platform":         {access: func(a *Access) { a.Platform = "abacus" }, text: "Router edge1 has a platform that is not known here: abacus"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := routerfake.New(t, c.options)
			a := accessTo(r, "")
			if c.access != nil {
				c.access(&a)
			}
			b, log := newBackend(patient())
			err := b.Push(t.Context(), a, "show version")
			switch {
			case c.credentials:
				if err != error(ErrCredentials) {
					t.Errorf("error %v, want ErrCredentials itself", err)
				}
			case c.text == "" && err != nil:
				t.Errorf("error %v\n%s", err, log)
			case c.text != "":
				code := models.Internal
				if a.Platform != "cisco_iosxe" {
					code = models.Invalid
				}
				wantFailure(t, err, code, c.text, false)
			}
			if got := r.Logins() > 0; got != (c.text == "" && !c.credentials) {
				t.Errorf("logged in: %t", got)
			}
			wantNoSecret(t, log.String())
			wantGone(t, r)
		})
	}
}

func TestCredentialsText(t *testing.T) {
	t.Parallel()
	if ErrCredentials.Error() != "Unable to authenticate " || ErrCredentials.Code != models.Internal {
		t.Errorf("ErrCredentials is %q (%d)", ErrCredentials.Error(), ErrCredentials.Code)
	}
}

// A wrong password must count once against the locks of a router.
func TestOnePasswordOnce(t *testing.T) {
	t.Parallel()
	tries := make(chan string, 10)
	r := routerfake.New(t, routerfake.Options{Server: func(c *ssh.ServerConfig) {
		c.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
			tries <- "password"
			return nil, errors.New("no")
		}
		c.KeyboardInteractiveCallback = func(ssh.ConnMetadata, ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			tries <- "question"
			return nil, errors.New("no")
		}
	}})
	b, _ := newBackend(patient())
	if err := b.Push(t.Context(), accessTo(r, ""), "show version"); err != error(ErrCredentials) {
		t.Errorf("error %v", err)
	}
	if n := len(tries); n != 1 {
		t.Errorf("%d tries", n)
	}
}

func TestPrivilegesRefused(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Looking: true, Answer: func(line string) *routerfake.Answer {
		if line == "enable" {
			return &routerfake.Answer{Text: "% Access denied"}
		}
		return nil
	}})
	b, _ := newBackend(patient())
	err := b.Push(t.Context(), accessTo(r, ""), "show version")
	wantFailure(t, err, models.Internal, "Router edge1 does not let the user into privileged mode", false)
	wantGone(t, r)
}

func TestChangedHostKey(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{})
	a := accessTo(r, "")
	shown := fingerprint(t, a.HostKey)
	for name, stored := range map[string]string{"same kind": other(t), "other kind": ecdsaKey(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := a
			a.HostKey = stored
			b, _ := newBackend(patient())
			err := b.Push(t.Context(), a, "show version")
			wantFailure(t, err, models.Internal, "Router edge1 is not trusted: its host key has changed from "+
				fingerprint(t, stored)+" to "+shown+"; if that is right, store it with: provision-gateway router trust 17", false)
		})
	}
}

func TestHostKey(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{})
	a := accessTo(r, "")
	a.HostKey, a.Username, a.Password = "", "", ""
	b, _ := newBackend(patient())
	key, err := b.HostKey(t.Context(), a)
	if err != nil || key != r.HostKey() {
		t.Errorf("key %q, error %v; want %q", key, err, r.HostKey())
	}
	wantGone(t, r)
	a.Port = closedPort(t)
	if _, err = b.HostKey(t.Context(), a); err == nil {
		t.Fatal("a key of nobody")
	}
	wantFailure(t, err, models.Internal, "Router edge1 is unreachable: connection refused", false)
}

// closedPort is a port where nothing listens.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// other is a host key that no router has.
func other(t *testing.T) string { return authorized(routerfake.NewHostKey(t)) }

func authorized(s ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey())))
}

func ecdsaKey(t *testing.T) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return authorized(s)
}

// rsaKey is an RSA host key that signs with one algorithm only.
func rsaKey(t *testing.T, algorithm string) ssh.Signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	limited, err := ssh.NewSignerWithAlgorithms(s.(ssh.AlgorithmSigner), []string{algorithm})
	if err != nil {
		t.Fatal(err)
	}
	return limited
}

func fingerprint(t *testing.T, key string) string {
	t.Helper()
	k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return ssh.FingerprintSHA256(k)
}
