package peeringdb

import (
	"context"
	"time"
)

// Fake makes a client live in a time of its own: waiting takes no time but
// moves the clock, and is told to told.
func (c *Client) Fake(start time.Time, told func(time.Duration)) {
	now := start
	c.pace.now = func() time.Time { return now }
	c.pace.sleep = func(ctx context.Context, d time.Duration) error {
		if d > 0 {
			told(d)
			now = now.Add(d)
		}
		return ctx.Err()
	}
}
