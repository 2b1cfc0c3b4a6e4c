package ixapi_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

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

// body is that of an order. What more says is added to the accounts and texts
// that all objects may have.
func (p *party) body(c ix.Collection, more map[string]any) map[string]any {
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
	return body
}

// order makes an object.
func (p *party) order(t *testing.T, c ix.Collection, more map[string]any) order {
	t.Helper()
	body := p.body(c, more)
	o := order{collection: c, id: p.Create(c, written(t, body)), body: body}
	p.orders = append(p.orders, o)
	return o
}
