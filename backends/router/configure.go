package router

import (
	"context"
	"errors"
	"fmt"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Configure brings a session onto a router, whatever the router holds for its
// address now.
//
// When the router refuses a line nothing half configured stays: a candidate is
// thrown away, elsewhere the session is taken off, also where it was there
// before, which the method Removed of the error says. The error is then a
// *models.Error with the code models.Invalid, as is that for a value which the
// platform cannot express.
func (b *Backend) Configure(ctx context.Context, a Access, n dialect.Neighbor) error {
	return b.visit(ctx, a, "configure "+n.String(), func(d *dialect.Dialect) ([]string, error) {
		return d.Change(n)
	}, func(ctx context.Context, c *conversation, lines []string) error {
		c.veil.remember(n.Password)
		r, err := c.lines(ctx, lines)
		if r == nil && err == nil && c.dialect.GroupSetsAS && n.PeerGroup != "" {
			r, err = c.otherAS(ctx, n)
		}
		if r == nil {
			return err
		}
		if c.dialect.Candidate {
			c.discard(ctx, r)
		} else {
			c.takeOff(ctx, n)
		}
		return c.rejected(r)
	})
}

// takeOff removes a session of which a line was refused, so that the lines
// before it do not stay.
func (c *conversation) takeOff(ctx context.Context, n dialect.Neighbor) {
	if !c.taken {
		c.leave(ctx)
		return
	}
	lines, err := c.dialect.Remove(n)
	if err != nil || !c.leave(ctx) {
		return
	}
	if r, err := c.lines(ctx, lines); r == nil && err == nil {
		c.taken, c.removed = false, true
	}
}

// Remove takes a session off a router. It succeeds when the router does not
// know the session.
func (b *Backend) Remove(ctx context.Context, a Access, n dialect.Neighbor) error {
	return b.visit(ctx, a, "remove "+n.String(), func(d *dialect.Dialect) ([]string, error) {
		return d.Remove(n)
	}, func(ctx context.Context, c *conversation, lines []string) error {
		r, err := c.lines(ctx, lines)
		if r == nil {
			return err
		}
		if c.dialect.Candidate {
			c.discard(ctx, r)
		} else {
			c.leave(ctx)
		}
		return c.rejected(r)
	})
}

// render makes the lines of a call. What a dialect refuses is answered in its
// words.
func render(d *dialect.Dialect, f func(*dialect.Dialect) ([]string, error)) ([]string, error) {
	lines, err := f(d)
	var value *dialect.ValueError
	var own *failure
	switch {
	case err == nil:
		return lines, nil
	case errors.As(err, &own):
		return nil, own
	case errors.As(err, &value):
		return nil, &failure{message: models.Errorf(models.Invalid, "%s", printable(value.Error()))}
	}
	return nil, fmt.Errorf("router: %w", err)
}
