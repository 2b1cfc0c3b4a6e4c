package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"provision-gateway/models"
	"provision-gateway/models/ix"
)

// listedCredential is a credential as `ixapi credential list --json` prints it.
type listedCredential struct {
	Account string  `json:"account"`
	APIKey  string  `json:"api_key"`
	Created string  `json:"created"`
	Revoked *string `json:"revoked"`
}

func (p *Program) ixapiCredentialListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list [ACCOUNT]",
		Short: "Lists the API keys of all accounts, or of one, without their secrets",
		Args:  atMost(1),
	}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		rows, err := ix.New(store).Credentials(ctx, c.Flags().Arg(0))
		if err != nil {
			return err
		}
		listed := []listedCredential{}
		for _, row := range rows {
			listed = append(listed, listedCredential{row.AccountID, row.APIKey, *moment(&row.CreatedAt), moment(row.RevokedAt)})
		}
		if *asJSON {
			return p.printJSON(listed)
		}
		if len(listed) == 0 {
			return p.printf("There are no API keys.\n")
		}
		table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "ACCOUNT\tKEY\tCREATED\tREVOKED")
		for _, one := range listed {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", one.Account, one.APIKey, one.Created, orDash(text(one.Revoked)))
		}
		return table.Flush()
	})
}

func (p *Program) ixapiCredentialRevokeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "revoke KEY",
		Short: "Ends an API key of an account, at once on every gateway",
		Long: `Ends an API key of an account, at once on every gateway: neither the key nor a
refresh token that it was exchanged for can be exchanged any more. An access
token lasts until it expires, ixapi.access_lifetime after it was made.`,
		Args: exactly(1),
	}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		key := c.Flags().Arg(0)
		if err := ix.New(store).RevokeCredential(ctx, key); err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]string{"revoked": key})
		}
		return p.printf("Revoked %s.\n", key)
	})
}
