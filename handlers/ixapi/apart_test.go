package ixapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// owned are the objects of a party by collection, and which of them the other
// one sees in part.
func (p *party) owned(t *testing.T) (ids map[ix.Collection][]string, shown map[string]bool) {
	t.Helper()
	ids, shown = map[ix.Collection][]string{}, map[string]bool{}
	accounts := []string{p.Account}
	for _, o := range p.orders {
		shown[o.id] = o.shown
		if o.collection == ix.Accounts {
			accounts = append(accounts, o.id)
		}
	}
	for _, c := range ix.Collections() {
		if has, _ := ix.OperationsOf(c); !has.Create && c != ix.Ports {
			continue
		}
		var list []map[string]any
		p.Send("GET", "/"+string(c), "").Decode(&list)
		for _, o := range list {
			id := o["id"].(string)
			manager, managed := o["managing_account"].(string)
			if managed && slices.Contains(accounts, manager) || !managed && c != ix.Accounts || slices.Contains(accounts, id) {
				ids[c] = append(ids[c], id)
			}
		}
		if len(ids[c]) == 0 {
			t.Errorf("there is nothing in %s", c)
		}
	}
	return ids, shown
}

// rows are what is stored of objects, and of what hangs on them, by id.
func (d *demo) rows(t *testing.T, ids map[ix.Collection][]string) map[string]ix.Row {
	t.Helper()
	out := map[string]ix.Row{}
	err := d.Objects.Write(t.Context(), "", func(tx *ix.Tx) error {
		var rows []ix.Row
		if err := tx.DB().Find(&rows).Error; err != nil {
			return err
		}
		for _, row := range rows {
			if slices.Contains(ids[row.Collection], strings.TrimPrefix(row.ID, "change:")) || slices.Contains(ids[ix.NetworkServices], row.NetworkService) {
				out[row.ID] = row
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// unknown is an id that nothing has, of the form of another one.
func unknown(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '9' - r + '0'
		}
		return r
	}, id)
}

// TestAccountsAreApart has a member call every operation with what belongs to
// another one: it sees nothing but what is meant for it, changes nothing, and
// cannot tell the ids of the other one from ids that do not exist.
func TestAccountsAreApart(t *testing.T) {
	onDemo(t, func(t *testing.T, d *demo) {
		d.everything(t, d.a, d.b, 1)
		d.everything(t, d.b, d.a, 2)
		ids, shown := d.a.owned(t)
		before := d.rows(t, ids)
		if len(before) < 30 {
			t.Fatalf("only %d rows", len(before))
		}
		x := &stranger{t: t, d: d, ids: ids, shown: shown}
		for _, o := range d.Handler.Operations() {
			switch {
			case o.Open:
			case strings.Contains(o.Path, "{id}"):
				x.one(o)
			case o.Method == http.MethodGet:
				x.list(o)
			case o.Method == http.MethodPost:
				x.refer(o)
			default:
				t.Errorf("%s %s has no test", o.Method, o.Path)
			}
		}
		if diff := cmp.Diff(before, d.rows(t, ids)); diff != "" {
			t.Errorf("the objects of the other account have changed:\n%s", diff)
		}
	})
}

// stranger is the member that tries what it must not be able to do.
type stranger struct {
	t     *testing.T
	d     *demo
	ids   map[ix.Collection][]string
	shown map[string]bool
}

// hidden are the ids of a collection, or of all with none, that the stranger does
// not see.
func (x *stranger) hidden(c ix.Collection) []string {
	var list []string
	for _, of := range ix.Collections() {
		if c == "" || c == of {
			list = append(list, slices.DeleteFunc(slices.Clone(x.ids[of]), func(id string) bool { return x.shown[id] })...)
		}
	}
	return list
}

// same sends a request with an id, and with one that does not exist, and checks
// that the answers do not differ in anything else.
func (x *stranger) same(method, path, body, id string) ixapitest.Answer {
	x.t.Helper()
	no := unknown(id)
	got := x.d.b.Send(method, path, body, tolerated)
	want := x.d.b.Send(method, strings.ReplaceAll(path, id, no), strings.ReplaceAll(body, id, no), tolerated)
	if got.Status != want.Status || strings.ReplaceAll(got.Body, id, no) != want.Body {
		x.t.Errorf("%s %s %s\nanswers    %d %s\nto nothing %d %s", method, path, body, got.Status, got.Body, want.Status, want.Body)
	}
	return got
}

// secretless checks that an answer has nothing of the other account in it. The
// account itself is known as the owner of what is shown.
func (x *stranger) secretless(what string, a ixapitest.Answer) {
	x.t.Helper()
	if strings.Contains(a.Body, x.d.a.secret) {
		x.t.Errorf("%s tells a secret: %s", what, a.Body)
	}
	for _, id := range x.hidden("") {
		if id != x.d.a.Account && strings.Contains(a.Body, id) {
			x.t.Errorf("%s tells %s: %s", what, id, a.Body)
		}
	}
}

// sensitive are properties that nobody sees of an object of another account.
var sensitive = []string{
	"external_ref", "purchase_order", "contract_ref", "billing_account", "billing_information", "role_assignments", "state", "status", "connection",
	"macs", "ips", "capacity", "member_joining_rules", "current_billing_start_date", "decommission_at", "charged_until", "legal_name", "address", "cloud_key", "provider_ref", "password",
}

func (x *stranger) reduced(what string, object map[string]any) {
	x.t.Helper()
	for _, name := range sensitive {
		if value, there := object[name]; there {
			x.t.Errorf("%s has %s: %v", what, name, value)
		}
	}
}
