package router

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"time"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Config is how a Backend works. The zero value works with the defaults.
type Config struct {
	// ConnectTimeout is the longest time from the TCP connection to a prompt
	// that takes commands; 15 seconds when zero.
	ConnectTimeout time.Duration
	// CommandTimeout is the longest time that a router may take to answer one
	// line; 30 seconds when zero. Saving a configuration and committing are
	// lines too.
	CommandTimeout time.Duration
	// Timeout is the longest time of a whole call, with waiting for other
	// calls to the same router; 2 minutes when zero. A deadline of the context
	// that comes sooner holds.
	Timeout time.Duration
	// Allow, when not empty, is what a client may push: each line of a
	// configuration that a client sent must match one of the expressions from
	// its first to its last character. Lines made here are not checked.
	Allow []*regexp.Regexp
	// Logger gets an entry for each line that is sent, secrets masked, and for
	// each call; nil logs nothing.
	Logger *slog.Logger
}

// Backend reaches routers. It is safe for concurrent use.
type Backend struct {
	config Config
	allow  []*regexp.Regexp
	locks  locks
}

// New makes a Backend. It connects to nothing.
func New(c Config) *Backend {
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{{&c.ConnectTimeout, 15 * time.Second}, {&c.CommandTimeout, 30 * time.Second}, {&c.Timeout, 2 * time.Minute}} {
		if *d.value <= 0 {
			*d.value = d.fallback
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Backend{config: c, allow: anchored(c.Allow)}
}

// ErrCredentials is the answer of every method when a router refuses the user
// or the password, and when one of them is empty. It ends in a space (vendor
// documentation, configureSession) and is returned as it is, never wrapped:
// nothing was sent to the router then.
var ErrCredentials = models.Errorf(models.Internal, "Unable to authenticate ")

// visit makes the lines of a call, connects to the router, calls f with the
// connection and the lines, and closes it. It holds the router's lock
// meanwhile. What is wrong with the lines shows before anything is connected.
func (b *Backend) visit(ctx context.Context, a Access, doing string,
	lines func(*dialect.Dialect) ([]string, error), f func(context.Context, *conversation, []string) error) error {
	d, known := dialect.Lookup(a.Platform)
	if !known {
		return a.fail(models.Invalid, nil, "has a platform that is not known here: %s", printable(a.Platform))
	}
	rendered, err := render(d, lines)
	if err != nil {
		return err
	}
	if a.Username == "" || a.Password == "" {
		return ErrCredentials
	}
	return b.alone(ctx, a, doing, func(ctx context.Context) error {
		c, err := b.open(ctx, a, d)
		if err != nil {
			return err
		}
		defer c.close()
		return c.settle(f(ctx, c, rendered))
	})
}

// alone calls f while no other call of this Backend is at the router, within
// the time of a whole call.
func (b *Backend) alone(ctx context.Context, a Access, doing string, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, b.config.Timeout)
	defer cancel()
	begun := time.Now()
	err := b.locks.hold(ctx, a.address(), func() error { return f(ctx) })
	switch {
	case err == errNotHeld && errors.Is(ctx.Err(), context.Canceled):
		err = a.fail(models.Internal, ctx.Err(), "was not connected to: the request was given up")
	case err == errNotHeld:
		err = a.fail(models.Internal, ctx.Err(), "is busy: another call has not ended in time")
	}
	entry := b.config.Logger.With("router", a.Name, "doing", doing, "took", time.Since(begun).Round(time.Millisecond))
	if err != nil {
		entry.Warn("router call failed", "error", err.Error(), "uncertain", uncertain(err))
		return err
	}
	entry.Info("router call done")
	return nil
}
