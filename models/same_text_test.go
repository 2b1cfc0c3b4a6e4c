package models_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// hardNames are texts that collations, encodings and quoting rules treat
// differently.
var hardNames = []string{
	"", " ", "a", "A", "a ", "a  ", " a", "a\t", "b", "B", "Z", "z", "_", "[", "`", "{", "a_b", "aXb", "a%", "%", "a'b", `a"b`, `a\b`, "a--b",
	"é", "e\u0301", "É", "E\u0301", "e", "ß", "ẞ", "ss", "SS", "i", "I", "ı", "İ", "i\u0307", "σ", "ς", "Σ", "Ω", "\u2126", "k", "\u212a",
	"ﬁ", "fi", "ａ", "\u01c4", "\u01c5", "\u01c6", "ÿ", "Ÿ", "日本", "\u200b", "\u00a0", "\ufffd", "\ufeff", "😀", "😁", "a😀", "👩‍👩‍👧", "\U0010ffff",
	"\x00", "a\x00", "a\x00b", "\x01", "\x7f", "0", "00", "1", "1a", "1.0", "1e0", "NULL", "true", "2014-05-22", "0x41",
}

func hardNetworks() []models.Network {
	rows := make([]models.Network, len(hardNames))
	for i, name := range hardNames {
		// Not in the order of the names.
		id := uint64(1 + (i*37)%len(hardNames))
		rows[i] = models.Network{ID: id, Name: name, Aka: new(name), InfoTraffic: "1-5Gbps", InfoRatio: "Balanced", InfoType: "NSP"}
	}
	return rows
}

func TestSamePeersInOneOrder(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		put(t, l.Store, hardNetworks()...)
		return peers(t, l.Store, nil)
	})
	rows := hardNetworks()
	slices.SortFunc(rows, func(a, b models.Network) int {
		return cmp.Or(strings.Compare(models.Fold(a.Name), models.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	var want []string
	for _, r := range rows {
		want = append(want, fmt.Sprintf("%d %s", r.ID, r.Name))
	}
	equal(t, "peers", got, want)
}

// The order of getCommunications is that of bytes, which needs the names back
// byte for byte.
func TestSameNamesInByteOrder(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		put(t, l.Store, hardNetworks()...)
		var names [][]byte
		err := l.Store.EachPeer(t.Context(), nil, nil, func(p *models.PeerRow) error {
			names = append(names, bytes.Clone(p.Name))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(names, bytes.Compare)
		var lines []string
		for _, name := range names {
			lines = append(lines, string(name))
		}
		return lines
	})
	equal(t, "names", got, slices.Sorted(slices.Values(hardNames)))
}

func TestSameRowsMeetATextFilter(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		put(t, l.Store, hardNetworks()...)
		var lines []string
		for _, column := range []string{"name", "aka"} {
			for _, filter := range hardNames {
				found := peers(t, l.Store, nil, models.TextIs(column, filter))
				slices.Sort(found)
				lines = append(lines, fmt.Sprintf("%s=%q: %q", column, filter, found))
			}
		}
		return lines
	})
	var want []string
	for _, column := range []string{"name", "aka"} {
		for _, filter := range hardNames {
			var found []string
			for _, r := range hardNetworks() {
				if models.Fold(r.Name) == models.Fold(filter) {
					found = append(found, fmt.Sprintf("%d %s", r.ID, r.Name))
				}
			}
			slices.Sort(found)
			want = append(want, fmt.Sprintf("%s=%q: %q", column, filter, found))
		}
	}
	equal(t, "filters", got, want)
}

// Whatever text is stored comes back byte for byte from every kind of column.
func TestSameTextsComeBack(t *testing.T) {
	t.Parallel()
	var want []string
	for i, name := range hardNames {
		if i%2 == 0 && name != "" {
			want = append(want, name)
		}
	}
	for what, store := range map[string]func(t *testing.T, l *modelstest.Lent, text string, n int) string{
		"session": func(t *testing.T, l *modelstest.Lent, text string, n int) string {
			s := session(n)
			s.PeerName, s.PeerHostname, s.PeerGroup, s.Note = &text, &text, &text, &text
			s.Type, s.State, s.Password = text, text, text
			s = addSession(t, l.Store, s)
			var row []string
			err := l.Store.EachSession(t.Context(), []models.Condition{models.NumberIs("id", int64(s.ID))}, false, func(r models.SessionRow) error {
				for _, column := range []string{"peer_name", "peer_hostname", "peer_group", "note", "type", "state", "password"} {
					row = append(row, string(r[slices.Index(models.SessionColumns, column)]))
				}
				return nil
			})
			return allOf(t, row, err)
		},
		"log entry": func(t *testing.T, l *modelstest.Lent, text string, n int) string {
			network, exchange := uint64(n), uint64(1)
			write(t, l.Store, func(tx *models.Tx) error {
				return tx.Log(models.LogEntry{NetworkID: &network, ExchangeID: &exchange, Message: text})
			})
			log, err := l.Store.LogOf(t.Context(), &network, nil)
			return allOf(t, []string{log[network][0].Message}, err)
		},
		"request": func(t *testing.T, l *modelstest.Lent, text string, n int) string {
			r := models.Request{PeerName: text, EmailFrom: text, EmailTo: text, EmailCC: text, EmailBCC: text, Subject: text, Body: text}
			write(t, l.Store, func(tx *models.Tx) error { return tx.AddRequest(&r) })
			var row []string
			err := l.Store.EachRequest(t.Context(), []models.Condition{models.NumberIs("id", int64(r.ID))}, func(r *models.Request) error {
				row = []string{r.PeerName, r.EmailFrom, r.EmailTo, r.Subject, r.Body}
				return nil
			})
			return allOf(t, row, err)
		},
		"resource": func(t *testing.T, l *modelstest.Lent, text string, n int) string {
			fields := models.FieldValues{}
			fields.Set("host", 0, text)
			fields.Set("password", 0, text)
			var id uint64
			write(t, l.Store, func(tx *models.Tx) error {
				v, err := tx.AddResource(models.ResourceChange{Name: &text, Type: new(models.TypeEntry), CustomID: &text, SectionSlug: new("router"), Fields: fields})
				if err == nil {
					id = v.ID
				}
				return err
			})
			views, err := l.Store.Resources(t.Context(), models.ResourceQuery{IDs: []uint64{id}})
			return allOf(t, []string{views[0].Name, views[0].CustomID, views[0].Values["host"][0].Value}, err)
		},
		"answer": func(t *testing.T, l *modelstest.Lent, text string, n int) string {
			token := models.Token{Value: fmt.Sprint(n), Request: text}
			write(t, l.Store, func(tx *models.Tx) error {
				if err := tx.Claim(token); err != nil {
					return err
				}
				return tx.Settle(token, []byte(text))
			})
			return replayed(t, l.Store, token)
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
				var lines []string
				for i, name := range want {
					lines = append(lines, store(t, l, name, i+1))
				}
				return lines
			})
			equal(t, what, got, want)
		})
	}
}

// allOf gives the text that all columns of a row hold.
func allOf(t *testing.T, row []string, err error) string {
	t.Helper()
	if err != nil || len(row) == 0 {
		t.Fatalf("read %d columns, %v", len(row), err)
	}
	if len(slices.Compact(slices.Clone(row))) != 1 {
		return fmt.Sprintf("%q", row)
	}
	return row[0]
}
