package models

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"net"
	"time"

	driver "github.com/go-sql-driver/mysql"
)

// dialWithin makes connections on which the answer to a statement, however many
// packets it is, must have come within a time of its own. The read timeout of
// the driver starts again with every byte, so a server that drips, or a network
// that does, would hold a request for ever. It returns the name by which a DSN
// asks for such connections.
func dialWithin(limit time.Duration) string {
	name := "tcp within " + limit.String()
	driver.RegisterDialContext(name, func(ctx context.Context, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return &timedConn{TCPConn: conn.(*net.TCPConn), limit: limit, asked: time.Now()}, nil
	})
	return name
}

// timedConn is a TCP connection whose reads end a time after the last write.
// The driver uses a connection for one statement at a time.
type timedConn struct {
	*net.TCPConn
	limit time.Duration
	asked time.Time
}

// Write sends, and begins the time for the answer.
func (c *timedConn) Write(p []byte) (int, error) {
	c.asked = time.Now()
	return c.TCPConn.Write(p)
}

// SetReadDeadline sets the end of the time for the answer, whatever the driver
// asks for.
func (c *timedConn) SetReadDeadline(time.Time) error {
	return c.TCPConn.SetReadDeadline(c.asked.Add(c.limit))
}

// connectOnce turns the driver's advice to try again into an error: where a
// server does not answer, three tries take three times as long.
func connectOnce(err error) error {
	if errors.Is(err, sqldriver.ErrBadConn) {
		return driver.ErrInvalidConn
	}
	return err
}
