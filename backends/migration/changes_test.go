package migration_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// dump is all that an import writes, without the numbers that no answer shows.
func dump(t *testing.T, s *side) []string {
	t.Helper()
	var out []string
	for table, columns := range map[string]string{
		"networks": "id, asn, name, info_prefixes, info_type, info_traffic, info_scope, policy_general, info_ipv6, gone_at IS NULL",
		"ports":    "id, network_id, exchange_id, asn, ipv4, ipv6, speed, gone_at IS NULL", "contacts": "id, network_id, role, name, email, gone_at IS NULL",
		"communications": "network_id, exchange_id, request_status, qualified, is_peer", "log_entries": "network_id, exchange_id, message, time, request_id, session_id",
		"requests":     "id, public_id, peer_asn, peer_name, subject, body, status, delivery, created_at, modified_at",
		"sessions":     "id, source_asn, source_ipaddr, resource_id, peer_asn, peer_name, peer_ipaddr, public_id, state, password, note, deleted_at IS NULL, live_key",
		"resources":    "id, name, slug, live_slug, type, parent_id, category_id, section_id, custom_id, date, modified, deleted_at IS NULL",
		"field_values": "resource_id, slug, instance, value, secret_id", "section_fields": "section_id, slug, secret", "secrets": "id",
		"imported_objects": "kind, first, second, sum",
	} {
		parts := strings.Split(columns, ", ")
		for i, part := range parts {
			parts[i] = "COALESCE(CAST((" + part + ") AS CHAR), 'NULL')"
		}
		text := strings.Join(parts, " || '|' || ")
		if s.Lent.Store.Kind() == "mysql" {
			text = "CONCAT_WS('|', " + strings.Join(parts, ", ") + ")"
		}
		for _, line := range modelstest.Column(t, s.Raw, "SELECT "+text+" FROM "+table) {
			out = append(out, table+" "+line)
		}
	}
	slices.Sort(out)
	return out
}

// mutator changes an original in ways that its API shows.
type mutator struct {
	t    *testing.T
	side *side
	*rand.Rand
	n int
}

// write makes one random change and says which.
func (m *mutator) change() string {
	m.n++
	n := m.n
	var did string
	write := func(what string, f func(tx *models.Tx) error) {
		did = what
		err := m.side.Lent.Store.Write(m.t.Context(), f)
		if code := models.ErrorCode(err); err != nil && code != models.Conflict && code != models.NotFound {
			m.t.Fatalf("%s: %v", what, err)
		}
	}
	pick := func(table, where string) uint64 {
		ids := modelstest.Column(m.t, m.side.Raw, "SELECT id FROM "+table+" WHERE "+where)
		if len(ids) == 0 {
			return 0
		}
		var id uint64
		_, _ = fmt.Sscan(ids[m.IntN(len(ids))], &id)
		return id
	}
	network, exchange := pick("networks", "gone_at IS NULL"), uint64(20)
	kind, router, lir := models.TypeEntry, models.SectionRouter, models.SectionLIR
	rirs := []string{"ARIN", "RIPE"}
	switch m.IntN(12) {
	case 0, 1:
		write("add a session", func(tx *models.Tx) error {
			address, from := fmt.Sprintf("192.0.2.%d", m.IntN(250)), "203.0.113.1"
			s := &models.Session{SourceASN: new(uint32(8038)), SourceIPAddr: &from, PeerIPAddr: &address, IPType: "ipv4", Note: new(fmt.Sprint("note ", n))}
			if m.IntN(2) == 0 {
				s.PublicID = &exchange
			}
			if m.IntN(3) > 0 {
				s.PeerParticipantID = &network
			}
			return tx.AddSession(s)
		})
	case 2:
		write("update a session", func(tx *models.Tx) error {
			_, err := tx.UpdateSession(pick("sessions", "deleted_at IS NULL"), func(s *models.Session) error {
				s.PeerGroup, s.Password = new(fmt.Sprint("group ", n)), fmt.Sprint("p", n)
				return nil
			})
			return err
		})
	case 3:
		write("delete a session", func(tx *models.Tx) error {
			_, err := tx.DeleteSession(&models.Session{ID: pick("sessions", "deleted_at IS NULL")})
			return err
		})
	case 4:
		write("mark a peer", func(tx *models.Tx) error {
			p, err := tx.FindPeer(network, exchange)
			if err != nil {
				return err
			}
			marked := m.IntN(2) == 0
			message := "Marked not existing peer"
			if marked {
				message = "Marked existing peer"
			}
			if err := tx.LogPeer(p, message, nil); err != nil {
				return err
			}
			return tx.ChangeCommunication(p, func(c *models.Communication) {
				c.IsPeer = marked
				c.RequestStatus, c.Qualified = new([]string{"none", "sent", "accepted"}[m.IntN(3)]), []*bool{nil, new(true), new(false)}[m.IntN(3)]
			})
		})
	case 5:
		write("log", func(tx *models.Tx) error {
			return tx.Log(models.LogEntry{NetworkID: &network, ExchangeID: &exchange, Message: fmt.Sprint("entry ", n)})
		})
	case 6:
		write("add a request", func(tx *models.Tx) error {
			return tx.AddRequest(&models.Request{PeerParticipantID: &network, PeerName: fmt.Sprint("peer ", n), EmailType: "text", Body: "a\r\nb"})
		})
	case 7:
		write("add a router", func(tx *models.Tx) error {
			fields := models.FieldValues{}
			fields.Set("host", 0, "192.0.2.1")
			_, err := tx.AddResource(models.ResourceChange{Name: new(fmt.Sprint("Router ", n)), Type: &kind, SectionSlug: &router, Fields: fields})
			return err
		})
	case 8:
		write("add an LIR", func(tx *models.Tx) error {
			fields := models.FieldValues{}
			for slug, value := range map[string]string{"rir": "ARIN", "asn": "1", "org-handle": "O", "api-key": fmt.Sprint("key ", n)} {
				fields.Set(slug, 0, value)
			}
			if m.IntN(2) == 0 {
				fields.Set("org-handle", 1, "P")
				fields.Set("net-poc", 1, "second")
			}
			_, err := tx.AddResource(models.ResourceChange{Name: new("An LIR"), Type: &kind, SectionSlug: &lir, Fields: fields, RIRs: rirs})
			return err
		})
	case 9:
		write("change a secret", func(tx *models.Tx) error {
			fields := models.FieldValues{}
			fields.Set("api-key", 0, fmt.Sprint("new key ", n))
			_, err := tx.UpdateResource(pick("resources", "live_slug LIKE 'an-lir%'"), models.ResourceChange{Name: new(fmt.Sprint("LIR ", n)), Fields: fields, RIRs: rirs})
			return err
		})
	case 10:
		write("delete a resource", func(tx *models.Tx) error {
			v, err := tx.FindResource(pick("resources", "type = 'entry' AND deleted_at IS NULL"))
			if err != nil {
				return err
			}
			return tx.DeleteResource(&v.Resource)
		})
	case 11:
		did = "change the directory"
		row := models.Network{
			ID: uint64(5000 + m.IntN(20)), Name: fmt.Sprint("Network ", n), InfoTraffic: "1-5Gbps", InfoRatio: "Balanced", InfoType: "NSP", InfoIPv6: m.IntN(2) == 0,
			PolicyGeneral: []*string{nil, new("Open")}[m.IntN(2)],
		}
		modelstest.Put(m.t, m.side.Lent.Store, row)
		modelstest.Put(m.t, m.side.Lent.Store, models.Port{ID: row.ID, NetworkID: row.ID, ExchangeID: exchange, IPv4: new("192.0.2.9"), Speed: uint32(n)})
		if m.IntN(3) == 0 {
			if _, err := m.side.Raw.Exec("UPDATE networks SET gone_at = 1 WHERE id = ?", pick("networks", "gone_at IS NULL")); err != nil {
				m.t.Fatal(err)
			}
			write("a network goes", func(tx *models.Tx) error { return models.RetireRows[models.Network](tx, nil) })
		}
	}
	return did
}

// However the original changes between runs, the next run makes the sides the same
// again, and the database what a first run would have made.
func TestFollowingAnOriginal(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(kind.Name, seed), func(t *testing.T) {
				t.Parallel()
				original, own := open(t, modelstest.Kinds()[0], "example, lirs, lirs-several, tree"), open(t, kind, "")
				m := &mutator{t: t, side: original, Rand: rand.New(rand.NewPCG(seed, 1))}
				importInto(t, original, own)
				wrote := 0
				for round := range 4 {
					var did []string
					for range 1 + m.IntN(12) {
						did = append(did, m.change())
					}
					report := importInto(t, original, own)
					if len(report.Conflicts) > 0 {
						t.Fatalf("round %d, %v: %v", round, did, report.Conflicts)
					}
					if report.Wrote() {
						wrote++
					}
					same(t, original, own)
					if again := importInto(t, original, own); again.Wrote() {
						t.Fatalf("round %d, %v: wrote again %v", round, did, counts(again))
					}
				}
				if wrote < 3 {
					t.Errorf("only %d rounds wrote something", wrote)
				}
				fresh := open(t, modelstest.Kinds()[0], "")
				importInto(t, original, fresh)
				want, got := dump(t, fresh), dump(t, own)
				if kind.Name == "sqlite" {
					got = slices.DeleteFunc(got, gone)
				} else {
					want = nil
				}
				if d := modelstest.Differences(slices.DeleteFunc(want, gone), got); d != "" && want != nil {
					t.Errorf("a first run (-), following (+):\n%s", d)
				}
			})
		}
	}
}

// gone tells of a row of the directory that is gone: a first run does not see it.
func gone(line string) bool {
	return strings.HasSuffix(line, "|0") && (strings.HasPrefix(line, "networks ") || strings.HasPrefix(line, "ports ") || strings.HasPrefix(line, "contacts "))
}
