package sessions

import (
	"context"
	"errors"
	"log/slog"
	"reflect"

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
	platform, _ := dialect.Lookup(access.Platform)
	neighbor, err := Neighbor(c.Session)
	if err == nil {
		_, err = platform.Change(neighbor)
	}
	// Before anything is removed: what the router cannot be told shall not cost
	// the session that is there.
	if err != nil && c.Lines == "" {
		return inWords(err)
	}
	if c.Session.Moved() || regrouped(c.Session, platform) {
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
	switch {
	case err == nil:
		return nil
	case uncertain(err):
		return errors.Join(err, s.removeDeleted(ctx, c))
	default:
		return errors.Join(err, s.place(ctx, c.Session, before))
	}
}

// regrouped reports whether a session was pushed in another peer group, on a
// platform where it would stay there beside the new one.
func regrouped(s *models.Session, platform *dialect.Dialect) bool {
	group := func(g *string) string {
		if g == nil {
			return ""
		}
		return *g
	}
	return platform.GroupInPath && s.Pushed.Neighbor != nil && group(s.Pushed.Group) != group(s.PeerGroup)
}

// removeDeleted removes a session that was deleted while its router was told:
// who deleted it may have found nothing there yet, and nothing names it now.
func (s *Sessions) removeDeleted(ctx context.Context, c Configuration) error {
	// Package router bounds the time; that of the caller may have run out, which
	// is then why the outcome is not known.
	ctx = context.WithoutCancel(ctx)
	if _, err := s.Store.SessionByID(ctx, c.Session.ID); models.ErrorCode(err) != models.NotFound {
		return nil
	}
	return s.remove(ctx, c)
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
	there.PeerIPAddr, there.PeerGroup = placed.Neighbor, placed.Group
	// Text can be pushed for a session without an AS number of ours, which then
	// comes later.
	if placed.ASN != nil {
		there.SourceASN = placed.ASN
	}
	neighbor, err := Neighbor(&there)
	if err != nil {
		return err
	}
	return inWords(s.Routers.Remove(ctx, access, neighbor))
}

// place notes where a session is, in the database and in memory. It is a Conflict
// when another call has brought the session elsewhere since it was read: that
// place must not be forgotten.
func (s *Sessions) place(ctx context.Context, session *models.Session, p models.Placement) error {
	// What a router holds must be written down even for a caller that hung up.
	err := s.Store.Write(context.WithoutCancel(ctx), func(tx *models.Tx) error {
		// A change of nothing locks the row.
		stored, err := tx.UpdateSession(session.ID, func(*models.Session) error { return nil })
		if err != nil && models.ErrorCode(err) != models.NotFound {
			return err
		}
		if err == nil && stored.Pushed.Neighbor != nil && !reflect.DeepEqual(stored.Pushed, session.Pushed) && !reflect.DeepEqual(stored.Pushed, p) {
			return models.Errorf(models.Conflict, "Session %d is being configured by another call: try again", session.ID)
		}
		return tx.SetPlacement(session.ID, p)
	})
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
