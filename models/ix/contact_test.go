package ix

import (
	"errors"
	"strings"
	"testing"
)

func TestContactsAreRefused(t *testing.T) {
	atBureau(t, func(b *bureau) {
		for name, c := range map[string]struct {
			more sheet
			want string
		}{
			"nothing else":             {sheet{}, "<nil>"},
			"a number with spaces":     {sheet{"telephone": "+123 123123123123"}, "<nil>"},
			"null":                     {sheet{"telephone": nil, "email": nil, "name": nil}, "<nil>"},
			"no account":               {sheet{"managing_account": nil}, "400 validation-error managing_account"},
			"for another":              {sheet{"consuming_account": b.b}, "400 validation-error consuming_account"},
			"a word as a number":       {sheet{"telephone": "ask"}, "400 validation-error telephone"},
			"a plus":                   {sheet{"telephone": "+"}, "400 validation-error telephone"},
			"a long number":            {sheet{"telephone": strings.Repeat("1", 41)}, "400 validation-error telephone"},
			"a long name":              {sheet{"name": strings.Repeat("n", 129)}, "400 validation-error name"},
			"no address of mail":       {sheet{"email": "noc"}, "400 validation-error email"},
			"an address with a name":   {sheet{"email": "N <n@example.net>"}, "400 validation-error email"},
			"a header in the address":  {sheet{"email": "n@example.net\r\nBcc: x@example.net"}, "400 validation-error email"},
			"two addresses":            {sheet{"email": "n@example.net, m@example.net"}, "400 validation-error email"},
			"a number that is a digit": {sheet{"telephone": 1}, "400 validation-error telephone"},
		} {
			_, err := b.store.Create(b.Context(), b.a, Contacts, owned(b.a, c.more).body())
			b.want(name, refusal(err), c.want)
		}
	})
}

// A role needs certain properties, which a contact keeps as long as it has the
// role.
func TestRequiredFieldsOfRoles(t *testing.T) {
	atBureau(t, func(b *bureau) {
		contact := b.made(b.a, Contacts, owned(b.a, sheet{"name": "N", "email": ""}))["id"]
		assign := func(account string, p sheet) (Item, error) {
			return b.store.Create(b.Context(), account, RoleAssignments, p.body())
		}
		for name, c := range map[string]struct {
			account string
			body    sheet
			want    string
		}{
			"no email":             {b.a, sheet{"role": roleNOC, "contact": contact}, "400 unable-to-fulfill"},
			"unknown role":         {b.a, sheet{"role": "role:king", "contact": contact}, "400 validation-error role"},
			"no role":              {b.a, sheet{"contact": contact}, "400 validation-error role"},
			"no contact":           {b.a, sheet{"role": roleNOC}, "400 validation-error contact"},
			"a contact of another": {b.b, sheet{"role": roleNOC, "contact": contact}, "400 validation-error contact"},
		} {
			_, err := assign(c.account, c.body)
			b.want(name, refusal(err), c.want)
		}
		b.patched(b.a, Contacts, contact, sheet{"email": "n@example.net"})
		item, err := assign(b.a, sheet{"role": roleNOC, "contact": contact})
		role := b.document(item, err)
		b.want("assignment", role, sheet{"id": role["id"], "role": roleNOC, "contact": contact})
		_, err = assign(b.a, sheet{"role": roleImplementation, "contact": contact})
		b.want("a role that needs more", refusal(err), "400 unable-to-fulfill")
		_, err = b.store.Update(b.Context(), b.a, Contacts, contact.(string), sheet{"email": nil}.body(), true)
		b.want("null for what the role needs", refusal(err), "400 unable-to-fulfill")
		_, err = b.store.Update(b.Context(), b.a, Contacts, contact.(string), sheet{"email": ""}.body(), true)
		b.want("what the role needs", refusal(err), "400 unable-to-fulfill")

		b.want("roles of the contact", b.ids(b.a, Roles, Query{"contact": {contact.(string)}}), "[role:noc]")
		b.want("roles by name", b.ids(b.b, Roles, Query{"name": {"legal", "peering"}}), "[role:peering role:legal]")
		b.want("assignments of the contact", b.ids(b.a, RoleAssignments, Query{"contact": {contact.(string)}}), []any{role["id"]})
		_, err = b.store.Read(b.Context(), b.b, RoleAssignments, role["id"].(string))
		b.want("read by another", refusal(err), "404 not-found")
		_, err = b.store.Destroy(b.Context(), b.b, RoleAssignments, role["id"].(string), nil)
		b.want("deleted by another", refusal(err), "404 not-found")
		_, err = b.store.Update(b.Context(), b.a, RoleAssignments, role["id"].(string), nil, true)
		b.want("changed", refusal(err), "404 not-found")
	})
}

// An assignment is seen by the accounts of its contact, also after a change.
func TestAssignmentsFollowTheContact(t *testing.T) {
	atBureau(t, func(b *bureau) {
		low := b.made(b.a, Accounts, accountBody())["id"].(string)
		contact := b.made(b.a, Contacts, owned(b.a, sheet{"name": "N", "email": "n@example.net"}))["id"]
		role := b.made(b.a, RoleAssignments, sheet{"role": roleNOC, "contact": contact})["id"].(string)
		_, err := b.store.Read(b.Context(), low, RoleAssignments, role)
		b.want("before", refusal(err), "404 not-found")
		b.patched(b.a, Contacts, contact, sheet{"consuming_account": low})
		b.want("after", b.read(low, RoleAssignments, role)["id"], role)
		_, err = b.store.Destroy(b.Context(), low, RoleAssignments, role, nil)
		b.want("deleted by who does not manage it", refusal(err), "403 permission-denied")
		_, err = b.store.Create(b.Context(), low, RoleAssignments, sheet{"role": roleNOC, "contact": contact}.body())
		b.want("made by who does not manage the contact", refusal(err), "403 permission-denied")
	})
}

// What a connection or a configuration needs is not deleted.
func TestRolesInUse(t *testing.T) {
	atBureau(t, func(b *bureau) {
		role := b.read(b.a, RoleAssignments, b.noc[b.a])
		for c, id := range map[Collection]any{RoleAssignments: role["id"], Contacts: role["contact"]} {
			_, err := b.store.Destroy(b.Context(), b.a, c, id.(string), nil)
			b.want(string(c), refusal(err), "409 constraint-violation")
			var p *Problem
			if !errors.As(err, &p) || p.Conflict == nil || *p.Conflict != (Conflict{
				ResourceType: string(c), ResourceID: id.(string), RemoteResourceType: "connections", RemoteResourceID: b.connection[b.a],
			}) {
				b.Errorf("conflict of %s: %+v", c, p)
			}
		}
		contact := b.made(b.a, Contacts, owned(b.a, sheet{"name": "N", "email": "n@example.net"}))["id"]
		one := b.made(b.a, RoleAssignments, sheet{"role": roleNOC, "contact": contact})["id"]
		cloud := b.made(b.a, NetworkServices, b.orders()[TypeCloud])["id"]
		config := b.config(b.a, TypeCloud, cloud, sheet{"handover": 1, "cloud_vlan": nil, "role_assignments": []any{one}})
		_, err := b.store.Destroy(b.Context(), b.a, RoleAssignments, one.(string), nil)
		b.want("of a configuration", refusal(err), "409 constraint-violation")
		b.destroyed(b.a, NetworkServices, cloud, nil)
		_, err = b.store.Destroy(b.Context(), b.a, RoleAssignments, one.(string), nil)
		b.want("of one that leaves", refusal(err), "409 constraint-violation")
		b.steps(3)
		b.want("configuration", b.read(b.a, NetworkServiceConfigs, config["id"])["state"], "decommissioned")
		b.destroyed(b.a, Contacts, contact, nil)
		_, err = b.store.Read(b.Context(), b.a, RoleAssignments, one.(string))
		b.want("assignment of a contact that went", refusal(err), "404 not-found")
	})
}
