package contract

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// Trouble is that a server could not be asked, so that nothing can be said about
// what it answers.
type Trouble struct {
	// What is a sentence without its subject, which is the server.
	What string
	err  error
}

// Error is "the server", and what it did.
func (t *Trouble) Error() string { return "the server " + t.What }

// Unwrap gives the error below.
func (t *Trouble) Unwrap() error { return t.err }

// reason is why there is no connection, in words without addresses of ours.
func reason(err error) string {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var name *net.DNSError
	switch {
	case errors.As(err, &authority):
		return "its certificate is signed by an unknown authority"
	case errors.As(err, &certificate):
		return certificate.Err.Error()
	case errors.As(err, &record):
		return "it does not speak TLS there"
	case errors.As(err, &name):
		return "its name is not known"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refuses the connection"
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err.Error()
	}
	return err.Error()
}

// unread is an answer whose head could not be read. It shows no byte of what
// came, which may be anything.
func unread(all, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(all, syscall.ECONNRESET), errors.Is(all, syscall.EPIPE):
		return &Trouble{"closed the connection without an answer", all}
	case strings.Contains(err.Error(), "malformed"):
		return &Trouble{"answers with what is not HTTP", err}
	}
	return &Trouble{"gave an answer that cannot be read", all}
}
