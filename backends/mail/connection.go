package mail

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// connection is the connection below SMTP and TLS. It holds a server to what an
// honest one needs: no more time, and no more bytes.
type connection struct {
	net.Conn
	left        atomic.Int64
	failedWrite atomic.Bool
}

// mostAnswers is how many bytes a server may send in one delivery: certificates
// and one answer per recipient take some ten thousand.
const mostAnswers = 256 << 10

var errTooMuch = errors.New("the server answers without end")

func newConnection(c net.Conn) *connection {
	out := &connection{Conn: c}
	out.left.Store(mostAnswers)
	return out
}

// Read reads until the allowance of the server is used up.
func (c *connection) Read(p []byte) (int, error) {
	left := c.left.Load()
	if left <= 0 {
		return 0, errTooMuch
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), left)])
	c.left.Add(-int64(n))
	return n, err
}

// Write remembers that something did not go out: then the server cannot have
// the end of the mail either.
func (c *connection) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		c.failedWrite.Store(true)
	}
	return n, err
}

// SetDeadline does nothing: the deadline of the delivery is set once, on the
// connection below, and nothing above may move it. TLS would, to say goodbye.
func (c *connection) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, as SetDeadline.
func (c *connection) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, as SetDeadline.
func (c *connection) SetWriteDeadline(time.Time) error { return nil }

// isLoopback reports whether the other end is on this machine.
func (c *connection) isLoopback() bool {
	address, ok := c.RemoteAddr().(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}
