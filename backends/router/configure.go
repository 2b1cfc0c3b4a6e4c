package router

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Configure brings a session onto a router, whatever the router holds for its
// address now. previous is what the router holds when that is another session
// in its eyes, so that it would stay beside the new one: it is taken off before,
// over the same connection; nil when there is none.
//
// When the router refuses a line nothing half configured stays: a candidate is
// thrown away, elsewhere the session is taken off again. The error is then a
// *models.Error with the code models.Invalid, as is that for a value which the
// platform cannot express.
func (b *Backend) Configure(ctx context.Context, a Access, n dialect.Neighbor, previous *dialect.Neighbor) error {
	return b.visit(ctx, a, "configure "+n.String(), func(d *dialect.Dialect) ([]string, error) {
		lines, err := d.Change(n)
		if err != nil || previous == nil || !stays(d, n, *previous) {
			return lines, err
		}
		before, err := d.Remove(*previous)
		return together(d, before, lines), err
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

// stays reports whether a session would stay when another is configured: Change
// replaces what has the same address in the same place.
func stays(d *dialect.Dialect, n, previous dialect.Neighbor) bool {
	return n.Address.Unmap() != previous.Address.Unmap() || n.LocalASN != previous.LocalASN ||
		d.GroupInPath && n.PeerGroup != previous.PeerGroup
}

// together makes one list of two. Where there is a candidate both are one
// commit, so that a session which is refused does not cost the previous one.
func together(d *dialect.Dialect, before, lines []string) []string {
	commit := slices.IndexFunc(before, isCommit)
	if !d.Candidate || commit < 0 || len(lines) == 0 {
		return slices.Concat(before, lines)
	}
	before, lines = before[:commit], lines[1:]
	// Both enter "router bgp"; once is enough where the first stays there.
	if len(before) > 1 && len(lines) > 0 && before[1] == lines[0] && before[len(before)-1] != "exit" {
		if mode, known := d.After(lines[0]); known && mode == dialect.ConfigBGP {
			lines = lines[1:]
		}
	}
	return slices.Concat(before, lines)
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
		c.taken = false
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
