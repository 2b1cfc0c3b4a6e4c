package router

import (
	"errors"
	"regexp"
	"slices"

	"golang.org/x/crypto/ssh"

	"provision-gateway/models"
)

// login answers the questions of one authentication. It tries one method only:
// a password that was refused is not offered again by another method, so that
// a wrong one counts once against the locks of the router.
type login struct {
	conn               *watchedConn
	username, password string
	// offered says that the password was sent.
	offered bool
}

var (
	errRefused  = errors.New("user or password refused")
	errNoMethod = errors.New("no method for passwords")
)

// next chooses how to authenticate.
func (l *login) next(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	if err := l.conn.broken(); err != nil {
		return nil, err
	}
	switch {
	case l.offered:
		return nil, errRefused
	case slices.Contains(c.AllowedMethods, "password"):
		return ssh.PasswordCallback(func() (string, error) {
			l.offered = true
			return l.password, nil
		}), nil
	case slices.Contains(c.AllowedMethods, "keyboard-interactive") && !slices.Contains(c.TriedMethods, "keyboard-interactive"):
		return ssh.KeyboardInteractive(l.interactive), nil
	}
	return nil, errNoMethod
}

// interactive answers the questions of a server that asks for a password as a
// question. What is typed in the open is taken for the user name. A second
// question for the password means that the first answer was wrong.
func (l *login) interactive(_, _ string, questions []string, echo []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range questions {
		if echo[i] {
			answers[i] = l.username
			continue
		}
		if l.offered {
			return nil, errRefused
		}
		l.offered = true
		answers[i] = l.password
	}
	return answers, nil
}

// disconnected finds the reasons of a server that ends the connection instead
// of refusing (RFC 4253, 11.1): OpenSSH says 2 for too many failures; 13 to 15
// are about the user.
var disconnected = regexp.MustCompile(`ssh: disconnect, reason (2|13|14|15):`)

// explain puts the error of a handshake into words.
func (l *login) explain(t *sshTransport, err error) error {
	switch {
	case errors.Is(err, errRefused) && t.ctx.Err() == nil,
		l.offered && disconnected.MatchString(err.Error()):
		return ErrCredentials
	case errors.Is(err, errNoMethod):
		return t.access.fail(models.Internal, nil, "is unreachable: it takes no passwords")
	}
	return t.explain(err)
}
