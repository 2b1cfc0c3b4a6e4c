package ix

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// SeedExchange makes the exchange LAN of an exchange of PeeringDB, by its ix.id:
// with its prefixes, its route servers as far as PeeringDB has them, offerings
// of the LAN and of ports, and a place for the ports. When the LAN is there
// already, nothing is added. Unknown exchanges, and those without a prefix, are
// errors that say so.
func (s *Store) SeedExchange(ctx context.Context, publicID uint64) (Seeded, error) {
	var out Seeded
	err := s.Write(ctx, "", func(tx *Tx) error {
		x, err := tx.exchange(publicID)
		if err != nil {
			return err
		}
		out = Seeded{NetworkService: "ns:" + x.id, Name: x.Name, SubnetV4: x.v4, SubnetV6: x.v6, Accounts: []SeededAccount{}}
		has, err := tx.has(NetworkServices, out.NetworkService)
		if err != nil || has {
			return errors.Join(err, tx.seededFeatures(&out))
		}
		out.Added = true
		if err := tx.seedExchange(x, out.NetworkService); err != nil {
			return err
		}
		return tx.seededFeatures(&out)
	})
	return out, err
}

// knownExchange is what PeeringDB says of an exchange.
type knownExchange struct {
	models.Exchange
	// id is part of the ids of what is made of it.
	id     string
	v4, v6 *string
	// servers are the ports of its route servers.
	servers []models.Port
}

// exchange reads an exchange. Of several prefixes of a family the first counts.
func (tx *Tx) exchange(publicID uint64) (knownExchange, error) {
	x := knownExchange{id: "ix" + strconv.FormatUint(publicID, 10)}
	err := tx.db.Where("id = ? AND gone_at IS NULL", publicID).Take(&x.Exchange).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return x, fmt.Errorf("no exchange has the public id %d", publicID)
	}
	if err != nil {
		return x, err
	}
	var prefixes []models.ExchangePrefix
	if err := tx.db.Where("exchange_id = ? AND gone_at IS NULL", publicID).Order("id").Find(&prefixes).Error; err != nil {
		return x, err
	}
	for _, p := range prefixes {
		prefix, err := netip.ParsePrefix(p.Prefix)
		if err != nil {
			continue
		}
		text := prefix.Masked().String()
		switch {
		case prefix.Addr().Is4() && x.v4 == nil:
			x.v4 = &text
		case prefix.Addr().Is6() && x.v6 == nil:
			x.v6 = &text
		}
	}
	if x.v4 == nil && x.v6 == nil {
		return x, fmt.Errorf("no prefix of the exchange %d, %s, is known", publicID, x.Name)
	}
	x.servers, err = tx.routeServersAt(publicID)
	return x, err
}

// routeServerName is how networks of route servers are called. The type of a
// network is not kept for them, since ProVision had none for it.
var routeServerName = regexp.MustCompile(`(?i)\broute[ -]?servers?\b`)

// routeServersAt finds the ports of route servers at an exchange.
func (tx *Tx) routeServersAt(publicID uint64) ([]models.Port, error) {
	var ports []models.Port
	if err := tx.db.Where("exchange_id = ? AND gone_at IS NULL", publicID).Order("id").Find(&ports).Error; err != nil {
		return nil, err
	}
	at := tx.db.Model(&models.Port{}).Select("network_id").Where("exchange_id = ? AND gone_at IS NULL", publicID)
	var networks []models.Network
	if err := tx.db.Select("id", "name", "info_type", "asn").Where("id IN (?) AND gone_at IS NULL", at).Find(&networks).Error; err != nil {
		return nil, err
	}
	asns := map[uint64]*uint32{}
	for _, n := range networks {
		if n.InfoType == "Route Server" || routeServerName.MatchString(n.Name) {
			asns[n.ID] = n.ASN
		}
	}
	var found []models.Port
	for _, p := range ports {
		asn, is := asns[p.NetworkID]
		if p.ASN == nil {
			p.ASN = asn
		}
		if is && p.ASN != nil && (p.IPv4 != nil || p.IPv6 != nil) {
			found = append(found, p)
		}
	}
	return found, nil
}

// seedExchange makes everything of an exchange.
func (tx *Tx) seedExchange(x knownExchange, service string) error {
	if err := tx.seedRoles(); err != nil {
		return err
	}
	operator, err := tx.seedOperator()
	if err != nil {
		return err
	}
	s := seeder{id: x.id, provider: x.Name, metroArea: "met:" + x.id, network: "man:" + x.id, pop: "pop:" + x.id}
	if err := tx.seedExchangePlaces(x, s); err != nil {
		return err
	}
	if err := insertAll(tx, ProductOfferings, s.lan(service),
		s.connection("port-10g", "10 Gbit/s port", "subscriber", 10_000), s.connection("port-100g", "100 Gbit/s port", "subscriber", 100_000)); err != nil {
		return err
	}
	lan := &NetworkService{
		Header: Header{service}, Typed: Typed{TypeExchangeLAN}, Stateful: Stateful{State: StateProduction},
		Ownable: Ownable{ManagingAccount: operator, ConsumingAccount: operator}, ProductOffering: "po:" + x.id + "-lan",
		Name: cut(x.Name, 40), MetroAreaNetwork: s.network, SubnetV4: x.v4, SubnetV6: x.v6, PeeringDBIXID: new(int(x.ID)),
		NSCProductOfferings: []string{"po:" + x.id + "-lan"}, NSCRequiredContactRoles: []string{roleNOC},
		NetworkFeatures: []string{}, AvailabilityZones: []string{}, MemberJoiningRules: []string{},
	}
	for n := range x.servers {
		lan.NetworkFeatures = append(lan.NetworkFeatures, fmt.Sprintf("nf:%s-rs%d", x.id, n+1))
	}
	if err := tx.Insert(NetworkServices, lan); err != nil {
		return err
	}
	for n, p := range x.servers {
		f := routeServer(lan, lan.NetworkFeatures[n], fmt.Sprintf("rs%d", n+1), *p.ASN, p.IPv4, p.IPv6)
		f.FQDN = fmt.Sprintf("rs%d.%s", n+1, x.domain())
		if err := tx.AddFeature(f); err != nil {
			return err
		}
	}
	return nil
}

// seedExchangePlaces makes a place for ports. PeeringDB's facilities are not
// kept, so that it says no more than the city, and has no codes.
func (tx *Tx) seedExchangePlaces(x knownExchange, s seeder) error {
	facility, device := "fac:"+x.id, "dev:"+x.id
	if err := tx.Insert(MetroAreas, &MetroArea{
		Header: Header{s.metroArea}, DisplayName: orElse(x.City, x.Name), Facilities: []string{facility}, MetroAreaNetworks: []string{s.network},
	}); err != nil {
		return err
	}
	if err := tx.Insert(MetroAreaNetworks, &MetroAreaNetwork{
		Header: Header{s.network}, Name: x.Name, MetroArea: s.metroArea, ServiceProvider: x.Name, Pops: []string{s.pop},
	}); err != nil {
		return err
	}
	if err := tx.Insert(Facilities, &Facility{
		Header: Header{facility}, Name: x.Name, MetroArea: s.metroArea, AddressCountry: orElse(x.Country, ""), AddressLocality: orElse(x.City, ""),
		OrganisationName: x.Name, Pops: []string{s.pop},
	}); err != nil {
		return err
	}
	if err := tx.Insert(Pops, &PointOfPresence{
		Header: Header{s.pop}, Name: x.Name, Facility: facility, MetroAreaNetwork: s.network, Devices: []string{device},
	}); err != nil {
		return err
	}
	return tx.Insert(Devices, seededDevice(device, "sw1."+x.id, s.pop, facility))
}

// domain is that of the exchange's web site, or one that does not exist
// (RFC 2606) when there is none: names of route servers are not in PeeringDB.
func (x knownExchange) domain() string {
	if x.Website != nil {
		if site, err := url.Parse(*x.Website); err == nil && site.Hostname() != "" && len(site.Hostname()) < 70 {
			return strings.TrimPrefix(strings.ToLower(site.Hostname()), "www.")
		}
	}
	return x.id + ".invalid"
}

func orElse(s *string, other string) string {
	if s == nil || *s == "" {
		return other
	}
	return *s
}

// cut keeps the first characters of a text.
func cut(text string, characters int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), characters)])
}
