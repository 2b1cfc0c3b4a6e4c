package handlers

import (
	"context"
	"time"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// Mailer hands mail over for delivery; see package delivery.
type Mailer interface {
	// Send returns nil once a server has accepted the mail. A models.Error is
	// answered to the caller; what any other error says only reaches the log.
	Send(ctx context.Context, m delivery.Mail) error
}

// Router changes the configuration of routers; see package sessions.
type Router interface {
	// Configure brings a session onto its router. A models.Error is answered.
	Configure(ctx context.Context, c sessions.Configuration) error
	// Remove takes a session off its router.
	Remove(ctx context.Context, s *models.Session) error
}

// Exchanges brings sessions with route servers to the exchanges that are bound to
// an IX-API endpoint; see package exchange.
type Exchanges interface {
	// Binds reports whether an exchange is bound.
	Binds(publicID *uint64) bool
	// Plan reports whether a session is one with a route server of its bound
	// exchange, and fills in what the exchange knows of it. A models.Error is
	// answered.
	Plan(ctx context.Context, s *models.Session) (routeServer bool, err error)
	// Converge does what the link of a session wants. A models.Error is answered;
	// after one that exchange.IsPending is true of, it is done later.
	Converge(ctx context.Context, session uint64) error
	// MayEnd gives the reason why a session must not be deleted without force.
	MayEnd(ctx context.Context, s *models.Session, x *models.ExchangeSession) error
}

// The answers where the gateway has no way out for mail or to routers. They
// differ from the documented "Internal error" of a mail that could not be
// handed over, since trying again will not help.
var (
	errNoMailer = models.Errorf(models.Internal, "Mail delivery is not available on this gateway")
	errNoRouter = models.Errorf(models.Internal, "Router access is not available on this gateway")
)

type noMailer struct{}

func (noMailer) Send(context.Context, delivery.Mail) error { return errNoMailer }

type noRouter struct{}

func (noRouter) Configure(context.Context, sessions.Configuration) error { return errNoRouter }

func (noRouter) Remove(context.Context, *models.Session) error { return errNoRouter }

type noExchanges struct{}

func (noExchanges) Binds(*uint64) bool { return false }

func (noExchanges) Plan(context.Context, *models.Session) (bool, error) { return false, nil }

func (noExchanges) Converge(context.Context, uint64) error { return nil }

func (noExchanges) MayEnd(context.Context, *models.Session, *models.ExchangeSession) error {
	return nil
}

// outside is the context of all calls of a request to a mail server or to
// routers: together they have one deadline.
func (k *call) outside() (context.Context, context.CancelFunc) {
	return context.WithTimeout(k.ctx, k.OutsideTimeout)
}

// defaultOutsideTimeout is long enough for a slow router that saves its
// configuration.
const defaultOutsideTimeout = 2 * time.Minute
