package router

import (
	"context"
	"fmt"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Neighbors reads the BGP sessions of a router and their states, over one
// connection, and changes nothing.
func (b *Backend) Neighbors(ctx context.Context, a Access) ([]dialect.Status, error) {
	var list []dialect.Status
	err := b.visit(ctx, a, "read neighbors", func(d *dialect.Dialect) ([]string, error) {
		return d.SummaryCommands(), nil
	}, func(ctx context.Context, c *conversation, _ []string) (err error) {
		list, err = c.sessions(ctx)
		return err
	})
	return list, err
}

// sessions reads the list of sessions.
func (c *conversation) sessions(ctx context.Context) ([]dialect.Status, error) {
	commands := c.dialect.SummaryCommands()
	outputs := make([]string, len(commands))
	for i, command := range commands {
		var err error
		if outputs[i], err = c.send(ctx, command); err != nil {
			return nil, err
		}
	}
	list, err := c.dialect.ParseSummary(outputs)
	if err != nil {
		return nil, c.access.fail(models.Internal, nil, "lists its sessions in a way that is not understood: %s", c.veil.said(err.Error()))
	}
	return list, nil
}

// otherAS finds out whether the router silently took another AS number for a
// session than it was told.
func (c *conversation) otherAS(ctx context.Context, n dialect.Neighbor) (*refusal, error) {
	list, err := c.sessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if s.Address.Unmap() == n.Address.Unmap() && s.RemoteASN != 0 && s.RemoteASN != n.RemoteASN {
			return &refusal{
				line:   fmt.Sprintf("neighbor %s remote-as %d", n.Address, n.RemoteASN),
				reason: fmt.Sprintf("the router has AS%d instead, which is that of the peer group %s", s.RemoteASN, printable(n.PeerGroup)),
			}, nil
		}
	}
	return nil, nil
}
