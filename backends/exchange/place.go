package exchange

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// bound is a binding with what is remembered of its exchange.
type bound struct {
	Binding
	store *models.Store
	mu    sync.Mutex
	lans  []lan
	at    time.Time
	own   string
}

// lan is a peering LAN with its route servers.
type lan struct {
	service  ixapi.NetworkService
	features []ixapi.NetworkFeature
}

// target is what a session with a route server is made of at the exchange.
type target struct {
	lan     lan
	feature ixapi.NetworkFeature
	config  ixapi.NetworkServiceConfig
	ip      ixapi.IP
	// address is the one of ip, in canonical form.
	address string
}

// remembered is for how long the LANs and route servers of an exchange count as
// known. They change rarely.
const (
	remembered = 10 * time.Minute
	// looked is for how long it counts as known that an address is no route
	// server's.
	looked = 15 * time.Second
)

// known returns the LANs of the exchange, as they were at most so long ago. What
// was known before does where the exchange does not answer.
func (b *bound) known(ctx context.Context, age time.Duration) ([]lan, error) {
	b.mu.Lock()
	lans, at := b.lans, b.at
	b.mu.Unlock()
	if lans != nil && time.Since(at) < age {
		return lans, nil
	}
	fresh, err := b.ask(ctx)
	if err != nil && lans != nil && models.ErrorCode(err) == models.Internal {
		return lans, nil
	}
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lans, b.at = fresh, time.Now()
	return fresh, nil
}

func (b *bound) ask(ctx context.Context) ([]lan, error) {
	services, err := b.Client.PeeringLANs(ctx)
	if err != nil {
		return nil, err
	}
	var lans []lan
	for _, s := range services {
		if b.NetworkService != "" && s.ID != b.NetworkService || b.NetworkService == "" && (s.PeeringDBIXID == nil || *s.PeeringDBIXID != b.PublicID) {
			continue
		}
		features, err := b.Client.Features(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		lans = append(lans, lan{s, features})
	}
	switch {
	case len(lans) == 0 && b.NetworkService != "":
		return nil, models.Errorf(models.NotFound, "The exchange has no peering LAN %s", b.NetworkService)
	case len(lans) == 0:
		return nil, models.Errorf(models.NotFound, "The exchange has no peering LAN with the peeringdb_ixid %d: name it in the configuration", b.PublicID)
	}
	return lans, nil
}

// featureOf finds the route server that is the peer of a session, nil for a
// session with somebody else.
func (b *bound) featureOf(ctx context.Context, s *models.Session) (*ixapi.NetworkFeature, lan, error) {
	peer, ok := address(s.PeerIPAddr)
	if !ok || s.PeerASN == nil {
		return nil, lan{}, nil
	}
	for _, age := range []time.Duration{remembered, looked} {
		lans, err := b.known(ctx, age)
		if err != nil {
			return nil, lan{}, err
		}
		for _, l := range lans {
			for _, f := range l.features {
				v4, _ := address(f.IPv4)
				v6, _ := address(f.IPv6)
				if f.ASN == *s.PeerASN && (v4 == peer || v6 == peer) {
					return &f, l, nil
				}
			}
		}
	}
	return nil, lan{}, nil
}

// target finds what a session is to be made of, nil for a session with somebody
// who is no route server. No part of it is ordered where it is not there.
func (b *bound) target(ctx context.Context, s *models.Session) (*target, error) {
	f, l, err := b.featureOf(ctx, s)
	if err != nil || f == nil {
		return nil, err
	}
	if s.SourceASN == nil {
		return nil, models.Errorf(models.Invalid, "Missing required parameter: source_asn")
	}
	configs, err := b.Client.ServiceConfigs(ctx, l.service.ID)
	if err != nil {
		return nil, err
	}
	configs = slices.DeleteFunc(configs, func(c ixapi.NetworkServiceConfig) bool { return c.State.Leaving() })
	if len(configs) == 0 {
		return nil, models.Errorf(models.Conflict, "No connection to %s is configured at the exchange: order it there first", l.service.Name)
	}
	t, err := b.from(ctx, s, configs)
	if err != nil {
		return nil, err
	}
	t.lan, t.feature = l, *f
	if len(t.config.ASNs) > 0 && !slices.Contains(t.config.ASNs, *s.SourceASN) {
		return nil, models.Errorf(models.Invalid, "source_asn: AS%d is none of the AS numbers of the connection to %s (%s)",
			*s.SourceASN, l.service.Name, joined(t.config.ASNs))
	}
	return t, nil
}

// from finds the address of ours that a session is from.
func (b *bound) from(ctx context.Context, s *models.Session, configs []ixapi.NetworkServiceConfig) (*target, error) {
	peer, _ := address(s.PeerIPAddr)
	source, named := address(s.SourceIPAddr)
	var found []target
	var ours []string
	for _, c := range configs {
		ips, err := b.Client.IPs(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, ip := range ips {
			a, ok := address(&ip.Address)
			if !ok || a.Is4() != peer.Is4() {
				continue
			}
			ours = append(ours, a.String())
			if !named || a == source {
				found = append(found, target{config: c, ip: ip, address: a.String()})
			}
		}
	}
	switch {
	case len(found) == 1:
		return &found[0], nil
	case len(ours) == 0:
		return nil, models.Errorf(models.Conflict, "The exchange has given no address of this family yet")
	case named && len(found) == 0:
		return nil, models.Errorf(models.Invalid, "source_ipaddr: %s is none of the addresses of the connection (%s)", source, strings.Join(ours, ", "))
	}
	return nil, models.Errorf(models.Invalid, "Missing required parameter: source_ipaddr (one of %s)", strings.Join(ours, ", "))
}

// ready says why no session can be added to a configuration now.
func (t *target) ready() error {
	c := t.config
	required := c.State == ixapi.StateError && slices.ContainsFunc(c.Status, func(s ixapi.Status) bool { return s.Tag == "network_feature_config_required" })
	switch {
	case c.State == ixapi.StateProduction || c.State == ixapi.StateProductionChangePending || required && t.feature.Required:
		return nil
	case required:
		return models.Errorf(models.Conflict, "The connection to %s waits for the session with a route server that the exchange requires: add that first", t.lan.service.Name)
	}
	return models.Errorf(models.Conflict, "The connection to %s is in the state %s at the exchange and takes no session now", t.lan.service.Name, c.State)
}

// address reads an address, with or without a length.
func address(text *string) (netip.Addr, bool) {
	if text == nil {
		return netip.Addr{}, false
	}
	bare, _, _ := strings.Cut(*text, "/")
	a, err := netip.ParseAddr(bare)
	return a.Unmap().WithZone(""), err == nil
}
