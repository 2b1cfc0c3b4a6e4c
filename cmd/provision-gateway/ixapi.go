package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"provision-gateway/models"
	"provision-gateway/models/ix"
)

func (p *Program) ixapiCommand() *cobra.Command {
	return group("ixapi", "Looks after the exchanges that the gateway serves by IX-API",
		p.ixapiSeedCommand(), group("account", "Manages the accounts of members", p.ixapiAccountAddCommand(), p.ixapiAccountListCommand(), p.ixapiAccountAcceptCommand()),
		group("credential", "Manages the credentials of accounts", p.ixapiCredentialAddCommand(),
			p.ixapiCredentialListCommand(), p.ixapiCredentialRevokeCommand()),
		group("signing-key", "Manages the keys that tokens are signed with", p.ixapiSigningKeyRotateCommand()))
}

func (p *Program) ixapiSeedCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "seed --demo | --exchange PUBLIC_ID",
		Short: "Makes an exchange, unless it is there already",
		Long: `Makes an exchange, unless it is there already.

--demo makes an invented exchange with two members, and prints their API keys
and secrets, this one time. --exchange makes the peering LAN of an exchange of
PeeringDB, from what the database holds of it: its prefixes and route servers.
Its members are made with "ixapi account add".`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	demo := c.Flags().Bool("demo", false, "make the exchange of the demonstration")
	exchange := c.Flags().Uint64("exchange", 0, "make the exchange with this `PUBLIC_ID`")
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		if *demo == c.Flags().Changed("exchange") {
			return &usageError{errors.New("give one of --demo and --exchange PUBLIC_ID")}
		}
		return nil
	}
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		var seeded ix.Seeded
		var err error
		if *demo {
			seeded, err = ix.New(store).SeedDemo(ctx)
		} else {
			seeded, err = ix.New(store).SeedExchange(ctx, *exchange)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(seeded)
		}
		return p.printSeeded(seeded)
	})
}

func (p *Program) printSeeded(s ix.Seeded) error {
	var subnets []string
	for _, subnet := range []*string{s.SubnetV4, s.SubnetV6} {
		if subnet != nil {
			subnets = append(subnets, *subnet)
		}
	}
	lan := fmt.Sprintf("%s (%s), with %d route servers", s.Name, strings.Join(subnets, ", "), len(s.RouteServers))
	if !s.Added {
		return p.printf("There is %s already: nothing was added.\n", lan)
	}
	if err := p.printf("Added %s.\n", lan); err != nil {
		return err
	}
	for _, a := range s.Accounts {
		if err := p.printf("\n%s\nAccount:    %s\nConnection: %s\n", a.Name, a.ID, a.Connection); err != nil {
			return err
		}
		if err := p.printCredential(a.APIKey, a.APISecret); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) ixapiCredentialAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "add ACCOUNT",
		Short: "Adds an API key to an account and prints it with its secret, this one time",
		Args:  exactly(1),
	}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		account := c.Flags().Arg(0)
		key, secret, err := ix.New(store).IssueCredential(ctx, account)
		var problem *ix.Problem
		if errors.As(err, &problem) && problem.Type == ix.ProblemPermissionDenied.URL() {
			return fmt.Errorf("%s is the exchange itself, which nobody logs in as: make an account with `ixapi account add`", account)
		}
		if errors.As(err, &problem) {
			return fmt.Errorf("no account that is in use has the id %q", account)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]string{"account": account, "api_key": key, "api_secret": secret})
		}
		return p.printCredential(key, secret)
	})
}

func (p *Program) printCredential(key, secret string) error {
	return p.printf("API Key:    %s\nAPI Secret: %s\nThe secret is not shown again.\n", key, secret)
}
