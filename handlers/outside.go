package handlers

import (
	"context"

	"provision-gateway/models"
)

// Mailer hands mail over for delivery.
type Mailer interface {
	// Send returns nil once a server has accepted the mail. A models.Error is
	// answered to the caller; what any other error says only reaches the log.
	Send(ctx context.Context, m Mail) error
}

// Mail is a mail to send. What is empty is filled from the template.
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

// Router changes the configuration of routers.
type Router interface {
	// Configure brings a session onto its router. ErrRouterCredentials means
	// that the router refused the user; a models.Error is answered.
	Configure(ctx context.Context, c Configuration) error
	// Remove takes a session off its router.
	Remove(ctx context.Context, s *models.Session) error
}

// Configuration is what to push to the router of a session.
type Configuration struct {
	Session *models.Session
	// Lines is the text that the caller sent; empty means that the lines are
	// made from the session.
	Lines string
	// Username and Password replace those of the router resource when given.
	Username, Password string
}

// ErrRouterCredentials is answered exactly so, with the space at its end
// (vendor documentation, configureSession).
var ErrRouterCredentials = models.Errorf(models.Internal, "Unable to authenticate ")

// The answers where the gateway has no way out for mail or to routers. They
// differ from the documented "Internal error" of a mail that could not be
// handed over, since trying again will not help.
var (
	errNoMailer = models.Errorf(models.Internal, "Mail delivery is not available on this gateway")
	errNoRouter = models.Errorf(models.Internal, "Router access is not available on this gateway")
)

type noMailer struct{}

func (noMailer) Send(context.Context, Mail) error { return errNoMailer }

type noRouter struct{}

func (noRouter) Configure(context.Context, Configuration) error { return errNoRouter }

func (noRouter) Remove(context.Context, *models.Session) error { return errNoRouter }
