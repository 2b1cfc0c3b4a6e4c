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
