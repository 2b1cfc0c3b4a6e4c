package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"provision-gateway/models"
	"provision-gateway/models/ix"
)

func (p *Program) ixapiAccountAcceptCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "accept ACCOUNT",
		Short: "Notes that the terms are accepted for a new account, which can be used then",
		Args:  exactly(1),
	}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		account := c.Flags().Arg(0)
		err := ix.New(store).AcceptTerms(ctx, account)
		var problem *ix.Problem
		if errors.As(err, &problem) {
			return errors.New(problem.Detail)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]string{"accepted": account})
		}
		return p.printf("%s is in production.\n", account)
	})
}
