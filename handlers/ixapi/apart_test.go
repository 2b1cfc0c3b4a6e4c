package ixapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// demo is the exchange of the demonstration with its two members.
type demo struct {
	*ixapitest.Service
	clock *modelstest.Clock
	a, b  *party
}

// party is a member and what it has ordered.
type party struct {
	*ixapitest.Member
	connection string
	// roles are the role assignments by role.
	roles map[string]string
	// secret is in every text of its objects that others must not see.
	secret string
	orders []order
}

// order is a body that was accepted, and the id of what was made of it.
type order struct {
	collection ix.Collection
	id         string
	body       map[string]any
	// shown is true for what the other member sees in part.
	shown bool
}

// onDemo runs a test on the demonstration, on a database of each kind.
func onDemo(t *testing.T, test func(t *testing.T, d *demo)) {
	t.Helper()
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			d := &demo{clock: ixapitest.Clock()}
			d.Service = ixapitest.New(t, modelstest.Lend(t, kind, d.clock.Now), func(c *ixapi.Config) { c.AccessLifetime = time.Hour })
			seeded, err := d.Objects.SeedDemo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			d.a, d.b = d.party(seeded.Accounts[0]), d.party(seeded.Accounts[1])
			test(t, d)
		})
	}
}

func (d *demo) party(seeded ix.SeededAccount) *party {
	p := &party{connection: seeded.Connection, roles: map[string]string{}, secret: "secret of " + seeded.Name}
	p.Member = &ixapitest.Member{Service: d.Service, Account: seeded.ID, Key: seeded.APIKey, Secret: seeded.APISecret}
	var tokens struct {
		Access string `json:"access_token"`
	}
	d.Send("POST", "/auth/token", `{"api_key":"`+p.Key+`","api_secret":"`+p.Secret+`"}`).Decode(&tokens)
	p.Token = tokens.Access
	var assignments []ix.RoleAssignment
	p.Send("GET", "/role-assignments", "").Decode(&assignments)
	for _, one := range assignments {
		p.roles[one.Role] = one.ID
	}
	return p
}

// provision takes all steps that are due, and those that follow.
func (d *demo) provision(t *testing.T) {
	t.Helper()
	for idle := 0; idle < 3; idle++ {
		d.clock.Advance(d.Objects.Interval + time.Second)
		worked, err := d.Objects.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if worked > 0 {
			idle = -1
		}
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// order makes an object. What it says is added to the accounts and texts that
// all objects may have.
func (p *party) order(t *testing.T, c ix.Collection, more map[string]any) order {
	t.Helper()
	body := map[string]any{"managing_account": p.Account, "external_ref": p.secret}
	switch c {
	case ix.RoleAssignments:
		body = map[string]any{}
	case ix.PortReservations:
		delete(body, "managing_account")
		body["purchase_order"] = p.secret
	case ix.Connections, ix.NetworkServices, ix.NetworkServiceConfigs, ix.NetworkFeatureConfigs:
		body["billing_account"], body["purchase_order"], body["contract_ref"] = p.Account, p.secret, p.secret
		fallthrough
	case ix.Contacts, ix.MACs, ix.IPs:
		body["consuming_account"] = p.Account
	}
	maps.Copy(body, more)
	o := order{collection: c, id: p.Create(c, written(t, body)), body: body}
	p.orders = append(p.orders, o)
	return o
}

// everything makes an object of each collection that has a creation, and of each
// type, for a party; other is who sees some of them. number tells addresses
// apart.
func (d *demo) everything(t *testing.T, p, other *party, number int) {
	t.Helper()
	shown := func() { p.orders[len(p.orders)-1].shown = true }
	address := map[string]any{"country": "XA", "locality": "Anytown", "postal_code": "1", "street_address": "Main Street 1"}
	customer := p.order(t, ix.Accounts, map[string]any{"name": p.secret, "address": address}).id
	p.order(t, ix.Accounts, map[string]any{"name": "Everybody's", "legal_name": p.secret, "address": address, "discoverable": true,
		"billing_information": map[string]any{"name": p.secret, "address": address}})
	shown()
	contact := p.order(t, ix.Contacts, map[string]any{"name": p.secret, "telephone": "+31205550100", "email": "noc@example.net"}).id
	noc := p.order(t, ix.RoleAssignments, map[string]any{"role": "role:noc", "contact": contact}).id
	roles := []string{noc, p.roles["role:implementation"]}
	connection := p.order(t, ix.Connections, map[string]any{
		"mode": "lag_lacp", "product_offering": "po:demo-port-10g", "port_quantity": 1, "role_assignments": roles,
	}).id
	p.order(t, ix.PortReservations, map[string]any{"connection": connection})
	d.provision(t)
	mac := p.order(t, ix.MACs, map[string]any{"address": fmt.Sprintf("42:23:bc:8e:b8:%02x", number)}).id
	p.order(t, ix.IPs, map[string]any{"version": 4, "address": fmt.Sprintf("198.51.100.%d", number), "prefix_length": 24, "fqdn": "gw.example.net"})

	service := func(objectType string, more map[string]any) string {
		body := map[string]any{"type": objectType, "product_offering": "po:demo-" + strings.TrimSuffix(objectType, "_vc"), "capacity": 1000}
		maps.Copy(body, more)
		return p.order(t, ix.NetworkServices, body).id
	}
	circuit := service("p2p_vc", map[string]any{"joining_member_account": customer})
	service("p2p_vc", map[string]any{"joining_member_account": other.Account})
	shown()
	tree := service("p2mp_vc", nil)
	shown()
	group := service("mp2mp_vc", map[string]any{"display_name": p.secret})
	service("mp2mp_vc", map[string]any{"display_name": "For all", "public": true})
	shown()
	cloud := service("cloud_vc", map[string]any{"product_offering": "po:demo-cloud-exchange-first", "cloud_key": "123456789876"})
	p.order(t, ix.MemberJoiningRules, map[string]any{"type": "allow", "network_service": group, "consuming_account": customer})
	p.order(t, ix.MemberJoiningRules, map[string]any{"type": "allow", "network_service": tree, "consuming_account": other.Account})
	shown()
	d.provision(t)

	config := func(objectType, service string, more map[string]any) string {
		body := map[string]any{
			"type": objectType, "network_service": service, "connection": connection, "role_assignments": roles, "capacity": 100,
			"vlan_config": map[string]any{"vlan_type": "dot1q"},
		}
		maps.Copy(body, more)
		return p.order(t, ix.NetworkServiceConfigs, body).id
	}
	lan := config("exchange_lan", "ns:demo", map[string]any{"product_offering": "po:demo-lan", "macs": []string{mac}, "asns": []uint32{64496}})
	config("p2p_vc", circuit, nil)
	config("p2mp_vc", tree, nil)
	config("mp2mp_vc", group, map[string]any{"macs": []string{mac}})
	config("cloud_vc", cloud, map[string]any{"handover": 1, "cloud_vlan": nil})
	d.provision(t)
	var addresses []ix.IPAddress
	p.Send("GET", "/ips?network_service_config="+lan, "").Decode(&addresses)
	p.order(t, ix.NetworkFeatureConfigs, map[string]any{
		"type": "route_server", "network_feature": "nf:demo-rs1", "network_service_config": lan, "role_assignments": roles, "asn": 64496,
		"password": p.secret, "as_set_v4": "AS-EXAMPLE@RIPE", "session_mode": "public", "bgp_session_type": "passive", "ip": addresses[0].ID,
	})
	d.provision(t)
	if a := p.Send("POST", "/network-services/"+cloud+"/change-request", change); a.Status != http.StatusAccepted {
		t.Fatalf("change request: %d %s", a.Status, a.Body)
	}
}

const change = `{"product_offering":"po:demo-cloud-exchange-first","capacity":500}`

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
	"macs", "ips", "capacity", "member_joining_rules", "current_billing_start_date", "legal_name", "address", "cloud_key", "provider_ref", "password",
}

func (x *stranger) reduced(what string, object map[string]any) {
	x.t.Helper()
	for _, name := range sensitive {
		if value, there := object[name]; there {
			x.t.Errorf("%s has %s: %v", what, name, value)
		}
	}
}

// list reads a list, with every parameter that it has.
func (x *stranger) list(o ixapi.Operation) {
	x.t.Helper()
	a := x.d.b.Send(o.Method, o.Path, "")
	x.secretless(o.Name, a)
	c := ix.Collection(strings.TrimPrefix(o.Path, "/"))
	if _, known := ix.OperationsOf(c); !known {
		return
	}
	var list []map[string]any
	a.Decode(&list)
	found := 0
	for _, one := range list {
		id := one["id"].(string)
		if slices.Contains(x.hidden(c), id) {
			x.t.Errorf("%s has %s", o.Name, id)
		}
		if x.shown[id] {
			found++
			x.reduced(o.Name, one)
		}
	}
	if want := len(x.ids[c]) - len(x.hidden(c)); found != want {
		x.t.Errorf("%s has %d objects that are meant for the other account, not %d", o.Name, found, want)
	}
	document, err := ixapitest.Document()
	if err != nil {
		x.t.Fatal(err)
	}
	item := document.Paths.Value(o.Path)
	parameters := append(slices.Clone(item.Parameters), item.GetOperation(o.Method).Parameters...)
	if parameters.GetByInAndName("query", "id") == nil {
		x.t.Errorf("%s has no parameter id", o.Name)
	}
	for _, p := range parameters {
		if p.Value.In != "query" || strings.HasPrefix(p.Value.Name, "page_") {
			continue
		}
		values, nothing := []string{x.d.a.secret}, []string{"anything else"}
		for _, id := range x.hidden("") {
			// Who owns what is shown is no secret.
			if id != x.d.a.Account {
				values, nothing = append(values, id), append(nothing, unknown(id))
			}
		}
		path := o.Path + "?" + p.Value.Name + "="
		got := x.d.b.Send("GET", path+url.QueryEscape(strings.Join(values, ",")), "", tolerated)
		want := x.d.b.Send("GET", path+url.QueryEscape(strings.Join(nothing, ",")), "", tolerated)
		if got.Status != want.Status || got.Body != want.Body {
			x.t.Errorf("%s by %s: %d %s\nto nothing %d %s", o.Name, p.Value.Name, got.Status, got.Body, want.Status, want.Body)
		}
		x.secretless(o.Name+" by "+p.Value.Name, got)
	}
	// What is shown is not found by what is not shown of it.
	for _, name := range []string{"state=production,requested", "billable=true", "external_ref=" + url.QueryEscape(x.d.a.secret)} {
		a := x.d.b.Send("GET", o.Path+"?"+name, "", tolerated)
		for id, shown := range x.shown {
			parameter, _, _ := strings.Cut(name, "=")
			if shown && parameters.GetByInAndName("query", parameter) != nil && strings.Contains(a.Body, `"id":"`+id) {
				x.t.Errorf("%s by %s finds %s", o.Name, name, id)
			}
		}
	}
}

// one calls an operation on every object.
func (x *stranger) one(o ixapi.Operation) {
	x.t.Helper()
	name, rest, _ := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/{id}")
	for _, id := range x.ids[ix.Collection(name)] {
		path := "/" + name + "/" + id + rest
		bodies := []string{""}
		switch o.Method {
		case http.MethodPut, http.MethodPatch:
			bodies = []string{"{}", `{"external_ref":"mine","managing_account":"` + x.d.b.Account + `"}`, x.d.a.Send("GET", "/"+name+"/"+id, "").Body}
		case http.MethodPost:
			bodies = []string{"{}", change}
		case http.MethodDelete:
			bodies = []string{"", `{"decommission_at":"2030-01-01"}`, `{"decommission_at":"nonsense"}`}
		}
		for _, body := range bodies {
			what := o.Method + " " + path + " " + body
			if !x.shown[id] {
				if a := x.same(o.Method, path, body, id); a.Problem() != "not-found" || a.Status != http.StatusNotFound {
					x.t.Errorf("%s: %d %s", what, a.Status, a.Body)
				}
				continue
			}
			a := x.d.b.Send(o.Method, path, body, tolerated)
			x.secretless(what, a)
			if o.Method == http.MethodGet && rest == "" {
				var object map[string]any
				a.Decode(&object)
				if x.reduced(what, object); a.Status != http.StatusOK || object["id"] != id {
					x.t.Errorf("%s: %d %s", what, a.Status, a.Body)
				}
			} else if a.Problem() != "permission-denied" || a.Status != http.StatusForbidden {
				x.t.Errorf("%s: %d %s", what, a.Status, a.Body)
			}
		}
	}
}

// counterparts are the properties with which a member names another one that it
// has to do with, and whose id it must have been told.
var counterparts = map[ix.Collection]string{ix.NetworkServices: "joining_member_account", ix.MemberJoiningRules: "consuming_account"}

// refer puts the ids of the other account into bodies that were accepted with the
// stranger's own, of creations and of changes.
func (x *stranger) refer(o ixapi.Operation) {
	x.t.Helper()
	c := ix.Collection(strings.TrimPrefix(o.Path, "/"))
	own, _ := x.d.b.owned(x.t)
	accepted, references := 0, 0
	for _, order := range x.d.b.orders {
		if order.collection != c {
			continue
		}
		accepted++
		for property, value := range order.body {
			if counterparts[c] == property {
				continue
			}
			list, isList := value.([]string)
			if text, ok := value.(string); ok {
				list = []string{text}
			}
			for of, ids := range own {
				if len(list) == 0 || !slices.Contains(ids, list[0]) {
					continue
				}
				references++
				for _, id := range x.hidden(of) {
					body := maps.Clone(order.body)
					if body[property] = id; isList {
						body[property] = append(slices.Clone(list), id)
					}
					x.refused(x.same("POST", o.Path, written(x.t, body), id), property, id)
					has, _ := ix.OperationsOf(c)
					if !has.Update {
						continue
					}
					a := x.same("PATCH", o.Path+"/"+order.id, written(x.t, map[string]any{property: body[property]}), id)
					// What cannot be changed is not looked at.
					if a.Status >= 400 {
						x.refused(a, property, id)
					} else if strings.Contains(a.Body, id) {
						x.t.Errorf("PATCH of %s: %s", property, a.Body)
					}
				}
			}
		}
	}
	if accepted == 0 || references == 0 {
		x.t.Errorf("%s: %d bodies with %d references", o.Name, accepted, references)
	}
}

func (x *stranger) refused(a ixapitest.Answer, property, id string) {
	x.t.Helper()
	var p ix.Problem
	a.Decode(&p)
	if a.Status != http.StatusBadRequest || a.Problem() != "validation-error" || len(p.Properties) != 1 || p.Properties[0].Name != property {
		x.t.Errorf("%s %s: %d %s", property, id, a.Status, a.Body)
	}
}
