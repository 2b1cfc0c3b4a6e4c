package sessions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Routers is what is needed of package router.
type Routers interface {
	// Configure makes a neighbor on a router what n says.
	Configure(ctx context.Context, a router.Access, n dialect.Neighbor) error
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

// Configure brings a live session onto its router, as its columns are then, and
// puts what it read into c.Session. Where it was pushed under another address or
// to another router, it is removed from there first.
//
// Calls for one session wait for each other, and so do calls to one router, by
// whichever gateway on the database.
//
// The error is router.ErrCredentials where a router refused the user, and has a
// method Uncertain that returns true where a router may have taken a part. A
// refusal that cost the session which was there before leaves it `not
// configured`, with an entry in its log.
func (s *Sessions) Configure(ctx context.Context, c Configuration) error {
	return s.alone(ctx, c.Session, func(live error) error {
		if live != nil {
			return live
		}
		return s.configure(ctx, c)
	})
}

func (s *Sessions) configure(ctx context.Context, c Configuration) error {
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
	}
	before := c.Session.Pushed
	if err := s.place(ctx, c.Session, c.Session.Place()); err != nil {
		return err
	}
	err = s.atRouter(ctx, access, func() error {
		if c.Lines != "" {
			return s.Routers.Push(ctx, access, c.Lines)
		}
		return inWords(s.Routers.Configure(ctx, access, neighbor))
	})
	switch {
	case err == nil:
		return nil
	case uncertain(err):
		return join(err, s.removeDeleted(ctx, c))
	case removed(err):
		return join(err, s.Store.Write(context.WithoutCancel(ctx), func(tx *models.Tx) error {
			_, err := tx.MarkUnconfigured(c.Session.ID, "Session taken off its router: ")
			return err
		}))
	default:
		return join(err, s.place(ctx, c.Session, before))
	}
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

// Remove takes a session off the router where it was pushed, and notes that it
// is nowhere now. One that names no router is on none. Where the session is live
// its columns are read anew. Errors are those of Configure.
func (s *Sessions) Remove(ctx context.Context, session *models.Session) error {
	return s.alone(ctx, session, func(error) error { return s.remove(ctx, Configuration{Session: session}) })
}

func (s *Sessions) remove(ctx context.Context, c Configuration) error {
	placed := c.Session.Placed()
	if placed.RouterID == nil || placed.Neighbor == nil {
		return nil
	}
	// The caller's own user is for the router that the session names now.
	if c.Session.ResourceID == nil || *c.Session.ResourceID != *placed.RouterID {
		c.Username, c.Password = "", ""
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
	if err := s.atRouter(ctx, access, func() error { return inWords(s.Routers.Remove(ctx, access, neighbor)) }); err != nil {
		return err
	}
	err = s.place(ctx, c.Session, models.Placement{})
	if models.ErrorCode(err) == models.NotFound {
		// It is deleted, and where it was is of no use any more.
		return nil
	}
	return err
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

// alone runs f while no other gateway, and no other call, is busy with the
// session, and reads the session anew before. f gets an error that is NotFound
// when the session is not live.
func (s *Sessions) alone(ctx context.Context, session *models.Session, f func(live error) error) error {
	name := fmt.Sprintf("session-%d", session.ID)
	return s.Store.Alone(ctx, name, "Session "+session.Label(), func() error {
		fresh, err := s.Store.SessionByID(ctx, session.ID)
		switch {
		case err == nil:
			*session = *fresh
		case models.ErrorCode(err) != models.NotFound:
			return err
		}
		return f(err)
	})
}

// atRouter runs f while no other gateway is at the router. Within this process
// package router sees to that.
func (s *Sessions) atRouter(ctx context.Context, a router.Access, f func() error) error {
	return s.Store.Alone(ctx, fmt.Sprintf("router-%d", a.ID), "Router "+a.Name, f)
}

// join keeps an error as it is unless there is another one.
func join(err, other error) error {
	if other == nil {
		return err
	}
	return errors.Join(err, other)
}

// uncertain reports whether a router may hold a part of what failed.
func uncertain(err error) bool {
	var u interface{ Uncertain() bool }
	return errors.As(err, &u) && u.Uncertain()
}

// removed reports whether what failed took the session off its router.
func removed(err error) bool {
	var r interface{ Removed() bool }
	return errors.As(err, &r) && r.Removed()
}
