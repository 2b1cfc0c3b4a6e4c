package models_test

import (
	"fmt"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestStaleSessions(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		s := l.Store
		put(t, s, models.Network{ID: 1, Name: "one", ASN: new(uint32(64501))}, models.Network{ID: 2, Name: "two", ASN: new(uint32(64502))},
			models.Network{ID: 3, Name: "gone", ASN: new(uint32(64503))})
		put(t, s, models.Exchange{ID: 20, Name: "ix"}, models.Exchange{ID: 21, Name: "closed"})
		put(t, s, models.Port{ID: 1, NetworkID: 1, ExchangeID: 20, ASN: new(uint32(64501)), IPv4: new("192.0.2.1"), IPv6: new("2001:db8::1")},
			models.Port{ID: 2, NetworkID: 2, ExchangeID: 20, ASN: new(uint32(64502)), IPv4: new("192.0.2.2")},
			models.Port{ID: 3, NetworkID: 2, ExchangeID: 21, ASN: new(uint32(64502)), IPv4: new("198.51.100.2")})
		_, err := models.MergeDirectory(t.Context(), s, func(in *models.DirectoryImport[models.Network]) error { return in.PutGone(models.Network{ID: 3}) })
		if err == nil {
			_, err = models.MergeDirectory(t.Context(), s, func(in *models.DirectoryImport[models.Exchange]) error { return in.PutGone(models.Exchange{ID: 21}) })
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range []struct {
			exchange, network *uint64
			asn               uint32
			address           string
		}{
			{new(uint64(20)), new(uint64(1)), 64501, "192.0.2.1"},    // listed
			{new(uint64(20)), nil, 64501, "2001:db8::1"},             // listed, by AS number
			{new(uint64(20)), new(uint64(1)), 64501, "192.0.2.2"},    // another network's address
			{new(uint64(20)), new(uint64(1)), 64501, "192.0.2.77"},   // nobody's address
			{new(uint64(20)), new(uint64(3)), 64503, "192.0.2.3"},    // gone network
			{new(uint64(20)), nil, 65000, "192.0.2.4"},               // unknown network
			{new(uint64(21)), new(uint64(2)), 64502, "198.51.100.2"}, // closed exchange
			{nil, new(uint64(3)), 64503, "203.0.113.3"},              // at no exchange, gone network
			{new(uint64(20)), new(uint64(1)), 64501, "192.0.2.78"},   // deleted
			{nil, new(uint64(1)), 64501, "203.0.113.1"},              // at no exchange
			{nil, nil, 65000, "203.0.113.2"},                         // private
		} {
			added := models.Session{PublicID: row.exchange, PeerParticipantID: row.network, PeerASN: &row.asn, PeerIPAddr: &row.address, IPType: "ipv4", PeerName: new(fmt.Sprint("peer ", i+1))}
			write(t, s, func(tx *models.Tx) error { return tx.AddSession(&added) })
			if i == 8 {
				write(t, s, func(tx *models.Tx) error { _, err := tx.DeleteSession(&added); return err })
			}
		}
		stale, err := s.StaleSessions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, one := range stale {
			lines = append(lines, fmt.Sprintf("%d %s: %s", one.ID, one.Label, one.Reason))
		}
		return lines
	})
	equal(t, "stale sessions", got, []string{
		"3 peer 3 (AS/) - (AS64501/192.0.2.2): " + models.StaleAddress,
		"4 peer 4 (AS/) - (AS64501/192.0.2.77): " + models.StaleAddress,
		"5 peer 5 (AS/) - (AS64503/192.0.2.3): " + models.StaleNetwork,
		"6 peer 6 (AS/) - (AS65000/192.0.2.4): " + models.StaleNetwork,
		"7 peer 7 (AS/) - (AS64502/198.51.100.2): " + models.StaleExchange,
		"8 peer 8 (AS/) - (AS64503/203.0.113.3): " + models.StaleNetwork,
	})
}
