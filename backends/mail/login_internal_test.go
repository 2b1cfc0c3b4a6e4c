package mail

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

// What is offered and how private the connection is decide about the mechanism;
// the password never goes over an unencrypted wire for everybody to read.
func TestMechanisms(t *testing.T) {
	t.Parallel()
	m := &Mailer{config: Config{Username: "u", Password: "s3cret"}}
	for _, test := range []struct {
		offered string
		private bool
		want    error
	}{
		{"PLAIN", true, nil}, {"LOGIN", true, nil}, {"plain login", true, nil},
		{"PLAIN", false, errInClear}, {"LOGIN", false, errInClear}, {"PLAIN LOGIN XOAUTH2", false, errInClear},
		{"PLAIN CRAM-MD5", false, nil}, {"SCRAM-SHA-256 LOGIN", false, nil}, {"SCRAM-SHA-1", false, nil},
		{"", true, errNoLogin}, {"", false, errNoLogin}, {"XOAUTH2 NTLM", true, errNoLogin}, {"PLAINER", true, errNoLogin},
	} {
		auth, err := m.login(test.offered, "mail.example", test.private)
		if !errors.Is(err, test.want) || (auth == nil) != (err != nil) {
			t.Errorf("%q private %v: %v, error %v, want %v", test.offered, test.private, auth, err, test.want)
		}
	}
}

type addressed struct {
	net.Conn
	remote net.Addr
}

func (a addressed) RemoteAddr() net.Addr { return a.remote }

func TestLoopbackIsWhatTheConnectionSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		remote net.Addr
		want   bool
	}{
		{&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, true},
		{&net.TCPAddr{IP: net.IPv4(127, 8, 9, 1)}, true},
		{&net.TCPAddr{IP: net.IPv6loopback}, true},
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, false},
		{&net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, false},
		{&net.UnixAddr{Name: "/x", Net: "unix"}, false},
	} {
		if got := newConnection(addressed{remote: test.remote}).isLoopback(); got != test.want {
			t.Errorf("%v: %v", test.remote, got)
		}
	}
}

// However often a server wants the password hashed, a login ends.
func TestCostlyLoginIsRefused(t *testing.T) {
	t.Parallel()
	m := &Mailer{config: Config{Username: "u", Password: "s3cret"}}
	for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-1"} {
		for count, want := range map[string]bool{"4096": true, "1000001": false, "2000000000": false, "99999999999999999999": false, "x": false} {
			auth, err := m.login(mechanism, "mail.example", true)
			if err != nil {
				t.Fatal(err)
			}
			if name, _, err := auth.Start(&smtp.ServerInfo{}); err != nil || name != mechanism {
				t.Fatalf("%s, error %v", name, err)
			}
			first, err := auth.Next(nil, true)
			if err != nil {
				t.Fatal(err)
			}
			_, nonce, _ := strings.Cut(string(first), ",r=")
			if _, err = auth.Next([]byte("r="+nonce+"x,s=c2FsdA==,i="+count), true); (err == nil) != want {
				t.Errorf("%s %s: error %v", mechanism, count, err)
			}
		}
	}
}
