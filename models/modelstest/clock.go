package modelstest

import (
	"sync/atomic"
	"time"
)

// Clock is a clock that moves only when it is moved. It is safe for concurrent
// use.
type Clock struct{ seconds atomic.Int64 }

// NewClock gives a clock that shows a Unix second.
func NewClock(seconds int64) *Clock {
	c := &Clock{}
	c.seconds.Store(seconds)
	return c
}

// Now is the time that the clock shows, in UTC.
func (c *Clock) Now() time.Time { return time.Unix(c.seconds.Load(), 0).UTC() }

// Advance moves the clock by whole seconds.
func (c *Clock) Advance(by time.Duration) { c.seconds.Add(int64(by / time.Second)) }
