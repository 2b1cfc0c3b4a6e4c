package ix

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/models/modelstest"
)

// bureau is the demonstration, with a clock that stands, for two members.
type bureau struct {
	*testing.T
	store *Store
	lent  *modelstest.Lent
	clock *modelstest.Clock
	// a and b are accounts in production, with their connections and the ids of a
	// NOC and an implementation assignment each.
	a, b                     string
	connection, noc, builder map[string]string
}

// atBureau runs f for every kind of database.
func atBureau(t *testing.T, f func(b *bureau)) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			b := &bureau{T: t, clock: modelstest.NewClock(1_800_000_000), connection: map[string]string{}, noc: map[string]string{}, builder: map[string]string{}}
			b.lent = modelstest.Lend(t, kind, b.clock.Now)
			b.store = New(b.lent.Store)
			seeded, err := b.store.SeedDemo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b.a, b.b = seeded.Accounts[0].ID, seeded.Accounts[1].ID
			for _, account := range seeded.Accounts {
				b.connection[account.ID] = account.Connection
				b.noc[account.ID] = b.one(account.ID, RoleAssignments, Query{"role": {roleNOC}})
				b.builder[account.ID] = b.one(account.ID, RoleAssignments, Query{"role": {roleImplementation}})
			}
			f(b)
		})
	}
}

// sheet is a body; values are written as JSON.
type sheet map[string]any

// plus is a body with other values; nil takes a property away.
func (p sheet) plus(other sheet) sheet {
	out := maps.Clone(p)
	for name, value := range other {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = value
		}
	}
	return out
}

func (p sheet) body() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, value := range p {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		out[name] = text
	}
	return out
}

// owned is a body with an account that manages, uses and pays.
func owned(account string, more sheet) sheet {
	return sheet{"managing_account": account, "consuming_account": account, "billing_account": account}.plus(more)
}

func (b *bureau) one(account string, c Collection, q Query) string {
	b.Helper()
	ids := b.ids(account, c, q)
	if len(ids) != 1 {
		b.Fatalf("%s with %v: %v", c, q, ids)
	}
	return ids[0]
}

func (b *bureau) ids(account string, c Collection, q Query) []string {
	b.Helper()
	items, err := b.store.List(b.Context(), account, c, q)
	if err != nil {
		b.Fatal(err)
	}
	ids := []string{}
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	return ids
}

// made creates what must be possible.
func (b *bureau) made(account string, c Collection, p sheet) sheet {
	b.Helper()
	item, err := b.store.Create(b.Context(), account, c, p.body())
	return b.document(item, err)
}

func (b *bureau) document(item Item, err error) sheet {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	var p sheet
	if err := json.Unmarshal(item.Document, &p); err != nil {
		b.Fatal(err)
	}
	return p
}

func (b *bureau) read(account string, c Collection, id any) sheet {
	b.Helper()
	return b.document(b.store.Read(b.Context(), account, c, id.(string)))
}

// patched changes what must be possible.
func (b *bureau) patched(account string, c Collection, id any, p sheet) sheet {
	b.Helper()
	return b.document(b.store.Update(b.Context(), account, c, id.(string), p.body(), true))
}

func (b *bureau) destroyed(account string, c Collection, id any, p sheet) sheet {
	b.Helper()
	return b.document(b.store.Destroy(b.Context(), account, c, id.(string), p.body()))
}

// steps lets a number of intervals pass, and every due object take a step after
// each.
func (b *bureau) steps(n int) {
	b.Helper()
	for range n {
		b.clock.Advance(time.Second)
		if _, err := b.store.Step(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// state is the state of an object and the tags of its status.
func (b *bureau) state(account string, c Collection, id any) string {
	b.Helper()
	p := b.read(account, c, id)
	out := []string{fmt.Sprint(p["state"])}
	for _, s := range p["status"].([]any) {
		out = append(out, s.(map[string]any)["tag"].(string))
	}
	return strings.Join(out, " ")
}

func (b *bureau) want(what string, got, want any) {
	b.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.Errorf("%s: %v, want %v", what, got, want)
	}
}

// refusal is the last part of the type of a problem, and its properties.
func refusal(err error) string {
	var p *Problem
	if err == nil || !errors.As(err, &p) {
		return fmt.Sprint(err)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(p.Type, ProblemBase), ".html")
	out := []string{fmt.Sprint(p.Status, " ", name)}
	for _, property := range p.Properties {
		out = append(out, property.Name)
	}
	slices.Sort(out[1:])
	return strings.Join(out, " ")
}

// config orders a configuration.
func (b *bureau) config(account, objectType string, service any, more sheet) sheet {
	b.Helper()
	p := owned(account, sheet{
		"type": objectType, "network_service": service, "connection": b.connection[account],
		"role_assignments": []string{b.noc[account], b.builder[account]}, "vlan_config": sheet{"vlan_type": "dot1q"},
	})
	return b.made(account, NetworkServiceConfigs, p.plus(more))
}

// write changes what is stored as the exchange.
func (b *bureau) write(f func(tx *Tx) error) {
	b.Helper()
	if err := b.store.Write(b.Context(), "", f); err != nil {
		b.Fatal(err)
	}
}

// another is a store of the same database as of another process.
func (b *bureau) another() *Store { return New(b.lent.Another(b.T)) }
