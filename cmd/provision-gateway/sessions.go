package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"provision-gateway/backends/sessions"
	"provision-gateway/config"
	"provision-gateway/models"
)

func (p *Program) sessionsCommand() *cobra.Command {
	return group("sessions", "Compares BGP sessions with the routers and with the directory",
		p.sessionsPreviewCommand(), p.sessionsRefreshCommand(), p.sessionsDiscoverCommand(), p.sessionsStaleCommand())
}

// aNumber wants one argument that number reads.
func aNumber(c *cobra.Command, args []string) error {
	if err := exactly(1)(c, args); err != nil {
		return err
	}
	_, err := number(args[0])
	return err
}

// atMost wants no more than a number of arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error { return exactly(min(n, len(args)))(c, args) }
}

// number reads the number that a command is given.
func number(word string) (uint64, error) {
	id, err := strconv.ParseUint(word, 10, 64)
	if err != nil || id == 0 {
		return 0, &usageError{fmt.Errorf("%q is not a number", word)}
	}
	return id, nil
}

func (p *Program) sessionsPreviewCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "preview ID",
		Short: "Prints the lines that configureSession would send to the router, and sends nothing",
		Args:  aNumber,
	}
	asJSON := addJSON(c)
	return p.withConfig(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		id, err := number(c.Flags().Arg(0))
		if err != nil {
			return err
		}
		session, err := store.SessionByID(ctx, id)
		if err != nil {
			return err
		}
		lines, err := p.sessions(cfg, store, slog.New(slog.DiscardHandler)).Preview(ctx, session)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]any{"session_id": id, "lines": lines})
		}
		return p.printf("%s\n", strings.Join(lines, "\n"))
	})
}

func (p *Program) sessionsRefreshCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "refresh [ROUTER]",
		Short: "Reads the state and received prefixes of sessions from a router, or from all",
		Args:  atMost(1),
	}
	asJSON := addJSON(c)
	return p.withConfig(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		s := p.sessions(cfg, store, slog.New(slog.DiscardHandler))
		var reports []sessions.Refreshed
		var failed error
		if word := c.Flags().Arg(0); word != "" {
			r, err := findRouter(ctx, store, word)
			if err != nil {
				return err
			}
			report, err := s.Refresh(ctx, r)
			reports, failed = []sessions.Refreshed{report}, err
		} else {
			reports, failed = s.RefreshAll(ctx)
		}
		if *asJSON {
			if err := p.printJSON(append([]sessions.Refreshed{}, reports...)); err != nil {
				return err
			}
			return failed
		}
		for _, r := range reports {
			if r.Error != "" {
				continue
			}
			if err := p.printf("%s: %d sessions, %d changed, %d missing, %d neighbors unknown here\n", plain(r.Router), r.Sessions, r.Changed, len(r.Missing), r.Unknown); err != nil {
				return err
			}
			for _, label := range r.Missing {
				if err := p.printf("  missing: %s\n", plain(label)); err != nil {
					return err
				}
			}
		}
		return failed
	})
}

func (p *Program) sessionsDiscoverCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "discover ROUTER",
		Short: "Lists the neighbors on a router that are not in the database",
		Long: `Lists the neighbors on a router that are not in the database.

With --import ADDRESS,… or --import all they are added as sessions. A session
that was imported counts as configured: deleting it takes it off the router. Its
password is not known; set it before you configure the session again.`,
		Args: exactly(1),
	}
	asJSON := addJSON(c)
	words := c.Flags().StringSlice("import", nil, "add these as sessions, `ADDRESS,…` or all")
	var chosen choice
	c.PreRunE = func(*cobra.Command, []string) (err error) {
		chosen, err = parseChoice(*words)
		return err
	}
	return p.withConfig(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		r, err := findRouter(ctx, store, c.Flags().Arg(0))
		if err != nil {
			return err
		}
		s := p.sessions(cfg, store, slog.New(slog.DiscardHandler))
		found, err := s.Discover(ctx, r)
		if err != nil {
			return err
		}
		if !c.Flags().Changed("import") {
			return p.printDiscovered(found, *asJSON)
		}
		if found, err = chosen.of(found); err != nil {
			return err
		}
		ids, err := s.Import(ctx, r, found)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]any{"imported": append([]uint64{}, ids...)})
		}
		for i, id := range ids {
			if err := p.printf("Session %d: AS%d %s\n", id, found[i].RemoteASN, found[i].Address); err != nil {
				return err
			}
		}
		return p.printf("%d sessions imported.\n", len(ids))
	})
}

// choice is which neighbors are to be imported.
type choice struct {
	all       bool
	addresses []netip.Addr
}

func parseChoice(words []string) (c choice, err error) {
	if slices.Equal(words, []string{"all"}) {
		return choice{all: true}, nil
	}
	for _, word := range words {
		address, err := netip.ParseAddr(strings.TrimSpace(word))
		if err != nil {
			return c, &usageError{fmt.Errorf("%q is not an address", word)}
		}
		if !slices.Contains(c.addresses, address) {
			c.addresses = append(c.addresses, address)
		}
	}
	return c, nil
}

// of picks the neighbors that are to be imported.
func (c choice) of(found []sessions.Discovered) ([]sessions.Discovered, error) {
	if c.all {
		return found, nil
	}
	var chosen []sessions.Discovered
	for _, address := range c.addresses {
		i := slices.IndexFunc(found, func(d sessions.Discovered) bool { return d.Address == address })
		if i < 0 {
			return nil, fmt.Errorf("%s is no neighbor on the router that is not in the database", address)
		}
		chosen = append(chosen, found[i])
	}
	return chosen, nil
}

func (p *Program) printDiscovered(found []sessions.Discovered, asJSON bool) error {
	if asJSON {
		return p.printJSON(found)
	}
	if len(found) == 0 {
		return p.printf("Every neighbor on the router is in the database.\n")
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ADDRESS\tAS\tNAME\tSTATE\tEXCHANGE")
	for _, d := range found {
		exchange := ""
		if d.ExchangeID != nil {
			exchange = strconv.FormatUint(*d.ExchangeID, 10)
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", d.Address, d.RemoteASN, plain(d.PeerName), plain(d.State), exchange)
	}
	return w.Flush()
}

func (p *Program) sessionsStaleCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "stale",
		Short: "Lists the sessions whose network, exchange or peer address is not listed upstream any more",
		Args:  exactly(0),
	}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		stale, err := store.StaleSessions(ctx)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(append([]models.StaleSession{}, stale...))
		}
		for _, s := range stale {
			if err := p.printf("%d\t%s\t%s\n", s.ID, plain(s.Label), s.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}
