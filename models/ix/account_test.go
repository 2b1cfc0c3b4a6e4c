package ix

import (
	"strings"
	"testing"
)

// accountBody is an account that is accepted.
func accountBody() sheet {
	return sheet{"name": "Moonpeer Inc.", "address": sheet{
		"country": "US", "locality": "Mountain View", "region": "CA", "postal_code": "9409", "street_address": "1600 Sample Pkwy.",
		"post_office_box_number": "2335232",
	}}
}

func TestAccountsAreRefused(t *testing.T) {
	atBureau(t, func(b *bureau) {
		long := strings.Repeat("ä", 81)
		address := func(name string, value any) sheet {
			return sheet{"address": accountBody()["address"].(sheet).plus(sheet{name: value})}
		}
		for name, c := range map[string]struct {
			more sheet
			want string
		}{
			"no name":               {sheet{"name": nil}, "400 validation-error name"},
			"a long name":           {sheet{"name": long}, "400 validation-error name"},
			"a long legal name":     {sheet{"legal_name": long}, "400 validation-error legal_name"},
			"a long reference":      {sheet{"external_ref": long}, "400 validation-error external_ref"},
			"no address":            {sheet{"address": nil}, "400 validation-error address"},
			"an address in words":   {sheet{"address": "there"}, "400 validation-error address"},
			"no country":            {address("country", nil), "400 validation-error address.country"},
			"a country of three":    {address("country", "USA"), "400 validation-error address.country"},
			"a small country":       {address("country", "us"), "400 validation-error address.country"},
			"no locality":           {address("locality", ""), "400 validation-error address.locality"},
			"a long locality":       {address("locality", long[:82]), "400 validation-error address.locality"},
			"no postal code":        {address("postal_code", nil), "400 validation-error address.postal_code"},
			"a long postal code":    {address("postal_code", long[:50]), "400 validation-error address.postal_code"},
			"no street":             {address("street_address", nil), "400 validation-error address.street_address"},
			"a long region":         {address("region", long), "400 validation-error address.region"},
			"a long box":            {address("post_office_box_number", long), "400 validation-error address.post_office_box_number"},
			"an unknown network":    {sheet{"metro_area_network_presence": []string{"nowhere"}}, "400 validation-error metro_area_network_presence"},
			"managed by another":    {sheet{"managing_account": b.b}, "400 validation-error managing_account"},
			"managed by nobody":     {sheet{"managing_account": "nobody"}, "400 validation-error managing_account"},
			"bills without address": {sheet{"billing_information": sheet{"name": "x"}}, "400 validation-error billing_information.address"},
			"bills without a name":  {sheet{"billing_information": sheet{"address": accountBody()["address"]}}, "400 validation-error billing_information.name"},
			"bills with a long VAT": {sheet{"billing_information": sheet{"name": "x", "vat_number": long, "address": accountBody()["address"]}}, "400 validation-error billing_information.vat_number"},
		} {
			_, err := b.store.Create(b.Context(), b.a, Accounts, accountBody().plus(c.more).body())
			b.want(name, refusal(err), c.want)
		}
	})
}

// An account is managed by who made it, and used after a step.
func TestAccountsLive(t *testing.T) {
	atBureau(t, func(b *bureau) {
		b.store.TermsURL = "https://terms.example.net/"
		a := b.made(b.a, Accounts, accountBody().plus(sheet{"metro_area_network_presence": []string{demoNetwork}, "asns": []int{1}, "id": "mine"}))
		id := a["id"].(string)
		b.want("manager", a["managing_account"], b.a)
		b.want("what cannot be set", []any{a["asns"], a["id"] == "mine"}, "[[] false]")
		b.want("state", b.state(b.a, Accounts, id), "requested toc_required")
		attrs := a["status"].([]any)[0].(map[string]any)["attrs"]
		b.want("where the terms are", attrs, "map[url:https://terms.example.net/]")
		b.steps(3)
		b.want("state after some steps", b.state(b.a, Accounts, id), "requested toc_required")
		_, err := b.store.Create(b.Context(), b.a, Contacts, owned(id, sheet{"name": "x"}).body())
		b.want("a contact meanwhile", refusal(err), "<nil>")
		b.patched(b.a, Accounts, id, sheet{"external_ref": "mine"})
		b.steps(1)
		b.want("state after a change", b.state(b.a, Accounts, id), "requested toc_required")
		b.want("accepted", refusal(b.another().AcceptTerms(b.Context(), id)), "<nil>")
		b.want("state afterwards", b.state(b.a, Accounts, id), "production")
		b.want("accepted again", refusal(b.store.AcceptTerms(b.Context(), id)), "400 unable-to-fulfill")
		b.want("accepted for one in use", refusal(b.store.AcceptTerms(b.Context(), b.a)), "400 unable-to-fulfill")
		b.want("accepted for nobody", refusal(b.store.AcceptTerms(b.Context(), "nobody")), "404 not-found")

		b.want("seen by the manager", len(b.ids(b.a, Accounts, nil)), 2)
		_, err = b.store.Read(b.Context(), b.b, Accounts, id)
		b.want("seen by others", refusal(err), "404 not-found")
		b.patched(b.a, Accounts, id, sheet{"discoverable": true, "billing_information": sheet{"name": "Moon", "address": accountBody()["address"]}})
		b.want("discovered", b.read(b.b, Accounts, id), sheet{"id": id, "name": "Moonpeer Inc.", "metro_area_network_presence": []string{demoNetwork}})
		_, err = b.store.Update(b.Context(), b.b, Accounts, id, sheet{"name": "stolen"}.body(), true)
		b.want("changed by others", refusal(err), "403 permission-denied")
		_, err = b.store.Destroy(b.Context(), b.b, Accounts, id, nil)
		b.want("deleted by others", refusal(err), "403 permission-denied")
		for query, want := range map[string]int{"billable=true": 2, "billable=false": 0, "asn=64496": 1, "asn=1": 0, "name=Moonpeer Inc.": 1, "state=requested": 0, "state__is_not=requested": 2} {
			name, value, _ := strings.Cut(query, "=")
			b.want(query, len(b.ids(b.a, Accounts, Query{name: {value}})), want)
		}
		_, err = b.store.List(b.Context(), b.a, Accounts, Query{"billable": {"maybe"}, "asn": {"x"}})
		b.want("filters", refusal(err), "400 validation-error asn billable")
	})
}

// Where the exchange has no terms, a new account goes on by itself.
func TestAccountsWithoutTerms(t *testing.T) {
	atBureau(t, func(b *bureau) {
		id := b.made(b.a, Accounts, accountBody())["id"]
		b.want("state", b.state(b.a, Accounts, id), "requested")
		b.want("accepted", refusal(b.store.AcceptTerms(b.Context(), id.(string))), "400 unable-to-fulfill")
		b.steps(1)
		b.want("state after a step", b.state(b.a, Accounts, id), "production")
	})
}

// Managing accounts make no ring, and an account is not let go.
func TestManagingAccounts(t *testing.T) {
	atBureau(t, func(b *bureau) {
		middle := b.made(b.a, Accounts, accountBody())["id"].(string)
		low := b.made(b.a, Accounts, accountBody().plus(sheet{"managing_account": middle}))["id"].(string)
		for _, c := range []struct{ name, id, manager, want string }{
			{"itself", middle, middle, "400 validation-error managing_account"},
			{"below", middle, low, "400 validation-error managing_account"},
			{"the top", b.a, low, "400 validation-error managing_account"},
			{"of another", middle, b.b, "400 validation-error managing_account"},
			{"higher", low, b.a, "<nil>"},
		} {
			_, err := b.store.Update(b.Context(), b.a, Accounts, c.id, sheet{"managing_account": c.manager}.body(), true)
			b.want(c.name, refusal(err), c.want)
		}
		after := b.document(b.store.Update(b.Context(), b.a, Accounts, middle, accountBody().plus(sheet{"name": "PUT"}).body(), false))
		b.want("replaced without a manager", []any{after["managing_account"], after["name"]}, []any{b.a, "PUT"})
	})
}

func TestDeletionOfAccounts(t *testing.T) {
	atBureau(t, func(b *bureau) {
		middle := b.made(b.a, Accounts, accountBody())["id"].(string)
		low := b.made(b.a, Accounts, accountBody().plus(sheet{"managing_account": middle}))["id"].(string)
		b.steps(1)
		refused := func(name, id string) {
			b.Helper()
			_, err := b.store.Destroy(b.Context(), b.a, Accounts, id, nil)
			b.want(name, refusal(err), "400 unable-to-fulfill")
		}
		refused("with an account below", middle)
		refused("with a connection", b.a)
		key, secret, err := b.store.IssueCredential(b.Context(), low)
		if err != nil {
			b.Fatal(err)
		}
		contact := b.made(b.a, Contacts, owned(low, sheet{"managing_account": b.a, "name": "N", "email": "n@example.net"}))["id"].(string)
		role := b.made(b.a, RoleAssignments, sheet{"role": roleNOC, "contact": contact})["id"].(string)
		service := b.made(b.a, NetworkServices, b.orders()[TypeCloud].plus(sheet{"consuming_account": low}))["id"].(string)
		refused("with a service", low)
		b.destroyed(b.a, NetworkServices, service, nil)
		refused("with a service that leaves", low)
		b.steps(2)
		b.want("service", b.state(b.a, NetworkServices, service), "decommissioned")
		address := func(account, address string) string {
			return b.made(b.a, IPs, owned(account, sheet{"managing_account": b.a, "version": 4, "address": address, "prefix_length": 24}))["id"].(string)
		}
		registered, other := address(low, "198.51.100.7"), address(b.a, "198.51.100.8")
		gone := b.destroyed(b.a, Accounts, low, nil)
		b.want("another's address", b.read(b.a, IPs, other)["address"], "198.51.100.8")
		b.want("what it was last", gone["state"], "decommissioned")
		for c, id := range map[Collection]string{Accounts: low, Contacts: contact, RoleAssignments: role, IPs: registered} {
			_, err := b.store.Read(b.Context(), b.a, c, id)
			b.want(string(c), refusal(err), "404 not-found")
		}
		_, err = b.store.Authenticate(b.Context(), key, secret)
		b.want("its credential", refusal(err), "401 authentication-error")
		b.destroyed(b.a, Accounts, middle, nil)
	})
}
