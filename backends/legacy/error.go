package legacy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/sony/gobreaker/v2"
)

// Error says why there is no answer. Its text is one of a fixed set: what the HTTP
// library says may quote the address with the key and all parameters, or a header
// of the answer, and is neither told nor wrapped.
type Error struct {
	text      string
	uncertain bool
	cause     error
}

// Error is one line.
func (e *Error) Error() string { return "original server: " + e.text }

// Unwrap gives the cause: context.DeadlineExceeded, context.Canceled, ErrAway, or
// an error that says no more than the text.
func (e *Error) Unwrap() error { return e.cause }

// Uncertain reports whether the server may have done what it was asked: the
// request had been sent, or begun to be, and no whole answer came back.
func (e *Error) Uncertain() bool { return e.uncertain }

// ErrAway is the cause when the server is left alone after too many failures.
var ErrAway = gobreaker.ErrOpenState

var errLeftAlone = &Error{text: "left alone after too many failures", cause: ErrAway}

// isDial reports whether a connection was never made, so that nothing was sent.
func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// failed makes an error of one of the HTTP library's.
func (c *Client) failed(ctx context.Context, err error) error {
	text, before := inWords(err)
	e := &Error{text: text, cause: errors.New(text), uncertain: !before && !isDial(err)}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.text, e.cause = fmt.Sprintf("no whole answer within %v", c.config.Timeout), context.DeadlineExceeded
	case ctx.Err() != nil:
		e.text, e.cause = "given up", context.Canceled
	}
	return e
}

// sayings are errors of the system that have a word of their own.
var sayings = []struct {
	err  error
	text string
}{
	{syscall.ECONNREFUSED, "connection refused"},
	{syscall.ECONNRESET, "connection reset"},
	{syscall.EPIPE, "connection closed while the request was sent"},
	{syscall.EHOSTUNREACH, "host unreachable"},
	{syscall.ENETUNREACH, "network unreachable"},
	{syscall.EMFILE, "too many open files"},
	{io.ErrUnexpectedEOF, "connection closed within the answer"},
	{io.EOF, "connection closed without an answer"},
}

// inWords says what went wrong, and whether it did before anything was sent.
func inWords(err error) (text string, before bool) {
	var name *net.DNSError
	var untrusted *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		return "the name of the server cannot be resolved", true
	case errors.As(err, &authority):
		return "TLS: the certificate is signed by an unknown authority", true
	case errors.As(err, &host):
		return "TLS: the certificate is for another name", true
	case errors.As(err, &untrusted):
		return "TLS: the certificate is not valid", true
	case errors.As(err, &alert):
		return "TLS: the server ended the connection", false
	case errors.As(err, &record):
		// A connection is given only with the first record, before any request.
		return "TLS: the server does not speak it", record.Conn != nil
	}
	for _, s := range sayings {
		if errors.Is(err, s.err) {
			return s.text, false
		}
	}
	var timeout net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout", false
	case strings.Contains(err.Error(), "malformed"):
		return "the answer is no HTTP", false
	case isDial(err):
		return "no connection", true
	}
	return "the request failed", false
}
