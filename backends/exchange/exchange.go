package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// Binding says which API an exchange of the directory speaks, and as whom.
// PublicID and Client are required.
type Binding struct {
	// PublicID is the exchange's id in the directory.
	PublicID uint64
	Client   *ixapi.Client
	// NetworkService is the id of the peering LAN; empty finds it by its
	// peeringdb_ixid, which is the public id.
	NetworkService string
	// The accounts of what is made; empty for the one that the credentials are
	// for.
	ManagingAccount, ConsumingAccount, BillingAccount string
	// Contacts are the ids of the contacts to give, by the name of the role.
	Contacts map[string]string
	// RoleAssignments are the ids of those to give before others.
	RoleAssignments []string
	// ASSet is what the network announces, AS-SET or AS-SET@IRR; empty takes that
	// of the own network in the directory. IRR is the registry of one that names
	// none.
	ASSet, IRR string
	// Poll is how often the state of a session that stands is read; 5 minutes when
	// 0.
	Poll time.Duration
}

// Config is what an Exchange is made of. Store is required.
type Config struct {
	Store    *models.Store
	Bindings []Binding
	// Timeout bounds all that is done for one session at a time; when 0, three
	// times what a request to its exchange may take.
	Timeout time.Duration
	// Logger gets what goes wrong; nil logs nothing.
	Logger *slog.Logger
}

// Exchange looks after the sessions at the exchanges that are bound. It is safe
// for concurrent use.
type Exchange struct {
	Config
	bound map[uint64]*bound
}

// New makes an Exchange.
func New(c Config) (*Exchange, error) {
	if c.Store == nil {
		return nil, errors.New("exchange: no store")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	e := &Exchange{Config: c, bound: map[uint64]*bound{}}
	for _, b := range c.Bindings {
		if b.Client == nil || e.bound[b.PublicID] != nil {
			return nil, fmt.Errorf("exchange %d: no client, or bound twice", b.PublicID)
		}
		if b.Poll == 0 {
			b.Poll = 5 * time.Minute
		}
		e.bound[b.PublicID] = &bound{Binding: b, store: c.Store}
	}
	return e, nil
}

// Binds reports whether an exchange is bound to an API.
func (e *Exchange) Binds(publicID *uint64) bool { return publicID != nil && e.bound[*publicID] != nil }

// Plan finds out what a session is at its exchange, without a change there:
// whether it is one with a route server, and whether it could be made. It fills in
// what the exchange knows and the session lacks: our address, and the name of the
// peer and of its host. A session with another member is none of the exchange's.
//
// The error is a models.Error that says why not, or Pending where the exchange
// cannot be asked.
func (e *Exchange) Plan(ctx context.Context, s *models.Session) (routeServer bool, err error) {
	b := e.bound[*s.PublicID]
	ctx, cancel := e.within(ctx, b)
	defer cancel()
	t, err := b.target(ctx, s)
	if err != nil {
		return false, e.outcome(b, s, err)
	}
	if t == nil {
		return false, nil
	}
	if s.SourceIPAddr == nil {
		s.SourceIPAddr = &t.address
	}
	if s.PeerName == nil && t.feature.Name != "" {
		s.PeerName = &t.feature.Name
	}
	if s.PeerHostname == nil && t.feature.FQDN != "" {
		s.PeerHostname = &t.feature.FQDN
	}
	return true, nil
}

// MayEnd reports why a session must not be taken away from its exchange: its route
// server is one that the exchange requires, without which it takes the whole
// connection out of production.
func (e *Exchange) MayEnd(ctx context.Context, s *models.Session, x *models.ExchangeSession) error {
	b := e.bound[x.PublicID]
	if b == nil || x.ConfigID == nil {
		return nil
	}
	ctx, cancel := e.within(ctx, b)
	defer cancel()
	f, lan, err := b.featureOf(ctx, s)
	if err = e.outcome(b, s, err); IsPending(err) {
		return models.Errorf(models.Conflict, "The exchange cannot be reached, so that it is not known whether it requires the session: try again, or send force=1")
	}
	if err != nil {
		return err
	}
	if f == nil || !f.Required {
		return nil
	}
	return models.Errorf(models.Conflict, "%s is a route server that %s requires: without the session the exchange takes the connection out of production; send force=1 to delete it all the same",
		f.Name, lan.service.Name)
}
