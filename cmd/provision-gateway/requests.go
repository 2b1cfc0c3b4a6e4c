package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/config"
	"provision-gateway/models"
)

func (p *Program) requestsCommand() *cobra.Command {
	return group("requests", "Shows peering requests and sends them again", p.requestsListCommand(), p.requestsResendCommand())
}

// requestLine is a request as it is listed. The mail itself is not.
type requestLine struct {
	ID       uint64  `json:"id"`
	PublicID *uint64 `json:"public_id"`
	PeerASN  *uint32 `json:"peer_asn"`
	PeerName string  `json:"peer_name"`
	EmailTo  string  `json:"email_to"`
	Subject  string  `json:"subject"`
	// Delivery is pending, sent or failed; Failure says why.
	Delivery string    `json:"delivery"`
	Failure  *string   `json:"failure"`
	Created  time.Time `json:"created"`
}

func (p *Program) requestsListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "Lists peering requests and how far their mails have come",
		Long: `Lists peering requests and how far their mails have come.

A request is pending while its mail is being handed over. One that stays so was
cut off, by the end of the gateway or of the connection: nobody knows whether
the mail was sent. Look into the mail server's log for its Message-ID,
request-ID@DOMAIN, before you send it again.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	pending := c.Flags().Bool("pending", false, "only those of which nobody knows whether they were sent")
	failed := c.Flags().Bool("failed", false, "only those whose mail was not sent")
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		requests, err := store.Requests(ctx, "")
		if err != nil {
			return err
		}
		lines := []requestLine{}
		for _, r := range requests {
			if !*pending && !*failed || *pending && r.Delivery == models.DeliveryPending || *failed && r.Delivery == models.DeliveryFailed {
				lines = append(lines, requestLine{r.ID, r.PublicID, r.PeerASN, r.PeerName, r.EmailTo, r.Subject, r.Delivery, r.Failure, time.Unix(r.CreatedAt, 0).UTC()})
			}
		}
		if *asJSON {
			return p.printJSON(lines)
		}
		w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "ID\tCREATED\tPEER\tTO\tDELIVERY\tWHY")
		for _, r := range lines {
			why := ""
			if r.Failure != nil {
				why = *r.Failure
			}
			_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Created.Format(time.DateTime), plain(r.PeerName), plain(r.EmailTo), r.Delivery, plain(why))
		}
		return w.Flush()
	})
}

func (p *Program) requestsResendCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "resend ID",
		Short: "Hands the mail of a request over again, with the same Message-ID",
		Args:  aNumber,
	}
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		id, err := number(c.Flags().Arg(0))
		if err != nil {
			return err
		}
		d, err := p.delivery(cfg, store, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		if d == nil {
			return errors.New("mail.server is not set")
		}
		r, err := d.Resend(ctx, id)
		if err != nil {
			return err
		}
		return p.printf("Request %d was sent to %s.\n", r.ID, r.EmailTo)
	})
}
