package main

import (
	"context"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"provision-gateway/backends/sessions"
	"provision-gateway/config"
	"provision-gateway/models"
)

func (p *Program) routerCommand() *cobra.Command {
	return group("router", "Manages the access to routers", p.routerListCommand(), p.routerTrustCommand())
}

func (p *Program) routerListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "Lists the routers", Args: exactly(0)}
	asJSON := addJSON(c)
	return p.withStore(c, p.openWithSecrets, func(ctx context.Context, store *models.Store) error {
		routers, err := store.Routers(ctx)
		if err != nil {
			return err
		}
		list := []routerLine{}
		for i := range routers {
			list = append(list, describeRouter(&routers[i]))
		}
		if *asJSON {
			return p.printJSON(list)
		}
		w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "ID\tNAME\tHOST\tPLATFORM\tUSER\tHOST KEY\tREADY")
		for _, r := range list {
			_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, plain(r.Name), plain(r.Host), plain(r.Platform), plain(r.Username), r.Fingerprint, plain(r.state()))
		}
		return w.Flush()
	})
}

// routerLine is a router as it is listed.
type routerLine struct {
	ID       uint64 `json:"id"`
	Name     string `json:"name"`
	Host     string `json:"host"`
	Platform string `json:"platform"`
	Username string `json:"username"`
	// Fingerprint is that of the first host key, or empty.
	Fingerprint string `json:"fingerprint"`
	// Ready tells whether all that is needed to log in is stored.
	Ready bool `json:"ready"`
	// Problem is what is missing or wrong, and nil when the router is ready.
	Problem *string `json:"problem"`
}

// state is what the table says of the router: yes, or its problem.
func (r *routerLine) state() string {
	if r.Problem != nil {
		return *r.Problem
	}
	return "yes"
}

func describeRouter(r *models.Router) routerLine {
	line := routerLine{ID: r.ID, Name: r.Name, Host: r.Host, Platform: r.Platform, Username: r.Username}
	fingerprint, err := sessions.Fingerprint(r.HostKey)
	line.Fingerprint = fingerprint
	problem := ""
	switch _, unusable := sessions.Access(r); {
	case unusable != nil:
		problem = unusable.Error()
	case r.HostKey == "":
		problem = fmt.Sprintf("no host key: provision-gateway router trust %d", r.ID)
	case err != nil:
		problem = "the host key cannot be read"
	case r.Username == "" || r.Password() == "":
		problem = "no username or password"
	default:
		line.Ready = true
		return line
	}
	line.Problem = &problem
	return line
}

func (p *Program) routerTrustCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "trust ROUTER",
		Short: "Learns the SSH host key of a router and stores it",
		Long: `Learns the SSH host key of a router and stores it.

ROUTER is the number, slug or name of a resource in section router. The
fingerprint is printed; compare it with that on the router's console, or give
the expected one with --fingerprint, and nothing else is stored. A router whose
key is not stored, or is another one, is never logged in to.`,
		Args: exactly(1),
	}
	replace := c.Flags().Bool("replace", false, "replace another key that is stored")
	expected := c.Flags().String("fingerprint", "", "store the key only if this is its fingerprint, `SHA256:…`")
	asJSON := addJSON(c)
	return p.withConfig(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		r, err := findRouter(ctx, store, c.Flags().Arg(0))
		if err != nil {
			return err
		}
		trusted, err := p.sessions(cfg, store, slog.New(slog.DiscardHandler)).Trust(ctx, r, *expected, *replace)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(trusted)
		}
		return p.printf("Router %s is trusted with the key %s.\n", plain(r.Name), trusted.Fingerprint)
	})
}
