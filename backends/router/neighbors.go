package router

import (
	"context"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Neighbors reads the BGP sessions of a router and their states, over one
// connection, and changes nothing.
func (b *Backend) Neighbors(ctx context.Context, a Access) ([]dialect.Status, error) {
	var list []dialect.Status
	err := b.visit(ctx, a, "read neighbors", func(d *dialect.Dialect) ([]string, error) {
		return d.SummaryCommands(), nil
	}, func(ctx context.Context, c *conversation, commands []string) error {
		outputs := make([]string, len(commands))
		for i, command := range commands {
			var err error
			if outputs[i], err = c.send(ctx, command); err != nil {
				return err
			}
		}
		var err error
		if list, err = c.dialect.ParseSummary(outputs); err != nil {
			return c.access.fail(models.Internal, nil, "lists its sessions in a way that is not understood: %s", c.veil.said(err.Error()))
		}
		return nil
	})
	return list, err
}
