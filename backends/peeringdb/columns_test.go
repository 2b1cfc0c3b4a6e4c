package peeringdb

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/models"
)

// decode reads one row as ReadList does.
func decode[W any](t *testing.T, text string) *W {
	t.Helper()
	row := new(W)
	if err := json.Unmarshal([]byte(text), row); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return row
}

func checkNotes(t *testing.T, got []Note, want ...Note) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// show prints a pointer's value, and NULL for nil.
func show[T any](p *T) any {
	if p == nil {
		return "NULL"
	}
	return *p
}

func TestTextsAreCutAtACharacter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value, want string
		limit             int
		notes             []Note
	}{
		{"shorter", "abc", "abc", 4, nil},
		{"as long", "abcd", "abcd", 4, nil},
		{"longer", "abcde", "abcd", 4, []Note{{"field cut to 4 characters", "had 5"}}},
		{"as long in characters, longer in bytes", "äöü€", "äöü€", 4, nil},
		{"cut before a long character", "äöü€😀", "äöü€", 4, []Note{{"field cut to 4 characters", "had 5"}}},
		{"cut behind a long character", "äö😀€x", "äö😀€", 4, []Note{{"field cut to 4 characters", "had 5"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var c columns
			got := c.text("field", &test.value, test.limit)
			if show(got) != test.want {
				t.Errorf("text = %q, want %q", show(got), test.want)
			}
			checkNotes(t, c.notes, test.notes...)
			if got := new(columns).required("field", &test.value, test.limit); got != test.want {
				t.Errorf("required = %q, want %q", got, test.want)
			}
		})
	}
}

func TestQuoteIsShort(t *testing.T) {
	t.Parallel()
	tests := []struct{ value, want string }{
		{"", `""`},
		{"a\nb", `"a\nb"`},
		{strings.Repeat("ä", 40), `"` + strings.Repeat("ä", 40) + `"`},
		{strings.Repeat("ä", 41), `"` + strings.Repeat("ä", 40) + `…"`},
	}
	for _, test := range tests {
		if got := quote(test.value); got != test.want {
			t.Errorf("quote(%q) = %s, want %s", test.value, got, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		json string
		want uint64
	}{
		{`{"id":1}`, 1}, {`{"id":9223372036854775807}`, 9223372036854775807}, {`{"id":0}`, 0}, {`{"id":-1}`, 0}, {`{"id":null}`, 0}, {`{}`, 0},
	}
	for _, test := range tests {
		if got := decode[Net](t, test.json).Key(); got != test.want {
			t.Errorf("%s: key %d, want %d", test.json, got, test.want)
		}
	}
}

// FuzzMapping checks that whatever is mapped fits its columns.
func FuzzMapping(f *testing.F) {
	f.Add(`{"id":1,"asn":64496,"name":"Example","notes":"a\nb","info_traffic":"100+Tbps","created":"2010-07-29T00:00:00Z"}`)
	f.Add(`{"id":1,"ipaddr4":"192.0.2.1","ipaddr6":"2001:DB8::0:1","speed":-1,"prefix":"2001:db8::1/32","email":"a@example.net"}`)
	f.Add(`{"name":"` + strings.Repeat("ä", 300) + `","info_type":"Route Server","policy_locations":"Required - EU"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var row struct {
			net  Net
			ix   IX
			port NetIXLan
			pfx  IXPfx
			poc  POC
		}
		for _, into := range []any{&row.net, &row.ix, &row.port, &row.pfx, &row.poc} {
			if json.Unmarshal([]byte(text), into) != nil {
				return
			}
		}
		network, _, err := row.net.Network()
		checkFits(t, network, err)
		exchange, _, err := row.ix.Exchange()
		checkFits(t, exchange, err)
		port, _, err := row.port.Port()
		checkFits(t, port, err)
		contact, _, err := row.poc.Contact()
		checkFits(t, contact, err)
		prefix, _, err := row.pfx.ExchangePrefix()
		if _, refused := err.(*models.RowError); refused {
			err = nil
		}
		checkFits(t, prefix, err)
	})
}
