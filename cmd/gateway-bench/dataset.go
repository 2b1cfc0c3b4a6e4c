package main

import (
	"context"
	"fmt"
	"strings"

	"provision-gateway/models"
)

// amount is how much data there is.
type amount struct {
	networks, exchanges int
	// listed is how many networks have a port at listedExchange.
	listed int
	// sessions are all sessions, listedSessions those at listedExchange;
	// communications likewise.
	sessions, listedSessions             int
	communications, listedCommunications int
	lirs                                 int
	// configs are the network service configurations of the account that asks.
	configs int
}

// fullAmount is what is measured.
var fullAmount = amount{
	networks: 1000, exchanges: 12, listed: 290, sessions: 5000, listedSessions: 20,
	communications: 230, listedCommunications: 30, lirs: 50, configs: 2000,
}

const (
	// listedExchange is the exchange that getPeers is measured for.
	listedExchange = 1
	// ownASN is set aside for documentation (RFC 5398), and from firstASN on
	// for private use (RFC 6996).
	ownASN, firstASN = 64500, 4200000000
)

// dataset is what was put into a database.
type dataset struct {
	amount amount
	// router is the id of the resource, session that of the session which
	// getSessions asks for.
	router, session uint64
	// config is the id of the configuration that readConfig asks for, token that
	// of the account which has it.
	config, token string
}

// fill puts the data into an empty database through the models, so that every
// row is as the gateway itself would have written it.
func fill(ctx context.Context, store *models.Store, a amount) (*dataset, error) {
	d := &dataset{amount: a}
	for _, step := range []func(context.Context, *models.Store) error{
		d.fillExchanges, d.fillNetworks, d.fillPorts, d.fillContacts, d.fillResources, d.fillSessions, d.fillCommunications, d.fillExchange,
	} {
		if err := step(ctx, store); err != nil {
			return nil, fmt.Errorf("fill database: %w", err)
		}
	}
	return d, nil
}

// put stores n directory rows.
func put[R models.DirectoryRow](ctx context.Context, store *models.Store, n int, row func(i int) R) error {
	_, err := models.ReplaceDirectory(ctx, store, func(in *models.DirectoryImport[R]) error {
		for i := range n {
			if err := in.Put(row(i)); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func (d *dataset) fillExchanges(ctx context.Context, store *models.Store) error {
	return put(ctx, store, d.amount.exchanges, func(i int) models.Exchange {
		return models.Exchange{
			ID: uint64(i + 1), Name: fmt.Sprintf("EXAMPLE-IX %d", i+1), NameLong: textf("Example Internet Exchange %d", i+1),
			City: textf("City %d", i), Country: textf("DE"), RegionContinent: textf("Europe"), Media: textf("Ethernet"),
			Website: textf("https://ix%d.example.net/", i+1), ProtoUnicast: true, ProtoIPv6: i%2 == 0,
		}
	})
}

// places make names of different lengths, some of which JSON escapes.
var places = []string{
	"Harbour", "Alpine", "Coastal", "Metro", "Nordic", "Prairie", "Zürich", "Lowland", "Island", "Río", "Delta", "Summit",
	"Valley", "North/South", "Capital", "Lakeside",
}

// fillNetworks stores rows as wide as PeeringDB's, whose order by name is not
// their order by id.
func (d *dataset) fillNetworks(ctx context.Context, store *models.Store) error {
	notes := strings.Repeat("Peering requests by mail, please; sessions come up within two working days. ", 4)
	return put(ctx, store, d.amount.networks, func(i int) models.Network {
		asn, prefixes, day := uint32(firstASN+i+1), uint32(10+i*7%900), int64(1577836800+i*86400)
		return models.Network{
			ID: uint64(i + 1), ASN: &asn, Name: fmt.Sprintf("%s Example Networks %d", places[i*7%len(places)], i*7919%10007),
			Aka: textf("EXNET-%d", i), Website: textf("https://www%d.example.net/", i), NotesPublic: textf("%s", notes),
			IRRASSet: textf("AS%d:AS-EXAMPLE", asn), InfoTraffic: "10-20Gbps", InfoRatio: "Balanced", InfoScope: textf("Europe"),
			InfoType: "NSP", InfoPrefixes: &prefixes, InfoLookingglass: textf("https://lg%d.example.net/", i), InfoUnicast: true,
			InfoIPv6: i%3 > 0, PolicyURL: textf("https://www%d.example.net/peering", i), PolicyGeneral: textf("Open"),
			PolicyLocations: textf("Not Required"), PolicyRatio: textf("No"), PolicyContracts: textf("Not Required"),
			DateCreated: &day, DateLastupdated: &day,
		}
	})
}

// isListed spreads the networks at listedExchange over all ids: 37 has no
// factor in common with the number of networks, so exactly amount.listed are.
func (d *dataset) isListed(network int) bool { return network*37%d.amount.networks < d.amount.listed }

// listedNetwork is the nth network for which isListed holds.
func (d *dataset) listedNetwork(n int) int {
	network := 0
	for ; !d.isListed(network) || n > 0; network++ {
		if d.isListed(network) {
			n--
		}
	}
	return network
}

// fillPorts gives every network ports at up to three other exchanges, and each
// tenth network a second port at each.
func (d *dataset) fillPorts(ctx context.Context, store *models.Store) error {
	var ports []models.Port
	add := func(network, exchange int) {
		n, asn := len(ports)+1, uint32(firstASN+network+1)
		ports = append(ports, models.Port{
			ID: uint64(n), NetworkID: uint64(network + 1), ExchangeID: uint64(exchange), ASN: &asn,
			IPv4: textf("198.18.%d.%d", n/250, 1+n%250), IPv6: textf("2001:db8:ffff:%x::%x", exchange, n), Speed: 10000, Operational: true,
		})
	}
	for network := range d.amount.networks {
		exchanges := []int{}
		if d.isListed(network) {
			exchanges = append(exchanges, listedExchange)
		}
		for i := range network % 4 {
			exchanges = append(exchanges, 2+(network+i*5)%(d.amount.exchanges-1))
		}
		for _, exchange := range exchanges {
			add(network, exchange)
			if network%10 == 3 {
				add(network, exchange)
			}
		}
	}
	return put(ctx, store, len(ports), func(i int) models.Port { return ports[i] })
}

func (d *dataset) fillContacts(ctx context.Context, store *models.Store) error {
	return put(ctx, store, 2*d.amount.networks, func(i int) models.Contact {
		role := []string{"NOC", "Policy"}[i%2]
		return models.Contact{
			ID: uint64(i + 1), NetworkID: uint64(i/2 + 1), Role: role, Name: textf("%s of network %d", role, i/2+1),
			Telephone: textf("+49 30 23125 %03d", i%1000), Email: textf("%s@n%d.example.net", strings.ToLower(role), i/2+1), Visible: "Public",
		}
	})
}

// textf is a text for a column that may be NULL.
func textf(format string, args ...any) *string {
	s := fmt.Sprintf(format, args...)
	return &s
}
