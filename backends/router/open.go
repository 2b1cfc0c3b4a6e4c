package router

import (
	"context"
	"errors"
	"time"

	"github.com/scrapli/scrapligo/driver/network"
	"github.com/scrapli/scrapligo/driver/options"
	"github.com/scrapli/scrapligo/platform"
	"github.com/scrapli/scrapligo/util"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// open connects to a router and brings it to a prompt that takes commands,
// within ConnectTimeout. What to type for that, such as "enable" and "terminal
// length 0", is what scrapligo knows about platforms.
func (b *Backend) open(ctx context.Context, a Access, d *dialect.Dialect) (*conversation, error) {
	ctx, cancel := context.WithTimeout(ctx, b.config.ConnectTimeout)
	defer cancel()
	t := &sshTransport{ctx: ctx, access: a, within: left(ctx)}
	driver, err := newDriver(d, t, b.config.ConnectTimeout)
	if err != nil {
		return nil, a.fail(models.Internal, nil, "cannot be talked to: the definition of its platform is damaged")
	}
	err = driver.Open()
	var prompt string
	if err == nil {
		prompt, err = driver.GetPrompt()
	}
	c := &conversation{
		access: a, dialect: d, driver: driver, transport: t, log: b.config.Logger,
		within: b.config.CommandTimeout, veil: newVeil(d, a.Password),
	}
	if err == nil && t.stop() {
		if c.learn(prompt); c.mode != dialect.Unknown {
			return c, nil
		}
		err = util.ErrTimeoutError
	}
	c.close()
	return nil, t.explainOpening(ctx, err)
}

// left is how much time a context with a deadline has, for errors.
func left(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return time.Until(deadline).Round(100 * time.Millisecond)
}

// explainOpening puts a failure before the first prompt into words.
func (t *sshTransport) explainOpening(ctx context.Context, err error) error {
	var f *failure
	switch {
	case err == ErrCredentials, errors.As(err, &f):
		return err
	case errors.Is(ctx.Err(), context.Canceled):
		return t.access.unreachable(ctx.Err(), t.within)
	case ctx.Err() != nil, errors.Is(err, util.ErrTimeoutError):
		return t.access.fail(models.Internal, context.DeadlineExceeded,
			"is unreachable: it let the user in, but showed no prompt of its platform within %s", t.within)
	case errors.Is(err, util.ErrPrivilegeError):
		return t.access.fail(models.Internal, nil, "does not let the user into privileged mode")
	case t.conn != nil && t.conn.broken() != nil:
		err = t.conn.broken()
	}
	return t.access.fail(models.Internal, nil, "is unreachable: after the login %s", plainly(err, t.within))
}

// newDriver makes what scrapligo needs for one connection. The password is also
// that of privileged mode, which is how routers behind a central user database
// have it.
func newDriver(d *dialect.Dialect, t *sshTransport, within time.Duration) (*network.Driver, error) {
	p, err := platform.NewPlatform(d.Platform, t.access.Host,
		options.WithCustomTransport(t),
		options.WithTimeoutOps(within),
		options.WithAuthSecondary(t.access.Password),
		// Leaving politely could wait for a router that is gone.
		options.WithNetworkOnClose(func(*network.Driver) error { return nil }),
	)
	if err != nil {
		return nil, err
	}
	return p.GetNetworkDriver()
}
