package main

import (
	"context"
	"fmt"

	"provision-gateway/models"
)

// fillResources adds a router, and LIRs at ARIN and at RIPE in turn, all with
// secrets.
func (d *dataset) fillResources(ctx context.Context, store *models.Store) error {
	return store.Write(ctx, func(tx *models.Tx) error {
		router, err := addEntry(tx, models.SectionRouter, "r1.example.net", models.FieldValues{
			"host": {0: "198.18.255.1"}, "platform": {0: "ios"}, "local-address": {0: "198.18.255.1", 1: "2001:db8::1"},
		})
		if err != nil {
			return err
		}
		d.router = router
		for i := range d.amount.lirs {
			fields := arinFields(i)
			if i%2 == 1 {
				fields = ripeFields(i)
			}
			if _, err := addEntry(tx, models.SectionLIR, fmt.Sprintf("Example Registry %d", i+1), fields); err != nil {
				return err
			}
		}
		return nil
	})
}

func arinFields(i int) models.FieldValues {
	f := models.FieldValues{}
	set := func(slug, format string) { f.Set(slug, 0, fmt.Sprintf(format, i)) }
	f.Set(models.FieldRIR, 0, models.RIRARIN)
	f.Set(models.FieldASN, 0, fmt.Sprint(firstASN+i))
	set("org-handle", "EXAMPLE-%d")
	set("admin-poc", "ADMIN%d-EXAMPLE")
	set("net-poc", "NOC%d-EXAMPLE")
	set("abuse-poc", "ABUSE%d-EXAMPLE")
	set("net-name-prefix", "EXNET%d")
	set("api-key", "API-0000-0000-%04d")
	return f
}

// ripeFields are those of an LIR with two maintainers.
func ripeFields(i int) models.FieldValues {
	f := models.FieldValues{}
	f.Set(models.FieldRIR, 0, "RIPE")
	f.Set(models.FieldASN, 0, fmt.Sprint(firstASN+i))
	for instance := range uint32(2) {
		set := func(slug, format string) { f.Set(slug, instance, fmt.Sprintf(format, i, instance)) }
		set("mnt-by", "EXAMPLE%d-%d-MNT")
		set("mnt-by-password", "not a real password %d %d")
		set("admin-c", "AC%d%d-EXAMPLE")
		set("tech-c", "TC%d%d-EXAMPLE")
	}
	f.Set("api-key", 0, fmt.Sprintf("not a real key %d", i))
	return f
}

func addEntry(tx *models.Tx, section, name string, fields models.FieldValues) (uint64, error) {
	kind := models.TypeEntry
	view, err := tx.AddResource(models.ResourceChange{
		Name: &name, Type: &kind, SectionSlug: &section, Fields: fields, RIRs: []string{models.RIRARIN, "RIPE"},
	})
	if err != nil {
		return 0, err
	}
	return view.ID, nil
}

// fillSessions adds the sessions at listedExchange, and then all others,
// spread over the other exchanges. The one in the middle is asked for.
func (d *dataset) fillSessions(ctx context.Context, store *models.Store) error {
	return store.Write(ctx, func(tx *models.Tx) error {
		for i := range d.amount.sessions {
			exchange := uint64(2 + i%(d.amount.exchanges-1))
			if i < d.amount.listedSessions {
				exchange = listedExchange
			}
			s := d.newSession(i, exchange)
			if err := tx.AddSession(s); err != nil {
				return err
			}
			if i == d.amount.sessions/2 {
				d.session = s.ID
			}
		}
		return nil
	})
}

func (d *dataset) newSession(i int, exchange uint64) *models.Session {
	network := uint64(1 + i*13%d.amount.networks)
	if exchange == listedExchange {
		network = uint64(1 + d.listedNetwork(i))
	}
	own, asn, received := uint32(ownASN), uint32(firstASN+network), uint32(i%500)
	s := &models.Session{
		SourceASN: &own, ResourceID: &d.router, PeerASN: &asn, PeerParticipantID: &network, PublicID: &exchange,
		PeerGroup: textf("peers"), PrfxReceived: &received, State: "established",
	}
	s.IPType, s.SourceIPAddr, s.PeerIPAddr = "ipv4", textf("198.18.255.1"), textf("198.19.%d.%d", i/250, 1+i%250)
	if i%2 == 1 {
		s.IPType, s.SourceIPAddr, s.PeerIPAddr = "ipv6", textf("2001:db8::1"), textf("2001:db8:fffe:%x::%x", exchange, i+1)
	}
	return s
}

// fillCommunications records, for the first networks at listedExchange and for
// some elsewhere, how far peering has come.
func (d *dataset) fillCommunications(ctx context.Context, store *models.Store) error {
	return store.Write(ctx, func(tx *models.Tx) error {
		listed, elsewhere := d.amount.listedCommunications, d.amount.communications-d.amount.listedCommunications
		for network := range d.amount.networks {
			exchange := uint64(2 + network%(d.amount.exchanges-1))
			switch {
			case d.isListed(network) && listed > 0:
				exchange = listedExchange
				listed--
			case !d.isListed(network) && elsewhere > 0:
				elsewhere--
			default:
				continue
			}
			if err := addCommunication(tx, network, exchange); err != nil {
				return err
			}
		}
		return nil
	})
}

func addCommunication(tx *models.Tx, network int, exchange uint64) error {
	peer, err := tx.FindPeer(uint64(network+1), exchange)
	if err != nil {
		return err
	}
	statuses := []string{models.StatusNone, models.StatusSent, models.StatusAccepted, models.StatusRejected}
	qualified := network%5 > 0
	return tx.ChangeCommunication(peer, func(c *models.Communication) {
		c.RequestStatus, c.IsPeer = &statuses[network%len(statuses)], network%7 == 0
		if network%3 > 0 {
			c.Qualified = &qualified
		}
	})
}
