package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/backends/exchange"
	"provision-gateway/backends/ixapi"
	"provision-gateway/config"
	"provision-gateway/models"
)

const (
	leaseExchanges = "exchanges.sessions"
	// exchangesInterval is four times how often it is looked whether a session at
	// an exchange is due.
	exchangesInterval = 2 * time.Second
)

// exchanges makes what brings sessions to the exchanges that are bound to an API;
// nil where none is.
func (p *Program) exchanges(cfg config.Config, store *models.Store, logger *slog.Logger) (*exchange.Exchange, error) {
	if len(cfg.Exchanges) == 0 {
		return nil, nil
	}
	c := exchange.Config{Store: store, Logger: logger}
	for _, e := range cfg.Exchanges {
		roots, err := certificates(e.CAFile)
		if err != nil {
			return nil, fmt.Errorf("exchange %d: %w", e.PublicID, err)
		}
		client, err := ixapi.New(ixapi.Config{
			URL: e.URL, Key: e.Key.Reveal(), Secret: e.Secret.Reveal(), Auth: e.Auth, TokenURL: e.TokenURL, RootCAs: roots,
			UserAgent: "provision-gateway/" + version, Timeout: e.Timeout, Logger: logger, Now: p.Now,
		})
		if err != nil {
			return nil, fmt.Errorf("exchange %d: %w", e.PublicID, err)
		}
		c.Bindings = append(c.Bindings, exchange.Binding{
			PublicID: e.PublicID, Client: client, NetworkService: e.NetworkService, ManagingAccount: e.ManagingAccount,
			ConsumingAccount: e.ConsumingAccount, BillingAccount: e.BillingAccount, Contacts: e.Contacts, RoleAssignments: e.RoleAssignments,
			ASSet: e.ASSet, IRR: e.IRR, Poll: e.Poll,
		})
	}
	return exchange.New(c)
}

// certificates reads the certificates of a file, nil for those of the system.
func certificates(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return pool, nil
}

// startExchanges has the sessions at exchanges finished and looked after, by one
// of all gateways.
func startExchanges(ctx context.Context, e *exchange.Exchange, background *schedule) {
	if e == nil {
		return
	}
	background.done.Go(func() { background.whenever(ctx, leaseExchanges, exchangesInterval, e.Idle, e.Work) })
}

func (p *Program) exchangeCommand() *cobra.Command {
	return group("exchange", "Looks after the exchanges that are bound to their IX-API", p.exchangeCheckCommand())
}

func (p *Program) exchangeCheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Asks every exchange that is bound, and says what it knows of us",
		Long: `Asks every exchange that is bound, and says what it knows of us: the account,
the peering LAN with its route servers, and the connections to it with their
addresses. Nothing is changed.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	return p.withConfig(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		e, err := p.exchanges(cfg, store, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		reports := []exchange.Report{}
		if e != nil {
			reports = e.Check(ctx)
		}
		var failed []error
		for _, r := range reports {
			if r.Error != "" {
				failed = append(failed, fmt.Errorf("exchange %d: %s", r.PublicID, r.Error))
			}
		}
		if *asJSON {
			return errors.Join(p.printJSON(reports), errors.Join(failed...))
		}
		for _, r := range reports {
			if r.Error != "" {
				continue
			}
			if err := p.printf("%d: account %s (%s)\n", r.PublicID, r.Account, plain(r.AccountName)); err != nil {
				return err
			}
			for _, l := range r.LANs {
				if err := p.printf("  %s %s, route servers: %s\n", l.ID, plain(l.Name), plain(fmt.Sprint(l.RouteServers))); err != nil {
					return err
				}
				for _, n := range l.Connections {
					if err := p.printf("    %s: %s, AS numbers %v, addresses %s\n", n.ID, n.State, n.ASNs, plain(fmt.Sprint(n.Addresses))); err != nil {
						return err
					}
				}
			}
		}
		return errors.Join(failed...)
	})
}
