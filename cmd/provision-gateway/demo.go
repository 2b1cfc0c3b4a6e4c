package main

import (
	"context"
	"log/slog"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

// demoASN is the network that the demo runs for; the number is set aside for
// documentation (RFC 5398).
const demoASN = 64500

// fillDemo fills an empty database with a small invented network, so that
// every read action has something to answer. A database that holds networks is
// left as it is.
func fillDemo(ctx context.Context, store *models.Store, logger *slog.Logger) error {
	empty, err := store.IsEmpty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		logger.Info("the database holds networks already: no demo network is filled in")
		return nil
	}
	if _, err := peeringdb.Load(ctx, store, peeringdb.Demo(), nil); err != nil {
		return err
	}
	// Each step is a transaction of its own, so that the log reads like a
	// history.
	for _, step := range []func(*models.Tx) error{demoLIRs, demoSessions, demoCommunications} {
		if err := store.Write(ctx, step); err != nil {
			return err
		}
	}
	logger.Info("filled in the demo network", "asn", demoASN)
	return nil
}

// demoLIRs adds a local registry at ARIN and one at RIPE.
func demoLIRs(tx *models.Tx) error {
	rirs := []string{models.RIRARIN, "RIPE"}
	for _, lir := range []struct {
		name   string
		fields models.FieldValues
	}{
		{"Example Networks ARIN", models.FieldValues{
			"rir": {0: models.RIRARIN}, "asn": {0: "64500"}, "org-handle": {0: "EXAMPLE-1"},
			"admin-poc": {0: "ADMIN1-EXAMPLE"}, "net-poc": {0: "NOC1-EXAMPLE"}, "abuse-poc": {0: "ABUSE1-EXAMPLE"}, "net-name-prefix": {0: "EXNET"},
		}},
		{"Example Networks RIPE", models.FieldValues{
			"rir": {0: "RIPE"}, "asn": {0: "64500"}, "mnt-by": {0: "EXAMPLE-MNT", 1: "EXAMPLE-LAB-MNT"},
			"admin-c": {0: "AC1-EXAMPLE", 1: "AC2-EXAMPLE"}, "tech-c": {0: "TC1-EXAMPLE", 1: "TC2-EXAMPLE"},
		}},
	} {
		if _, err := addEntry(tx, models.SectionLIR, lir.name, lir.fields, rirs); err != nil {
			return err
		}
	}
	_, err := addEntry(tx, models.SectionResourceHolder, "Example Customer", models.FieldValues{
		"contact-name": {0: "A. Customer"}, "contact-email": {0: "customer@example.org"},
	}, nil)
	return err
}

// addEntry adds a resource to a section.
func addEntry(tx *models.Tx, section, name string, fields models.FieldValues, rirs []string) (uint64, error) {
	kind := models.TypeEntry
	view, err := tx.AddResource(models.ResourceChange{Name: &name, Type: &kind, SectionSlug: &section, Fields: fields, RIRs: rirs})
	if err != nil {
		return 0, err
	}
	return view.ID, nil
}

// demoSessions adds a router and sessions on it, at both exchanges of
// peeringdb.Demo and with the addresses of its ports.
func demoSessions(tx *models.Tx) error {
	router, err := addEntry(tx, models.SectionRouter, "r1.us.example.net", models.FieldValues{
		"host": {0: "192.0.2.10"}, "platform": {0: "ios"}, "local-address": {0: "192.0.2.10", 1: "2001:db8:1::10"},
	}, nil)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		exchange, peer uint64
		asn            uint32
		ipType         string
		source, remote string
		state          string
	}{
		{1, 2, 64496, "ipv4", "192.0.2.10", "192.0.2.11", "established"},
		{1, 2, 64496, "ipv6", "2001:db8:1::10", "2001:db8:1::11", "established"},
		{1, 3, 64497, "ipv4", "192.0.2.10", "192.0.2.12", "idle"},
		{2, 6, 64501, "ipv4", "198.51.100.10", "198.51.100.20", models.StateNotConfigured},
	} {
		own, group := uint32(demoASN), "peers"
		session := models.Session{
			SourceASN: &own, SourceIPAddr: &s.source, ResourceID: &router, PeerASN: &s.asn, PeerParticipantID: &s.peer,
			PeerIPAddr: &s.remote, PeerGroup: &group, PublicID: &s.exchange, IPType: s.ipType, State: s.state,
		}
		if s.state == "established" {
			received := uint32(12)
			session.PrfxReceived = &received
		}
		if err := tx.AddSession(&session); err != nil {
			return err
		}
	}
	return nil
}

// demoCommunications tells how far peering with some networks has come, and
// leaves one request behind.
func demoCommunications(tx *models.Tx) error {
	accepted, rejected, yes, no := models.StatusAccepted, models.StatusRejected, true, false
	for _, c := range []struct {
		network, exchange uint64
		message           string
		change            func(*models.Communication)
	}{
		{2, 1, "Marked existing peer", func(c *models.Communication) { c.RequestStatus, c.Qualified, c.IsPeer = &accepted, &yes, true }},
		{3, 1, "Marked approved", func(c *models.Communication) { c.RequestStatus, c.Qualified = &accepted, &yes }},
		{5, 1, "Marked rejected", func(c *models.Communication) { c.RequestStatus = &rejected }},
		{12, 2, "Marked not qualified", func(c *models.Communication) { c.Qualified = &no }},
	} {
		peer, err := tx.FindPeer(c.network, c.exchange)
		if err != nil {
			return err
		}
		if err := tx.ChangeCommunication(peer, c.change); err != nil {
			return err
		}
		if err := tx.LogPeer(peer, c.message, nil); err != nil {
			return err
		}
	}
	return demoRequest(tx)
}

// demoRequest is a request to a network that has not answered yet.
func demoRequest(tx *models.Tx) error {
	peer, err := tx.FindPeer(4, 1)
	if err != nil {
		return err
	}
	own, us := uint32(demoASN), uint64(1)
	request := models.Request{
		PublicID: &peer.Exchange.ID, SourceParticipantID: &us, SourceASN: &own,
		PeerParticipantID: &peer.Network.ID, PeerASN: peer.Network.ASN, PeerName: peer.Network.Name,
		EmailType: "text", EmailFrom: "peering@us.example.net", EmailTo: "peering@university.example.org",
		Subject: "Peering request from Example Networks",
		Body:    "Peering,\r\n\r\nExample Networks, AS64500, would like to peer with " + peer.Network.Name + " at " + peer.Exchange.Name + ".\r\n",
	}
	if err := tx.AddRequest(&request); err != nil {
		return err
	}
	return tx.RequestSent(&request, peer)
}
