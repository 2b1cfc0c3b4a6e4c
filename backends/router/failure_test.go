package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"provision-gateway/models"
)

func TestPlainWords(t *testing.T) {
	t.Parallel()
	for want, errs := range map[string][]error{
		"the request was given up":                           {context.Canceled},
		"no answer within 15s":                               {context.DeadlineExceeded, os.ErrDeadlineExceeded, syscall.ETIMEDOUT},
		"its name cannot be resolved":                        {&net.DNSError{Err: "no such host", Name: "edge1", IsNotFound: true}},
		"connection refused":                                 {syscall.ECONNREFUSED},
		"no route to it":                                     {syscall.EHOSTUNREACH, syscall.ENETUNREACH},
		"it reset the connection":                            {syscall.ECONNRESET, syscall.EPIPE},
		"it closed the connection":                           {io.EOF, io.ErrUnexpectedEOF, net.ErrClosed},
		"it offers no SSH algorithms that are known here":    {&ssh.AlgorithmNegotiationError{}},
		"what answers there does not speak SSH as it should": {errors.New("ssh: dial tcp 192.0.2.1:22: overflow reading version string")},
	} {
		for _, err := range errs {
			for _, err := range []error{err, fmt.Errorf("ssh: handshake failed: %w", err), &net.OpError{Op: "read", Net: "tcp", Err: err}} {
				if got := plainly(err, 15*time.Second); got != want {
					t.Errorf("%v is %q, want %q", err, got, want)
				}
			}
		}
	}
}

func TestFailureIsAll(t *testing.T) {
	t.Parallel()
	a := Access{Name: "edge1\n2"}
	for name, c := range map[string]struct{ cause, is, not error }{
		"no end":    {io.EOF, nil, io.EOF},
		"cancelled": {fmt.Errorf("x: %w", context.Canceled), context.Canceled, context.DeadlineExceeded},
		"too late":  {context.DeadlineExceeded, context.DeadlineExceeded, context.Canceled},
	} {
		f := a.fail(models.Internal, c.cause, "is %s", "there")
		f.uncertain = true
		err := fmt.Errorf("around: %w", f)
		var m *models.Error
		if !errors.As(err, &m) || m.Message != "Router edge1 2 is there" || !uncertain(err) {
			t.Errorf("%s: %v, uncertain %t", name, m, uncertain(err))
		}
		if c.is != nil && !errors.Is(err, c.is) || errors.Is(err, c.not) {
			t.Errorf("%s: causes of %v", name, err)
		}
	}
	if got := (Access{ID: 17}).fail(models.Internal, nil, "is there").Error(); got != "Router #17 is there" {
		t.Errorf("without a name: %q", got)
	}
	if uncertain(ErrCredentials) || uncertain(nil) {
		t.Error("nothing is uncertain without a line")
	}
}

func TestHostKeyOrder(t *testing.T) {
	t.Parallel()
	keyOf := func(line string) ssh.PublicKey {
		k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for name, c := range map[string]struct {
		stored []ssh.PublicKey
		first  []string
	}{
		"none":    {nil, []string{ssh.KeyAlgoED25519}},
		"ECDSA":   {[]ssh.PublicKey{keyOf(ecdsaKey(t))}, []string{ssh.KeyAlgoECDSA256, ssh.KeyAlgoED25519}},
		"RSA":     {[]ssh.PublicKey{rsaKey(t, ssh.KeyAlgoRSA).PublicKey()}, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA, ssh.KeyAlgoED25519}},
		"several": {[]ssh.PublicKey{keyOf(ecdsaKey(t)), keyOf(other(t))}, []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384}},
	} {
		got := hostKeyOrder(c.stored)
		if !slices.Equal(got[:len(c.first)], c.first) || len(got) != len(hostKeyKinds) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := New(Config{}).config
	if c.ConnectTimeout != 15*time.Second || c.CommandTimeout != 30*time.Second || c.Timeout != 2*time.Minute || c.Logger == nil {
		t.Errorf("defaults %+v", c)
	}
	for host, want := range map[string]string{
		"edge1.example.net": "edge1.example.net:22", "Edge1": "edge1:22", "192.0.2.1": "192.0.2.1:22",
		"2001:db8::1": "[2001:db8::1]:22", "[2001:DB8::1]": "[2001:db8::1]:22", " edge1 ": "edge1:22",
	} {
		if got := (Access{Host: host}).address(); got != want {
			t.Errorf("%q is dialled as %q, want %q", host, got, want)
		}
	}
	if got := (Access{Host: "edge1", Port: 830}).address(); got != "edge1:830" {
		t.Errorf("dialled as %q", got)
	}
}
