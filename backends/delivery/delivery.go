// Package delivery turns what an action says of a mail into the mail itself and
// hands it over: what the caller left out comes from a template, filled with the
// peer and the exchanges that it shares with us.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"provision-gateway/backends/mail"
	"provision-gateway/models"
)

// Mailer is what is needed of package mail.
type Mailer interface {
	Send(ctx context.Context, m mail.Message) error
}

var _ Mailer = (*mail.Mailer)(nil)

// Config is what a Delivery is made of. Store, Mailer and Templates are
// required.
type Config struct {
	Store     *models.Store
	Mailer    Mailer
	Templates *mail.Templates
	// OwnASNs are our AS numbers. The first is the one that templates introduce
	// us with.
	OwnASNs []uint32
	// HourlyCap is how many mails may be sent in an hour; 0 is no cap.
	HourlyCap int
	// Patience is how long a mail that is being handed over may take, after which
	// its request can be sent again.
	Patience time.Duration
	// Logger gets a line for each mail, without its text; nil logs nothing.
	Logger *slog.Logger
}

// Delivery hands over mail. It is safe for concurrent use.
type Delivery struct{ Config }

// New makes a Delivery.
func New(c Config) *Delivery {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Delivery{c}
}

// Mail is a mail to a peer. What is empty is filled from the template, and the
// sender from the configuration.
type Mail struct {
	// ID names the mail for ever, so that sending it again can be recognised.
	ID string
	// Template is request, noc, policy or technical.
	Template string
	Peer     *models.Peer
	From, To string
	CC, BCC  []string
	Subject  string
	Body     string
	// HTML says that the body is HTML; otherwise it is plain text.
	HTML bool
}

// Send returns nil once a server has accepted the mail. A models.Error is for
// the caller; what any other error says is for the log. An error that has a
// method Uncertain which returns true means that the mail may have been accepted.
func (d *Delivery) Send(ctx context.Context, m Mail) error {
	message := mail.Message{ID: m.ID, From: m.From, To: m.To, CC: m.CC, BCC: m.BCC, Subject: m.Subject, Body: m.Body, HTML: m.HTML}
	if m.Subject == "" || m.Body == "" {
		text, err := d.render(ctx, m)
		if err != nil {
			return fmt.Errorf("template %s: %w", m.Template, err)
		}
		if m.Subject == "" {
			message.Subject = text.Subject
		}
		if m.Body == "" {
			// The templates are plain text.
			message.Body, message.HTML = text.Body, false
		}
	}
	err := d.Mailer.Send(ctx, message)
	if err != nil {
		d.Logger.Warn("mail not handed over", "id", m.ID, "error", err, "uncertain", Uncertain(err))
		return err
	}
	d.Logger.Info("mail handed over", "id", m.ID)
	return nil
}

// Uncertain reports whether a mail that failed may have been accepted all the
// same.
func Uncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}
