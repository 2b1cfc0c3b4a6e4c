package handlers_test

import (
	"testing"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// TestPermissions asks for every action with a key for each single permission:
// only the one that the action's effect needs lets it through.
func TestPermissions(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	keys := map[models.Permission]credentials{}
	for _, permission := range models.Permissions() {
		keys[permission] = s.addKey(t, string(permission), permission)
	}
	needed := map[compat.Effect]models.Permission{
		compat.Read: models.PermissionRead, compat.Write: models.PermissionWrite,
		compat.Mail: models.PermissionMail, compat.Device: models.PermissionDevice,
	}
	const denied = `{"success":0,"message":"Permission denied"}`
	for _, action := range compat.Actions() {
		for permission, key := range keys {
			t.Run(action.Key()+" with "+string(permission), func(t *testing.T) {
				t.Parallel()
				// Without parameters no action changes anything.
				answer := s.get(t, key.sign("target="+action.Target+"&action="+action.Name))
				if got := answer.body == denied; got != (needed[action.Effect] != permission) {
					t.Errorf("%s (%s): %s", action.Key(), action.Effect, answer.body)
				}
			})
		}
	}
}

// TestEffects holds the effect of every action, which decides who may call it
// and what may run twice.
func TestEffects(t *testing.T) {
	t.Parallel()
	want := map[string]compat.Effect{
		"peering.getCommunications": compat.Read, "peering.getPeers": compat.Read, "peering.getRequests": compat.Read,
		"peering.getSessions": compat.Read, "peering.addSession": compat.Write, "peering.configureSession": compat.Device,
		"peering.deleteSession": compat.Write, "peering.updateSession": compat.Write, "peering.resetPeerStatus": compat.Write,
		"peering.sendRequest": compat.Mail, "peering.sendEmail": compat.Mail, "peering.updatePeer": compat.Write,
		"lir.get": compat.Read, "lir.add": compat.Write, "lir.update": compat.Write, "lir.delete": compat.Write,
		"resource.get": compat.Read, "resource.add": compat.Write, "resource.update": compat.Write, "resource.delete": compat.Write,
		"test.helloWorld": compat.Read,
	}
	if got := len(compat.Actions()); got != len(want) {
		t.Errorf("%d actions, want %d", got, len(want))
	}
	for _, action := range compat.Actions() {
		if effect, ok := want[action.Key()]; !ok || action.Effect != effect {
			t.Errorf("%s is %s, want %s (listed: %t)", action.Key(), action.Effect, effect, ok)
		}
	}
}

// TestDevicePermissionForUpdate checks that a session which is on a router
// cannot be made to look as if it were not, or were on another, without the
// permission for routers, and that its other values can be changed.
func TestDevicePermissionForUpdate(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"state=not+configured", "type=Other", "resource_id=9", "peer_ipaddr=192.0.2.99", "source_asn=64496"} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			both := s.addKey(t, "both", models.PermissionRead, models.PermissionWrite, models.PermissionDevice)
			writer := s.addKey(t, "writer", models.PermissionRead, models.PermissionWrite)
			if answer := s.get(t, both.sign("target=peering&action=updateSession&id=201&state=established")); !answer.success() {
				t.Fatalf("prepare: %s", answer.body)
			}
			update := "target=peering&action=updateSession&id=201&" + change
			if answer := s.get(t, writer.sign(update)); answer.message(t) != "Permission denied" {
				t.Errorf("without: %s", answer.body)
			}
			if answer := s.get(t, writer.sign("target=peering&action=updateSession&id=201&note=seen")); !answer.success() {
				t.Errorf("note: %s", answer.body)
			}
			if answer := s.get(t, both.sign(update)); !answer.success() {
				t.Errorf("with: %s", answer.body)
			}
		})
	}
}

// TestDevicePermissionForRouters checks that how a router is reached cannot be
// set without the permission for routers, in whatever way, that nothing is done
// then, and that all else of it can be changed.
func TestDevicePermissionForRouters(t *testing.T) {
	t.Parallel()
	const (
		update = "target=resource&action=update&meta[type]=entry&meta[id]="
		add    = "target=resource&action=add&meta[name]=new&meta[type]=entry&meta[section]="
		denied = "Permission denied"
	)
	for _, test := range []struct {
		name, query string
		// without is the message without the permission, with the one with it.
		without, with string
	}{
		{"a host", update + "301&fields[host]=198.51.100.66", denied, "Resource Updated"},
		{"a host and a key", update + "301&fields[host][]=198.51.100.66&fields[host-key][]=ssh-ed25519+AAAA", denied, "Resource Updated"},
		{"no host", update + "301&fields[host][]=", denied, "Resource Updated"},
		{"a port", update + "302&fields[port][]=2222", denied, "Resource Updated"},
		{"a platform", update + "301&fields[platform][]=arista_eos", denied, "Resource Updated"},
		{"a user", update + "302&fields[username][]=root", denied, "Resource Updated"},
		{"a password", update + "302&fields[password][]=p", denied, "Resource Updated"},
		{"the same password", update + "301&fields[password][]=router-password", denied, "Resource Updated"},
		{"a host key", update + "302&fields[host-key][]=ssh-ed25519+AAAA", denied, "Resource Updated"},
		{"among others", update + "301&meta[name]=renamed&fields[local-address]=192.0.2.1&fields[username][7]=root", denied, "Resource Updated"},
		{"a port that is none", update + "301&fields[port]=ssh", denied, "Invalid value for fields[port]: ssh"},
		{"out of the section", update + "301&meta[section]=resource-holder", denied, "Resource Updated"},
		{"out of the section by its id", update + "301&meta[section_id]=96", denied, "Resource Updated"},
		{"into the section", update + "502&meta[section]=router", denied, "Resource Updated"},
		{"into the section by its id", update + "502&meta[section_id]=95&meta[section]=lir", denied, "Resource Updated"},
		{"an LIR into the section", "target=lir&action=update&meta[type]=entry&meta[id]=101&meta[section]=router", denied, "Resource Updated"},
		{"a new router", add + "router&fields[host][]=198.51.100.66", denied, "Resource added"},
		{"a new router by the id of the section", add + "lir&meta[section_id]=95&fields[password]=p", denied, "Resource added"},
		{"deleting", "target=resource&action=delete&id=302", denied, "Routeur n° 2 <b> (302) is in use by session 203 " +
			"Private Interconnect (AS8038/203.0.113.1) - (AS65000/203.0.113.65), session 208 Gamma (AS8038/203.0.113.1) - (AS64510/192.0.2.110)"},
		{"deleting what no session uses", "target=resource&action=delete&id=508", denied, "Resource deleted."},
		{"deleting it with what is below", "target=resource&action=delete&id=508&recursive=1", denied, "Resource deleted."},
		{"deleting what it is below", "target=resource&action=delete&id=501&recursive=1", denied,
			"3 resources deleted. Customers (501) is in use by 6Connect, Inc. (502)"},

		{"the same host", update + "301&fields[host]=203.0.113.1&fields[port]=", "Resource Updated", "Resource Updated"},
		{"name and own address", update + "301&meta[name]=renamed&fields[local-address]=192.0.2.1", "Resource Updated", "Resource Updated"},
		{"nothing", update + "301", "Resource Updated", "Resource Updated"},
		{"fields of what is no router", update + "502&fields[host]=198.51.100.66&fields[contact-name]=c", "Resource Updated", "Resource Updated"},
		{"a new router that cannot be reached", add + "router&fields[host]=", "Resource added", "Resource added"},
		{"what it is below alone", "target=resource&action=delete&id=501", "Customers (501) is in use by 6Connect, Inc. (502), müller & Co/KG (503)",
			"Customers (501) is in use by 6Connect, Inc. (502), müller & Co/KG (503)"},
		{"deleting what has no router below", "target=resource&action=delete&id=507&recursive=1", "Resource deleted.", "Resource deleted."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ask := func(allow ...models.Permission) {
				s := serve(t, nil)
				insertFixtures(t, s.database, "tree")
				if _, err := s.database.Raw.Exec("INSERT INTO resources (id, name, slug, live_slug, type, parent_id, section_id, custom_id, date, modified)" +
					" VALUES (508, 'spare', 'spare', 'spare', 'entry', 504, 95, '', 1, 1)"); err != nil {
					t.Fatal(err)
				}
				all := s.addKey(t, "all", models.Permissions()...)
				state := func() string {
					return s.get(t, all.sign("target=resource&action=get")).body + s.get(t, all.sign("target=lir&action=get")).body
				}
				before := state()
				want := test.without
				if len(allow) == 3 {
					want = test.with
				}
				answer := s.get(t, s.addKey(t, "asking", allow...).sign(test.query))
				if answer.message(t) != want {
					t.Errorf("%v: %s", allow, answer.body)
				}
				if after := state(); want == denied && after != before {
					t.Errorf("a refused call changed\n%s to\n%s", before, after)
				}
			}
			ask(models.PermissionWrite, models.PermissionRead)
			ask(models.PermissionWrite, models.PermissionRead, models.PermissionDevice)
		})
	}
}

// TestDevicePermission checks that deleting a session which is on a router
// needs the permission for routers too, and that without it nothing of the
// request is done.
func TestDevicePermission(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	writer := s.addKey(t, "writer", models.PermissionRead, models.PermissionWrite)
	both := s.addKey(t, "both", models.PermissionRead, models.PermissionWrite, models.PermissionDevice)
	const some = "target=peering&action=deleteSession&public_id=20"
	before := s.get(t, writer.sign("target=peering&action=getSessions"))
	if answer := s.get(t, writer.sign(some)); answer.message(t) != "Permission denied" {
		t.Errorf("without: %s", answer.body)
	}
	if after := s.get(t, writer.sign("target=peering&action=getSessions")); after.body != before.body {
		t.Errorf("a refused delete changed the sessions:\n%s\n%s", before.body, after.body)
	}
	if answer := s.get(t, both.sign(some)); answer.message(t) != "4 sessions deleted." {
		t.Errorf("with: %s", answer.body)
	}
}
