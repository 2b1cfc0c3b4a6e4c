package sessions

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"reflect"

	"golang.org/x/sync/errgroup"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Refreshed is what reading one router gave.
type Refreshed struct {
	RouterID uint64 `json:"router_id"`
	Router   string `json:"router"`
	// Sessions counts those that should be on the router, Changed those of which
	// it said something new.
	Sessions int `json:"sessions"`
	Changed  int `json:"changed"`
	// Missing are the labels of sessions that the router does not have.
	Missing []string `json:"missing"`
	// Unknown counts the neighbors on the router that no session stands for.
	Unknown int `json:"unknown"`
	// Error is why the router could not be read; then nothing changed.
	Error string `json:"error,omitempty"`
}

// Refresh reads the state and the received prefixes of the sessions on one
// router, over one connection, and stores what is new in one transaction.
func (s *Sessions) Refresh(ctx context.Context, router *models.Router) (Refreshed, error) {
	report := Refreshed{RouterID: router.ID, Router: router.Name, Missing: []string{}}
	fail := func(err error) (Refreshed, error) {
		report.Error = err.Error()
		return report, err
	}
	// Before the router is asked: what is pushed meanwhile is not compared.
	sessions, err := s.Store.LiveSessions(ctx, &router.ID)
	if err != nil {
		return fail(err)
	}
	neighbors, err := s.neighbors(ctx, router)
	if err != nil {
		return fail(err)
	}
	err = s.Store.Write(ctx, func(tx *models.Tx) error {
		report.Sessions, report.Changed, report.Missing = 0, 0, []string{}
		known := map[netip.Addr]bool{}
		for i := range sessions {
			session := &sessions[i]
			for _, address := range addressesOn(session, router.ID) {
				known[address] = true
			}
			address, there := placedOn(session, router.ID)
			if !there {
				continue
			}
			report.Sessions++
			status, found := neighbors[address]
			changed, err := tx.Observe(session, models.Observation{
				Missing: !found, State: status.State, PrefixesReceived: status.PrefixesReceived,
			})
			if err != nil {
				return err
			}
			if changed {
				report.Changed++
			}
			if found {
				continue
			}
			missing, err := stillMissing(tx, session)
			if err != nil {
				return err
			}
			if missing {
				report.Missing = append(report.Missing, session.Label())
			}
		}
		report.Unknown = 0
		for address := range neighbors {
			if !known[address] {
				report.Unknown++
			}
		}
		return nil
	})
	if err != nil {
		return fail(err)
	}
	return report, nil
}

// RefreshAll reads all routers that have sessions, several at a time. A router
// that cannot be read stops no other; its report and the error say why.
func (s *Sessions) RefreshAll(ctx context.Context) ([]Refreshed, error) {
	routers, err := s.Store.Routers(ctx)
	if err != nil {
		return nil, err
	}
	reports, failures := make([]*Refreshed, len(routers)), make([]error, len(routers))
	var all errgroup.Group
	const atOnce = 8
	all.SetLimit(atOnce)
	for i := range routers {
		all.Go(func() error {
			router := &routers[i]
			sessions, err := s.Store.LiveSessions(ctx, &router.ID)
			if err == nil && !hasPlaced(sessions, router.ID) {
				return nil
			}
			report, err := s.Refresh(ctx, router)
			if err != nil {
				failures[i] = fmt.Errorf("refresh router %s: %w", router.Name, err)
			}
			reports[i] = &report
			return nil
		})
	}
	_ = all.Wait()
	var out []Refreshed
	for _, report := range reports {
		if report != nil {
			out = append(out, *report)
		}
	}
	return out, errors.Join(failures...)
}

func hasPlaced(sessions []models.Session, router uint64) bool {
	for i := range sessions {
		if _, there := placedOn(&sessions[i], router); there {
			return true
		}
	}
	return false
}

// stillMissing reports whether a session that its router did not list is to be
// looked for there: it may have been deleted or pushed since the router was
// asked.
func stillMissing(tx *models.Tx, seen *models.Session) (bool, error) {
	now, err := tx.LiveSession(seen.ID)
	if models.ErrorCode(err) == models.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return now.State == models.StateNotConfigured && reflect.DeepEqual(now.Placed(), seen.Placed()), nil
}

// placedOn gives the address of a session's neighbor, and whether the session
// should be on a router.
func placedOn(s *models.Session, router uint64) (netip.Addr, bool) {
	placed := s.Placed()
	address, ok := addressOf(placed.Neighbor)
	there := ok && placed.RouterID != nil && *placed.RouterID == router
	return address, there && (s.Pushed.Neighbor != nil || s.State != models.StateNotConfigured)
}

// addressesOn lists the addresses that a session stands for on a router: where
// it was pushed, and where it belongs.
func addressesOn(s *models.Session, router uint64) []netip.Addr {
	var addresses []netip.Addr
	for _, place := range []models.Placement{s.Place(), s.Pushed} {
		if address, ok := addressOf(place.Neighbor); ok && place.RouterID != nil && *place.RouterID == router {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// neighbors reads the neighbors of a router, by address.
func (s *Sessions) neighbors(ctx context.Context, r *models.Router) (map[netip.Addr]dialect.Status, error) {
	access, err := Access(r)
	if err != nil {
		return nil, err
	}
	list, err := s.Routers.Neighbors(ctx, access)
	if err != nil {
		return nil, err
	}
	out := map[netip.Addr]dialect.Status{}
	for _, one := range list {
		out[one.Address.Unmap().WithZone("")] = one
	}
	return out, nil
}
