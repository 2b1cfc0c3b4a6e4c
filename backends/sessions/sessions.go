package sessions

import (
	"context"
	"errors"
	"log/slog"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Routers is what is needed of package router.
type Routers interface {
	// Configure makes a neighbor on a router what n says; previous is nil.
	Configure(ctx context.Context, a router.Access, n dialect.Neighbor, previous *dialect.Neighbor) error
	Remove(ctx context.Context, a router.Access, n dialect.Neighbor) error
	Push(ctx context.Context, a router.Access, text string) error
	Neighbors(ctx context.Context, a router.Access) ([]dialect.Status, error)
	HostKey(ctx context.Context, a router.Access) (string, error)
}

var _ Routers = (*router.Backend)(nil)

// Config is what a Sessions is made of. Store and Routers are required.
type Config struct {
	Store   *models.Store
	Routers Routers
	// OwnASNs are our AS numbers. The only one stands for our side of imported
	// sessions where the router does not say.
	OwnASNs []uint32
	// Logger gets what goes wrong in the background; nil logs nothing.
	Logger *slog.Logger
}

// Sessions connects sessions with routers. It is safe for concurrent use.
type Sessions struct{ Config }

// New makes a Sessions.
func New(c Config) *Sessions {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Sessions{c}
}

// Configuration is what to bring onto the router of a session.
type Configuration struct {
	Session *models.Session
	// Lines is the text that a caller sent; empty means that the lines are made
	// from the session.
	Lines string
	// Username and Password replace those of the router resource when given.
	Username, Password string
}

// Configure brings a live session onto its router. Where it was pushed under
// another address or to another router, it is removed from there first.
//
// The error is router.ErrCredentials where a router refused the user, and has a
// method Uncertain that returns true where a router may have taken a part.
func (s *Sessions) Configure(ctx context.Context, c Configuration) error {
	access, err := s.access(ctx, c.Session.ResourceID, c)
	if err != nil {
		return err
	}
	neighbor, err := Neighbor(c.Session)
	if err != nil && c.Lines == "" {
		return err
	}
	if c.Session.Moved() {
		if err := s.remove(ctx, c); err != nil {
			return err
		}
		if err := s.place(ctx, c.Session, models.Placement{}); err != nil {
			return err
		}
	}
	before := c.Session.Pushed
	if err := s.place(ctx, c.Session, c.Session.Place()); err != nil {
		return err
	}
	if c.Lines != "" {
		err = s.Routers.Push(ctx, access, c.Lines)
	} else {
		err = inWords(s.Routers.Configure(ctx, access, neighbor, nil))
	}
	if err != nil && !uncertain(err) {
		return errors.Join(err, s.place(ctx, c.Session, before))
	}
	return err
}

// Remove takes a session off the router where it was pushed. One that names no
// router is on none. Errors are those of Configure.
func (s *Sessions) Remove(ctx context.Context, session *models.Session) error {
	return s.remove(ctx, Configuration{Session: session})
}

func (s *Sessions) remove(ctx context.Context, c Configuration) error {
	placed := c.Session.Placed()
	if placed.RouterID == nil || placed.Neighbor == nil {
		return nil
	}
	access, err := s.access(ctx, placed.RouterID, c)
	if err != nil {
		return err
	}
	there := *c.Session
	there.PeerIPAddr, there.SourceASN, there.PeerGroup = placed.Neighbor, placed.ASN, placed.Group
	neighbor, err := Neighbor(&there)
	if err != nil {
		return err
	}
	return inWords(s.Routers.Remove(ctx, access, neighbor))
}

// place notes where a session is, in the database and in memory.
func (s *Sessions) place(ctx context.Context, session *models.Session, p models.Placement) error {
	// What a router holds must be written down even for a caller that hung up.
	err := s.Store.Write(context.WithoutCancel(ctx), func(tx *models.Tx) error { return tx.SetPlacement(session.ID, p) })
	if err == nil {
		session.Pushed = p
	}
	return err
}

// uncertain reports whether a router may hold a part of what failed.
func uncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}
