package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"provision-gateway/models"
	"provision-gateway/models/ix"
)

// addedAccount is an account as `ixapi account add --json` prints it.
type addedAccount struct {
	Account   string   `json:"account"`
	Name      string   `json:"name"`
	ASNs      []uint32 `json:"asns"`
	APIKey    string   `json:"api_key,omitempty"`
	APISecret string   `json:"api_secret,omitempty"`
}

func (p *Program) ixapiAccountAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "add NAME --asn N[,N]",
		Short: "Adds the account of a member, which can order at once",
		Long: `Adds the account of a member, which nobody manages but itself and which can
order at once. Every AS number is of one account only: by it the member gets the
addresses that PeeringDB knows of it at the exchange.

--credential makes an API key too, and prints it with its secret, this one time.
Without --address the address is an invented one.`,
		Args: exactly(1),
	}
	asJSON := addJSON(c)
	asns := c.Flags().StringSlice("asn", nil, "AS numbers of the member, `N[,N]`")
	legal := c.Flags().String("legal-name", "", "legal `NAME`, also on invoices")
	address := c.Flags().String("address", "", "postal address, `\"STREET; POSTAL CODE; LOCALITY; COUNTRY\"`, the country in two letters")
	credential := c.Flags().Bool("credential", false, "make an API key at once")
	var wanted ix.NewAccount
	c.PreRunE = func(_ *cobra.Command, args []string) (err error) {
		wanted = ix.NewAccount{Name: args[0], LegalName: *legal, Credential: *credential}
		if len(*asns) == 0 {
			return &usageError{errors.New("give at least one AS number with --asn")}
		}
		if wanted.ASNs, err = parseASNs(*asns); err != nil {
			return &usageError{err}
		}
		if *address != "" {
			wanted.Address, err = parseAddress(*address)
		}
		if err != nil {
			return &usageError{err}
		}
		return nil
	}
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		a, err := ix.New(store).RegisterAccount(ctx, wanted)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(addedAccount{a.ID, a.Name, a.ASNs, a.APIKey, a.APISecret})
		}
		if err := p.printf("%s\nAccount:    %s\n", a.Name, a.ID); err != nil || a.APIKey == "" {
			return err
		}
		return p.printCredential(a.APIKey, a.APISecret)
	})
}

// parseASNs reads AS numbers, with or without AS in front.
func parseASNs(texts []string) (asns []uint32, err error) {
	for _, text := range texts {
		digits := strings.TrimSpace(text)
		if len(digits) > 2 && strings.EqualFold(digits[:2], "AS") {
			digits = digits[2:]
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%q is no AS number", text)
		}
		asns = append(asns, uint32(n))
	}
	return asns, nil
}

// parseAddress reads a postal address of four parts.
func parseAddress(text string) (*ix.Address, error) {
	parts := strings.Split(text, ";")
	if len(parts) != 4 {
		return nil, fmt.Errorf("the address %q is not of the form STREET; POSTAL CODE; LOCALITY; COUNTRY", text)
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return &ix.Address{StreetAddress: parts[0], PostalCode: parts[1], Locality: parts[2], Country: strings.ToUpper(parts[3])}, nil
}

// listedAccount is an account as `ixapi account list --json` prints it.
type listedAccount struct {
	Account         string   `json:"account"`
	Name            string   `json:"name"`
	ASNs            []uint32 `json:"asns"`
	ManagingAccount *string  `json:"managing_account"`
	State           ix.State `json:"state"`
	// Status are the tags of what the account waits for.
	Status []string `json:"status"`
}

func (p *Program) ixapiAccountListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "Lists all accounts", Args: exactly(0)}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		accounts, err := ix.New(store).AllAccounts(ctx)
		if err != nil {
			return err
		}
		listed := []listedAccount{}
		for _, a := range accounts {
			one := listedAccount{a.ID, a.Name, a.ASNs, a.ManagingAccount, a.State, []string{}}
			for _, s := range a.Status {
				one.Status = append(one.Status, s.Tag)
			}
			listed = append(listed, one)
		}
		if *asJSON {
			return p.printJSON(listed)
		}
		if len(listed) == 0 {
			return p.printf("There are no accounts.\n")
		}
		table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "ACCOUNT\tNAME\tASNS\tMANAGED BY\tSTATE")
		for _, one := range listed {
			state := strings.Join(append([]string{string(one.State)}, one.Status...), " ")
			asns := strings.Trim(strings.ReplaceAll(fmt.Sprint(one.ASNs), " ", ","), "[]")
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", one.Account, one.Name, orDash(asns), orDash(text(one.ManagingAccount)), state)
		}
		return table.Flush()
	})
}
