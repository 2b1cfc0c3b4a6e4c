package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// A reason is what a foreign server said, of any length and in any bytes.
func TestRequestsThatFailed(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		reasons := []string{"550 no", "550 \xff\xfe é😀", strings.Repeat("é", 2001), "a\x00b", ""}
		for i, reason := range reasons {
			write(t, l.Store, func(tx *models.Tx) error {
				if err := tx.AddRequest(&models.Request{}); err != nil {
					return err
				}
				return tx.MarkRequestFailed(uint64(i+1), reason)
			})
		}
		return column(t, l, "SELECT failure FROM requests ORDER BY id")
	})
	equal(t, "reasons", got, []string{"550 no", "550 \ufffd é😀", strings.Repeat("é", 2000), "a\x00b", ""})
}

func TestRequests(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		peeringFixture(t, l)
		for _, r := range []models.Request{
			{PeerParticipantID: new(uint64(1)), GivenStatus: new("accepted"), SourceASN: new(uint32(4294967295)), PublicID: new(uint64(7)), EmailType: "text", Subject: "é😀", Body: "a\r\nb"},
			{PeerASN: new(uint32(1)), EmailType: "html", EmailCC: "cc", EmailBCC: "bcc"},
			{PeerParticipantID: new(uint64(1))},
		} {
			write(t, l.Store, func(tx *models.Tx) error { return tx.AddRequest(&r) })
		}
		write(t, l.Store, func(tx *models.Tx) error {
			return errors.Join(tx.MarkRequestFailed(1, "refused"), tx.MarkRequestSent(1), tx.MarkRequestFailed(2, "no route"))
		})
		var lines []string
		each := func(conditions ...models.Condition) {
			err := l.Store.EachRequest(t.Context(), conditions, func(r *models.Request) error {
				lines = append(lines, fmt.Sprintf("%d %s %s %q %q %v", r.ID, r.EmailType, text(r.Status), r.Subject, r.Body, r.CreatedAt == moment))
				return nil
			})
			if err != nil {
				lines = append(lines, err.Error())
			}
			lines = append(lines, "")
		}
		each()
		each(models.NumberIs("peer_participant_id", 1))
		each(models.Nothing())
		each(models.TextIs("subject", "x"))
		lines = append(lines, column(t, l, "SELECT CONCAT(delivery, ' ', COALESCE(failure, 'NULL')) FROM requests ORDER BY id")...)
		write(t, l.Store, func(tx *models.Tx) error {
			for _, id := range []uint64{1, 9} {
				asn, err := tx.NetworkASN(id)
				if err != nil {
					return err
				}
				lines = append(lines, fmt.Sprint("AS number of ", id, ": ", asn != nil))
			}
			for _, of := range []struct {
				network uint64
				role    string
			}{{1, "NOC"}, {1, "noc"}, {1, "NOC "}, {1, "Policy"}, {2, "Technical"}, {3, "NOC"}} {
				c, err := tx.ContactFor(of.network, of.role)
				if err != nil {
					return err
				}
				if c == nil {
					c = &models.Contact{Email: new("none")}
				}
				lines = append(lines, fmt.Sprintf("%s of %d: %s", of.role, of.network, *c.Email))
			}
			return nil
		})
		return lines
	})
	first, second, third := `1 text accepted "é😀" "a\r\nb" true`, `2 html  "" "" true`, `3   "" "" true`
	equal(t, "requests", got, slices.Concat([]string{first, second, third, "", first, third, "", "", "requests are not found by a text", ""},
		[]string{"sent NULL", "failed no route", "pending NULL", "AS number of 1: true", "AS number of 9: false", "NOC of 1: noc@example.net",
			"noc of 1: none", "NOC  of 1: none", "Policy of 1: none", "Technical of 2: é😀@example.net", "NOC of 3: none"}))
}
