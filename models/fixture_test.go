package models_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// moment is when the clocks of tests start: 2014-05-22 23:14:54 UTC.
const moment = 1400800494

func standing() time.Time { return time.Unix(moment, 0) }

// write runs a transaction that has to succeed.
func write(t *testing.T, s *models.Store, f func(tx *models.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// put adds rows to the directory.
func put[R models.DirectoryRow](t *testing.T, s *models.Store, rows ...R) {
	t.Helper()
	modelstest.Put(t, s, rows...)
}

// session gives a session with the least that it needs: the peer's address is
// made from a number.
func session(n int) models.Session {
	return models.Session{
		SourceASN: new(uint32(64500)), SourceIPAddr: new("192.0.2.1"), PeerASN: new(uint32(64496)),
		PeerIPAddr: new(fmt.Sprintf("198.51.%d.%d", n/256, n%256)), IPType: "ipv4",
	}
}

// addSession stores a session and returns it with its id.
func addSession(t *testing.T, s *models.Store, row models.Session) models.Session {
	t.Helper()
	write(t, s, func(tx *models.Tx) error { return tx.AddSession(&row) })
	return row
}

// sessions lists live or deleted sessions as lines of `column=value`; NULL is
// not listed.
func sessions(t *testing.T, s *models.Store, deleted bool, conditions ...models.Condition) []string {
	t.Helper()
	var lines []string
	err := s.EachSession(t.Context(), conditions, deleted, func(row models.SessionRow) error {
		var values []string
		for i, v := range row {
			if v != nil {
				values = append(values, models.SessionColumns[i]+"="+string(v))
			}
		}
		lines = append(lines, strings.Join(values, " "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// peers lists networks as `id name`.
func peers(t *testing.T, s *models.Store, exchange *uint64, conditions ...models.Condition) []string {
	t.Helper()
	var lines []string
	err := s.EachPeer(t.Context(), exchange, conditions, func(p *models.PeerRow) error {
		lines = append(lines, fmt.Sprintf("%d %s", p.ID, p.Name))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// logs lists all log entries, the oldest first, as messages.
func logs(t *testing.T, l *modelstest.Lent) []string {
	t.Helper()
	return column(t, l, "SELECT message FROM log_entries ORDER BY id")
}

// column lists the first column of a query's rows; NULL is `NULL`.
func column(t *testing.T, l *modelstest.Lent, query string, args ...any) []string {
	t.Helper()
	return modelstest.Column(t, l.Raw, query, args...)
}

// equal fails unless two lists hold the same lines.
func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if d := modelstest.Differences(want, got); d != "" {
		t.Errorf("%s: want (-), got (+):\n%s", what, d)
	}
}

// refused fails unless an error has a code and a message.
func refused(t *testing.T, what string, err error, code models.Code, message string) {
	t.Helper()
	if err == nil || models.ErrorCode(err) != code || err.Error() != message {
		t.Errorf("%s: error %v (code %d), want %q (code %d)", what, err, models.ErrorCode(err), message, code)
	}
}
