package mailtest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Stage is a point in a session at which a Server can be told what to answer.
type Stage string

// The stages, and what they are about.
const (
	// Login is a successful AUTH; about the user.
	Login Stage = "AUTH"
	// From is MAIL; about the address.
	From Stage = "MAIL"
	// Recipient is RCPT; about the address.
	Recipient Stage = "RCPT"
	// Content is the end of the content, before the mail is kept.
	Content Stage = "content"
	// Kept is the end of the content, after the mail was kept: whatever is
	// answered, the mail has arrived.
	Kept Stage = "kept"
)

// Answer is what a Server does instead of accepting.
type Answer struct {
	// Code and Text are answered, for example 550 and "5.1.1 No such user".
	Code int
	Text string
	// Drop closes the connection without an answer.
	Drop bool
	// Silent answers nothing, until the test ends.
	Silent bool
}

// SetAnswer tells the server what to do at each stage. What the function gives
// nil for is accepted, as is everything after SetAnswer(nil).
func (s *Server) SetAnswer(answer func(stage Stage, about string) *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// At answers a at one stage.
func At(stage Stage, a Answer) func(Stage, string) *Answer {
	return func(at Stage, _ string) *Answer {
		if at == stage {
			return &a
		}
		return nil
	}
}

var errDropped = errors.New("dropped")

// at does what was asked for at a stage.
func (x *session) at(stage Stage, about string) error {
	s := x.server
	s.mu.Lock()
	answer := s.answer
	s.mu.Unlock()
	if answer == nil {
		return nil
	}
	a := answer(stage, about)
	switch {
	case a == nil:
		return nil
	case a.Drop:
		x.conn.Close()
		return errDropped
	case a.Silent:
		<-s.gone
		return errDropped
	default:
		return &smtp.SMTPError{Code: a.Code, EnhancedCode: smtp.NoEnhancedCode, Message: a.Text}
	}
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	x := &session{server: s, conn: c.Conn(), mail: Mail{Hello: c.Hostname(), TLS: encrypted}}
	if inner, ok := x.conn.(*tls.Conn); ok {
		x.conn = inner.NetConn()
	}
	if len(s.options.Login) > 0 {
		return x, nil
	}
	return openSession{x}, nil
}

// session is that of a server with logins.
type session struct {
	server *Server
	conn   net.Conn
	mail   Mail
}

// openSession hides the methods that make a server offer AUTH.
type openSession struct{ smtp.Session }

// AuthMechanisms lists those of the options.
func (x *session) AuthMechanisms() []string { return x.server.options.Login }

// Auth checks a login.
func (x *session) Auth(mechanism string) (sasl.Server, error) {
	if !slices.Contains(x.server.options.Login, mechanism) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	o := x.server.options
	return newLogin(mechanism, o.Username, o.Password, func(good bool) error {
		if !good {
			return smtp.ErrAuthFailed
		}
		x.mail.User = o.Username
		return x.at(Login, o.Username)
	}), nil
}

// Mail begins a mail.
func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if len(x.server.options.Login) > 0 && x.mail.User == "" {
		return smtp.ErrAuthRequired
	}
	x.mail.From, x.mail.To = from, nil
	return x.at(From, from)
}

// Rcpt adds a recipient.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := x.at(Recipient, to); err != nil {
		return err
	}
	x.mail.To = append(x.mail.To, to)
	return nil
}

// Data takes the mail.
func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := x.at(Content, ""); err != nil {
		return err
	}
	kept := x.mail
	kept.To, kept.Raw = slices.Clone(x.mail.To), raw
	x.server.keep(kept)
	return x.at(Kept, strings.Join(kept.To, " "))
}

// Reset does nothing: every mail begins with MAIL.
func (x *session) Reset() {}

// Logout does nothing.
func (x *session) Logout() error { return nil }
