package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"
	"unicode"
)

// DeliveryError says why a mail was not handed over. Its text names the server
// and the step, and holds no password and nothing of the mail but addresses.
type DeliveryError struct {
	// Server is host:port.
	Server string
	// Step is what was under way: "connect", "TLS", "greeting", "EHLO",
	// "STARTTLS", "AUTH", "MAIL FROM <…>", "RCPT TO <…>", "DATA", "content" or
	// "end of content".
	Step string
	// Code is the server's refusal, 400 to 599, or 0 when there was none.
	Code int

	text      string
	uncertain bool
	permanent bool
	cause     error
}

// Error is one line.
func (e *DeliveryError) Error() string {
	return fmt.Sprintf("mail server %s: %s: %s", e.Server, e.Step, e.text)
}

// Unwrap gives the cause: a network error, that of the context, or a
// *textproto.Error with the server's answer.
func (e *DeliveryError) Unwrap() error { return e.cause }

// Uncertain reports whether the mail may have been accepted all the same: its
// end had been sent and no final answer came back. Sending it again may then
// mean that it arrives twice.
func (e *DeliveryError) Uncertain() bool { return e.uncertain }

// Temporary reports whether trying again later may help. It is false for
// refusals with a code from 500 to 599 and for what only a change of the
// configuration can mend: certificates, missing STARTTLS, no usable login.
func (e *DeliveryError) Temporary() bool { return !e.permanent }

// failed describes what went wrong at a step.
func (d *delivery) failed(step string, err error) error {
	e := &DeliveryError{Server: d.mailer.config.Server, Step: step, cause: err}
	var answer *textproto.Error
	var garbage textproto.ProtocolError
	var certificate *tls.CertificateVerificationError
	switch {
	case d.ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded):
		e.text, e.cause = d.ended(err)
	case errors.As(err, &answer):
		text := d.quotable(answer.Msg)
		e.cause = &textproto.Error{Code: answer.Code, Msg: text}
		e.text = strings.TrimSpace(fmt.Sprintf("%d %s", answer.Code, text))
		if answer.Code >= 400 && answer.Code <= 599 {
			e.Code, e.permanent = answer.Code, answer.Code >= 500
		} else {
			e.text = "unexpected answer " + e.text
		}
	case errors.As(err, &garbage):
		e.text = "unusable answer: " + d.quotable(string(garbage))
		e.cause = errors.New(e.text)
	case errors.As(err, &certificate):
		e.text, e.permanent = "certificate: "+certificate.Err.Error(), true
	case errors.Is(err, errNoLogin), errors.Is(err, errInClear), errors.Is(err, errNoStartTLS), errors.Is(err, errTooLarge):
		e.text, e.permanent = err.Error(), true
	case step == stepLogin && !isNetwork(err):
		// What a login makes of an odd answer may hold the answer.
		e.text = d.quotable(err.Error())
		e.cause = errors.New(e.text)
	default:
		e.text = err.Error()
	}
	e.uncertain = d.finished && e.Code == 0
	return e
}

// isNetwork tells a lost connection from what a library says of an answer.
func isNetwork(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errTooMuch) || errors.Is(err, errLongLine) || errors.As(err, &network)
}

// ended describes a delivery that ran out of time or was given up.
func (d *delivery) ended(err error) (string, error) {
	if errors.Is(d.ctx.Err(), context.Canceled) {
		return "given up", fmt.Errorf("%w: %w", context.Cause(d.ctx), err)
	}
	return fmt.Sprintf("not done within %v", d.limit.Round(time.Millisecond)), fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
}

// quotable makes a server's words fit for a log: one line, of bearable length,
// and without what the server was told and may be saying back: the password and
// the mail.
func (d *delivery) quotable(s string) string {
	const most, window = 200, 24
	s = strings.ToValidUTF8(s, "\uFFFD")
	for _, secret := range d.mailer.config.secrets() {
		if strings.Contains(s, secret) {
			return "(answer not shown)"
		}
	}
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	for i := 0; i+window <= len(s); i++ {
		if strings.Contains(d.content, s[i:i+window]) {
			return "(answer not shown)"
		}
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isControl(r) }), " ")
}
