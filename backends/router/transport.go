package router

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/scrapli/scrapligo/transport"
	"golang.org/x/crypto/ssh"
)

// sshTransport is a transport of scrapligo. The one that scrapligo brings
// hangs on a server that accepts and stays silent, takes no context, and cannot
// be told which host key to expect.
type sshTransport struct {
	// ctx ends the connection until stop is called.
	ctx      context.Context
	access   Access
	within   time.Duration
	checkKey ssh.HostKeyCallback
	kinds    []string

	conn *watchedConn
	// stop takes the connection out of the power of ctx. It returns false when
	// ctx has ended.
	stop   func() bool
	client *ssh.Client
	in     io.Writer
	out    io.Reader
	filter terminalFilter
}

// The terminal that routers are told of: as wide as all of them can do, so that
// they do not wrap lines.
const (
	terminal        = "vt100"
	terminalColumns = 511
	terminalRows    = 255
)

// Open connects, logs in and starts a shell. Its errors are ErrCredentials or
// a failure.
func (t *sshTransport) Open(*transport.Args) error {
	stored, err := t.access.storedKeys()
	if err != nil {
		return err
	}
	t.checkKey, t.kinds = t.access.keyCheck(stored), hostKeyOrder(stored)
	if err := t.connect(); err != nil {
		return err
	}
	if err := t.shell(); err != nil {
		err = t.explain(err)
		t.abort()
		return err
	}
	return nil
}

// connect makes the connection and logs in. On failure nothing is left.
func (t *sshTransport) connect() error {
	conn, err := (&net.Dialer{}).DialContext(t.ctx, "tcp", t.access.address())
	if err != nil {
		if t.ctx.Err() != nil {
			err = t.ctx.Err()
		}
		return t.access.unreachable(err, t.within)
	}
	t.conn = &watchedConn{Conn: conn}
	// The client of the library has no notion of time once connected: both
	// the deadline and the end of the context must reach it by the connection.
	if deadline, ok := t.ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	t.stop = context.AfterFunc(t.ctx, t.abort)
	login := &login{conn: t.conn, username: t.access.Username, password: t.access.Password}
	c, channels, requests, err := ssh.NewClientConn(t.conn, t.access.address(), &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: keyExchanges, Ciphers: ciphers, MACs: macs},
		User:              t.access.Username,
		AuthCallback:      login.next,
		HostKeyCallback:   t.checkKey,
		HostKeyAlgorithms: t.kinds,
	})
	if err != nil {
		t.abort()
		return login.explain(t, err)
	}
	t.client = ssh.NewClient(c, channels, requests)
	return nil
}

// shell starts the command line of the router.
func (t *sshTransport) shell() error {
	session, err := t.client.NewSession()
	if err != nil {
		return err
	}
	if t.in, err = session.StdinPipe(); err != nil {
		return err
	}
	if t.out, err = session.StdoutPipe(); err != nil {
		return err
	}
	modes := ssh.TerminalModes{ssh.ECHO: 1, ssh.TTY_OP_ISPEED: 115200, ssh.TTY_OP_OSPEED: 115200}
	if err := session.RequestPty(terminal, terminalRows, terminalColumns, modes); err != nil {
		return err
	}
	if err := session.Shell(); err != nil {
		return err
	}
	return t.conn.SetDeadline(time.Time{})
}

// explain puts an error of the SSH library into words.
func (t *sshTransport) explain(err error) error {
	var f *failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, errKeyLearned):
		return errKeyLearned
	case t.ctx.Err() != nil:
		err = t.ctx.Err()
	case t.conn.broken() != nil:
		err = t.conn.broken()
	}
	return t.access.unreachable(err, t.within)
}

// abort closes the connection without a word. It may be called at any time,
// more than once and from anywhere.
func (t *sshTransport) abort() {
	if t.conn != nil {
		_ = t.conn.Close()
	}
}

// Close closes the connection and waits for the library to have noticed.
func (t *sshTransport) Close() error {
	t.abort()
	if t.client != nil {
		_ = t.client.Wait()
	}
	return nil
}

// IsAlive reports whether the connection has not failed yet.
func (t *sshTransport) IsAlive() bool { return t.client != nil && t.conn.broken() == nil }

// Read returns what the router showed, at most n bytes of it, without what
// only moves the cursor. At the end of the connection, whatever its reason, it
// is io.EOF: anything else scrapligo would try again.
func (t *sshTransport) Read(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := t.out.Read(b)
	if n == 0 && err != nil {
		return nil, io.EOF
	}
	return t.filter.clean(b[:n]), nil
}

// Write sends what is typed.
func (t *sshTransport) Write(b []byte) error {
	_, err := t.in.Write(b)
	return err
}

// watchedConn is a connection that remembers its first failure, since the SSH
// library does not always hand it on.
type watchedConn struct {
	net.Conn
	first atomic.Pointer[error]
}

func (c *watchedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.remember(err)
	return n, err
}

func (c *watchedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.remember(err)
	return n, err
}

func (c *watchedConn) remember(err error) {
	if err != nil {
		c.first.CompareAndSwap(nil, &err)
	}
}

// broken returns the first failure, or nil.
func (c *watchedConn) broken() error {
	if err := c.first.Load(); err != nil {
		return *err
	}
	return nil
}
