package mail

import (
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoLogin = errors.New("the server offers no login")
	errInClear = errors.New("the server offers no login that keeps the password hidden on this unencrypted connection")
)

// login chooses the best mechanism that both sides know. PLAIN and LOGIN show
// the password to whoever listens: they are for encrypted connections, and for
// those that do not leave the machine. One mechanism is tried and no other after
// it, since a server may count failures.
func (m *Mailer) login(offered, host string, private bool) (smtp.Auth, error) {
	user, password := m.config.Username, m.config.Password
	mechanisms := []struct {
		name   string
		hidden bool
		auth   func() smtp.Auth
	}{
		{"SCRAM-SHA-256", true, func() smtp.Auth { return bounded{smtp.ScramSHA256Auth(user, password)} }},
		{"SCRAM-SHA-1", true, func() smtp.Auth { return bounded{smtp.ScramSHA1Auth(user, password)} }},
		{"CRAM-MD5", true, func() smtp.Auth { return smtp.CRAMMD5Auth(user, password) }},
		{"PLAIN", false, func() smtp.Auth { return smtp.PlainAuth("", user, password, host, true) }},
		{"LOGIN", false, func() smtp.Auth { return smtp.LoginAuth(user, password, host, true) }},
	}
	err := errNoLogin
	known := strings.Fields(strings.ToUpper(offered))
	for _, one := range mechanisms {
		if !slices.Contains(known, one.name) {
			continue
		}
		if one.hidden || private {
			return one.auth(), nil
		}
		err = errInClear
	}
	return nil, err
}

// bounded is SCRAM with a limit: the server says how often the password is
// hashed, and could keep the gateway busy for hours, past every deadline.
type bounded struct{ smtp.Auth }

// mostIterations takes about half a second; servers ask for some 4,000 up to
// 600,000.
const mostIterations = 1_000_000

var errTooCostly = errors.New("the server demands too many iterations of SCRAM")

// Next refuses a server-first-message (RFC 5802 section 7) that costs too much.
func (b bounded) Next(challenge []byte, more bool) ([]byte, error) {
	for part := range strings.SplitSeq(string(challenge), ",") {
		if count, ok := strings.CutPrefix(part, "i="); ok {
			if n, err := strconv.Atoi(count); err != nil || n > mostIterations {
				return nil, errTooCostly
			}
		}
	}
	return b.Auth.Next(challenge, more)
}

// secrets are the forms in which the password goes over the wire; a server
// could say them back.
func (c Config) secrets() []string {
	if c.Password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{c.Password, encode([]byte(c.Password)), encode([]byte("\x00" + c.Username + "\x00" + c.Password))}
}
