package sessions

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Neighbor is a session as a router's neighbor. A session without an AS number
// at either end, or without a peer address, is none; the error says what lacks.
func Neighbor(s *models.Session) (dialect.Neighbor, error) {
	var n dialect.Neighbor
	for _, required := range []struct {
		column string
		lacks  bool
	}{{"source_asn", s.SourceASN == nil}, {"peer_asn", s.PeerASN == nil}, {"peer_ipaddr", s.PeerIPAddr == nil}} {
		if required.lacks {
			return n, models.Errorf(models.Invalid, "Session %d has no %s: it cannot be configured", s.ID, required.column)
		}
	}
	address, err := netip.ParseAddr(*s.PeerIPAddr)
	if err != nil {
		return n, models.InvalidValue("peer_ipaddr", *s.PeerIPAddr)
	}
	n = dialect.Neighbor{LocalASN: *s.SourceASN, RemoteASN: *s.PeerASN, Address: address}
	if s.PeerGroup != nil {
		n.PeerGroup = *s.PeerGroup
	}
	if s.PeerName != nil {
		n.Description = *s.PeerName
	}
	if s.PrfxMax != nil {
		n.MaximumPrefixes = *s.PrfxMax
	}
	if s.Password != models.NoPassword {
		n.Password = s.Password
	}
	return n, nil
}

// addressOf reads an address as routers list it: an IPv4 address mapped into
// IPv6 is IPv4, and there is no zone.
func addressOf(text *string) (netip.Addr, bool) {
	if text == nil {
		return netip.Addr{}, false
	}
	address, err := netip.ParseAddr(*text)
	return address.Unmap().WithZone(""), err == nil
}

// inWords makes an answer for the caller of a value that a router cannot be
// told.
func inWords(err error) error {
	var value *dialect.ValueError
	if !errors.As(err, &value) {
		return err
	}
	return models.Errorf(models.Invalid, "%s", value.Error())
}

// access is how to reach a router, as the user that the caller names.
func (s *Sessions) access(ctx context.Context, id *uint64, c Configuration) (router.Access, error) {
	if id == nil {
		return router.Access{}, models.Errorf(models.Invalid, "Session %d has no resource_id: its router is not known", c.Session.ID)
	}
	r, err := s.Store.RouterByID(ctx, *id)
	if err != nil {
		return router.Access{}, err
	}
	a, err := Access(r)
	if err != nil {
		return router.Access{}, err
	}
	if c.Username != "" {
		a.Username = c.Username
	}
	if c.Password != "" {
		a.Password = c.Password
	}
	return a, nil
}

// Access is how to reach a router. One without a host, of a platform that is not
// known, or with a Problem is an error that says so.
func Access(r *models.Router) (router.Access, error) {
	if r.Problem != nil {
		return router.Access{}, r.Problem
	}
	if r.Host == "" {
		return router.Access{}, models.Errorf(models.Invalid, "Router %s has no host", r.Name)
	}
	if _, known := dialect.Lookup(r.Platform); !known {
		return router.Access{}, models.Errorf(models.Invalid, "Router %s has no platform that is known: one of %s", r.Name, strings.Join(dialect.Names(), ", "))
	}
	return router.Access{
		ID: r.ID, Name: r.Name, Host: r.Host, Port: int(r.Port), Platform: r.Platform,
		Username: r.Username, Password: r.Password(), HostKey: r.HostKey,
	}, nil
}

// Preview returns the lines that Configure would send for a session, secrets
// masked.
func (s *Sessions) Preview(ctx context.Context, session *models.Session) ([]string, error) {
	access, err := s.access(ctx, session.ResourceID, Configuration{Session: session})
	if err != nil {
		return nil, err
	}
	neighbor, err := Neighbor(session)
	if err != nil {
		return nil, err
	}
	platform, _ := dialect.Lookup(access.Platform)
	lines, err := platform.Change(neighbor)
	if err != nil {
		return nil, inWords(err)
	}
	for i, line := range lines {
		lines[i] = platform.Mask(line)
	}
	return lines, nil
}
