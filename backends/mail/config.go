package mail

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"provision-gateway/models"
)

// Config says how mail leaves the gateway.
type Config struct {
	// Server is the mail server, host:port. It takes every mail, whoever the
	// recipient is.
	Server string
	// TLS is how the connection is encrypted: "starttls" (the server must offer
	// it), "implicit" (from the first byte) or "none".
	TLS string
	// ServerName is the name in the server's certificate; empty means the host
	// of Server.
	ServerName string
	// CAFile holds the certificates, PEM, that the server's must be signed with.
	// Empty means those of the system.
	CAFile string
	// Username and Password log in with the best mechanism that the server
	// offers. Both empty means that there is no login.
	Username, Password string
	// From and ReplyTo stand for those of a Message that has none. ReplyTo may
	// stay empty.
	From, ReplyTo string
	// Domain is the right side of every Message-ID, and what the gateway calls
	// itself towards the server unless Hello is set.
	Domain string
	// Hello is the name in EHLO, or an address in brackets.
	Hello string
	// Timeout bounds a whole delivery, from looking up the name of the server to
	// its last answer.
	Timeout time.Duration
	// Redirect is the test mode: where it is set every mail goes to this address
	// and to nobody else, and the header fields X-Original-To, X-Original-Cc and
	// X-Original-Bcc say whom it was for.
	Redirect string
	// Now is the clock behind the field Date; nil means time.Now.
	Now func() time.Time
}

// The values of Config.TLS.
const (
	tlsStart    = "starttls"
	tlsImplicit = "implicit"
	tlsNone     = "none"
)

// String names the server. It never shows the password.
func (c Config) String() string { return "mail server " + c.Server + ", TLS " + c.TLS }

// GoString is String, so that no way of printing shows the password.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for logs.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Mailer hands mails over to one server. It is safe for concurrent use; every
// delivery has a connection of its own.
type Mailer struct {
	config        Config
	host          string
	tls           *tls.Config
	from, replyTo address
	redirect      *address
}

// String is that of the configuration.
func (m Mailer) String() string { return m.config.String() }

// GoString is String.
func (m Mailer) GoString() string { return m.config.String() }

// New checks a configuration and reads its CAFile. It does not connect. The
// errors are models.Error with the code Invalid; none shows the password.
func New(c Config) (*Mailer, error) {
	host, port, err := net.SplitHostPort(c.Server)
	if number, bad := strconv.ParseUint(port, 10, 16); err != nil || host == "" || bad != nil || number == 0 || hasControl(c.Server) {
		return nil, invalid("mail server", c.Server)
	}
	switch c.TLS {
	case tlsStart, tlsImplicit, tlsNone:
	default:
		return nil, invalid("mail TLS", c.TLS)
	}
	if c.Timeout <= 0 {
		return nil, invalid("mail timeout", c.Timeout.String())
	}
	if !isDomain(c.Domain) {
		return nil, invalid("mail domain", c.Domain)
	}
	if c.Hello == "" {
		c.Hello = c.Domain
	}
	if !isHello(c.Hello) {
		return nil, invalid("mail hello", c.Hello)
	}
	if (c.Username == "") != (c.Password == "") {
		return nil, models.Errorf(models.Invalid, "A mail user name and a mail password must be given together")
	}
	if hasControl(c.Username) || hasControl(c.Password) {
		return nil, models.Errorf(models.Invalid, "The mail user name or password holds a control character")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	m := &Mailer{config: c, host: host}
	for _, f := range []struct {
		name, text string
		store      *address
	}{{"mail from", c.From, &m.from}, {"mail reply-to", c.ReplyTo, &m.replyTo}} {
		if f.text == "" {
			continue
		}
		if *f.store, err = parseAddress(f.name, f.text); err != nil {
			return nil, err
		}
	}
	if c.Redirect != "" {
		redirect, err := parseAddress("mail redirect", c.Redirect)
		if err != nil {
			return nil, err
		}
		m.redirect = &redirect
	}
	m.tls = &tls.Config{ServerName: c.ServerName, MinVersion: tls.VersionTLS12}
	if m.tls.ServerName == "" {
		m.tls.ServerName = host
	}
	if c.CAFile != "" {
		if m.tls.RootCAs, err = readCertificates(c.CAFile); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func readCertificates(file string) (*x509.CertPool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "Mail CA file: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, models.Errorf(models.Invalid, "Mail CA file %s holds no certificate", file)
	}
	return pool, nil
}

// isHello accepts what RFC 5321 section 4.1.1.1 lets a client call itself: a
// host name, or an address in brackets.
func isHello(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return false
		}
		ip, err := netip.ParseAddr(strings.TrimPrefix(inner, "IPv6:"))
		return err == nil && ip.Zone() == "" && ip.Is6() == strings.HasPrefix(inner, "IPv6:")
	}
	return isHostName(s)
}

// invalid is the error for a field, in the words of the legacy contract. What
// could end a line or fill a screen does not come back with it.
func invalid(field, value string) error {
	const most = 100
	shown := []rune(strings.ToValidUTF8(value, "\uFFFD"))
	if len(shown) > most {
		shown = append(shown[:most], '…')
	}
	for i, r := range shown {
		if isControl(r) {
			shown[i] = '\uFFFD'
		}
	}
	return models.InvalidValue(field, string(shown))
}
