package peeringdb

import (
	"context"
	"sync"
	"time"
)

// pace keeps the requests of a client apart.
type pace struct {
	pause, patience time.Duration
	now             func() time.Time
	sleep           func(context.Context, time.Duration) error

	// turn has room for the one request that is under way.
	turn chan struct{}
	// mu guards next, before which no request may be sent, and blocked, before
	// which the server said not to come.
	mu            sync.Mutex
	next, blocked time.Time
}

func newPace(pause, patience time.Duration) *pace {
	return &pace{pause: pause, patience: patience, now: time.Now, sleep: sleep, turn: make(chan struct{}, 1)}
}

// begin waits for the turn of a caller, which ends with end.
func (p *pace) begin(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pace) end() { <-p.turn }

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// wait waits until the next request may be sent. ok is false when that is
// later than patience allows, at the time that is returned.
func (p *pace) wait(ctx context.Context) (until time.Time, ok bool, err error) {
	p.mu.Lock()
	next, blocked, now := p.next, p.blocked, p.now()
	p.mu.Unlock()
	if blocked.Sub(now) > p.patience {
		return blocked, false, nil
	}
	if blocked.After(next) {
		next = blocked
	}
	return next, true, p.sleep(ctx, next.Sub(now))
}

// done notes the end of a request.
func (p *pace) done() { p.after(p.pause) }

// after puts off the next request.
func (p *pace) after(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := p.now().Add(wait); next.After(p.next) {
		p.next = next
	}
}

// block notes that the server said not to come before a time.
func (p *pace) block(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.blocked) {
		p.blocked = until
	}
}
