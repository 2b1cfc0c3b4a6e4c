package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/models"
)

// TestRotate turns the keys under a running gateway, which must go on to
// understand requests signed with a secret from before.
func TestRotate(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		office := mustJSON[credential](t, environ, "key", "add", "office", "--allow", "read,write,secrets")
		s := serve(t, environ)
		lir := "target=lir&action=add&meta[name]=Example&meta[type]=entry&meta[section]=lir&fields[rir][]=RIPE&fields[asn][]=64500" +
			"&fields[mnt-by][]=EXAMPLE-MNT&fields[mnt-by-password][]=of-the-registry"
		if a := s.get(office.sign(lir)); a.Success != 1 {
			t.Fatalf("lir add: %+v", a)
		}
		path := strings.TrimPrefix(environ[1], "PROVISION_GATEWAY_SECRETS_KEY_FILE=")
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := mustJSON[models.Rotation](t, environ, "secrets", "rotate")
		if r.Resealed != 2 || len(r.Retired) != 1 || !strings.HasPrefix(string(before), r.Retired[0]+":") {
			t.Errorf("rotation %+v", r)
		}
		after, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(after), r.KeyID+":") || strings.Count(string(after), "\n") != 1 {
			t.Errorf("the key file should hold %s alone: %v", r.KeyID, err)
		}
		a := s.get(office.sign("target=lir&action=get"))
		if a.Success != 1 || !strings.Contains(string(a.Data), "of-the-registry") {
			t.Errorf("lir get after the rotation: %+v", a)
		}
		if out := must(t, environ, "secrets", "rotate"); !strings.HasPrefix(out, "2 secrets are encrypted") {
			t.Errorf("rotate prints %q", out)
		}
		s.end()
		again := serve(t, environ)
		if a := again.get(office.sign("target=lir&action=get")); !strings.Contains(string(a.Data), "of-the-registry") {
			t.Errorf("lir get after a restart: %+v", a)
		}
	})
}

// TestRotateUnderAGatewayThatOnlyWrites has a gateway seal a value right after
// the keys were turned, before it read one that tells it so. The value must
// not be sealed with a key that is gone.
func TestRotateUnderAGatewayThatOnlyWrites(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		const add = "target=lir&action=add&meta[name]=Example&meta[type]=entry&meta[section]=lir&fields[rir][]=RIPE&fields[asn][]=64500" +
			"&fields[mnt-by][]=EXAMPLE-MNT&fields[mnt-by-password][]="
		s := serve(t, environ)
		for i := range 3 {
			value := "value-" + strconv.Itoa(i)
			if a := s.get(add + value); a.Success != 1 {
				t.Fatalf("lir add: %+v", a)
			}
			must(t, environ, "secrets", "rotate")
		}
		if a := s.get(add + "value-3"); a.Success != 1 {
			t.Fatalf("lir add: %+v", a)
		}
		s.end()
		again := serve(t, environ)
		a := again.get("target=lir&action=get")
		for i := range 4 {
			if !strings.Contains(string(a.Data), "value-"+strconv.Itoa(i)) {
				t.Errorf("value-%d is lost: %s", i, a.Data)
			}
		}
	})
}
