package sessions_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// newKey makes a host key: the line of an authorized_keys file and its
// fingerprint.
func newKey(t testing.TB) (line, fingerprint string) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))), ssh.FingerprintSHA256(key)
}

// A host key is stored when it is the first, or is to replace another, and is
// the expected one.
func TestTrust(t *testing.T) {
	t.Parallel()
	shown, print := newKey(t)
	other, otherPrint := newKey(t)
	third, _ := newKey(t)
	differs := fmt.Sprintf("Router jr1 shows the key %s, but another one is stored: make sure that it was changed on purpose, then replace it", print)
	unexpected := fmt.Sprintf("Router jr1 shows the key %s, not %s", print, otherPrint)
	each(t, func(t *testing.T, f *fixture) {
		f.routers.keys["jr1"] = shown
		for _, tc := range []struct {
			name, stored, expected string
			replace                bool
			// want is what is stored in the end, refusal the Conflict.
			want, refusal string
		}{
			{"first", "", "", false, shown, ""},
			{"first, expected", "", print, false, shown, ""},
			{"first, not the expected one", "", otherPrint, false, "", unexpected},
			{"first, not the expected one, replace", "", otherPrint, true, "", unexpected},
			{"first, expected without its kind", "", strings.TrimPrefix(print, "SHA256:"), false, "",
				fmt.Sprintf("Router jr1 shows the key %s, not %s", print, strings.TrimPrefix(print, "SHA256:"))},
			{"only a comment", "# none yet\n\n", "", false, shown, ""},
			{"same", shown, "", false, shown, ""},
			{"same, with a comment", shown + " jr1 console", "", false, shown + " jr1 console", ""},
			{"same, replace", shown, "", true, shown, ""},
			{"same, not the expected one", shown, otherPrint, false, shown, unexpected},
			{"second of several", "# old\n" + other + "\n" + shown, "", false, "# old\n" + other + "\n" + shown, ""},
			{"none of several", other + "\n" + third, "", false, other + "\n" + third, differs},
			{"another", other, "", false, other, differs},
			{"another, expected", other, print, false, other, differs},
			{"another, replace", other, "", true, shown, ""},
			{"another, replace, expected", other, print, true, shown, ""},
			{"another, replace, not the expected one", other, otherPrint, true, other, unexpected},
			{"unreadable", "ssh-ed25519 AAAA", "", false, "ssh-ed25519 AAAA", differs},
			{"unreadable beside the same", shown + "\nssh-ed25519 AAAA", "", false, shown + "\nssh-ed25519 AAAA", differs},
			{"unreadable, replace", shown + "\nssh-ed25519 AAAA", "", true, shown, ""},
		} {
			f.write(t, func(tx *models.Tx) error { return tx.SetHostKey(f.junos, tc.stored) })
			if got := f.resource(t, f.junos).HostKey; got != tc.stored {
				t.Fatalf("%s: stored %q", tc.name, got)
			}
			got, err := f.sessions.Trust(within(t), f.resource(t, f.junos), tc.expected, tc.replace)
			if tc.refusal == "" && err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			if tc.refusal != "" {
				refused(t, tc.name, err, models.Conflict, tc.refusal)
			}
			// The key is told also where it is not stored, for somebody to compare.
			if want := (sessions.HostKey{Key: shown, Fingerprint: print}); got != want {
				t.Errorf("%s: %+v", tc.name, got)
			}
			if stored := f.resource(t, f.junos).HostKey; stored != tc.want {
				t.Errorf("%s: %q is stored, want %q", tc.name, stored, tc.want)
			}
			equal(t, tc.name, f.routers.taken(), "key of jr1")
		}
		if r := f.resource(t, f.junos); r.Password() != "stored-secret-2" || r.Host != "192.0.2.251" {
			t.Errorf("the rest of %v changed", r)
		}
	})
}

// Nothing is stored when the router shows no key.
func TestTrustFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		r := f.resource(t, f.cisco)
		f.routers.answer = func(call) error { return certain }
		if got, err := f.sessions.Trust(within(t), r, "", true); err != certain || got != (sessions.HostKey{}) {
			t.Errorf("unreachable: %+v, %v", got, err)
		}
		f.routers.answer = nil
		f.routers.keys["ar1"] = "no key"
		if got, err := f.sessions.Trust(within(t), r, "", true); err == nil || got != (sessions.HostKey{Key: "no key"}) && got != (sessions.HostKey{}) {
			t.Errorf("no key: %+v, %v", got, err)
		}
		if stored := f.resource(t, f.cisco).HostKey; stored != r.HostKey {
			t.Errorf("stored %q", stored)
		}
		f.routers.taken()
		bare := f.router(t, "ar3")
		_, err := f.sessions.Trust(within(t), f.resource(t, bare), "", false)
		refused(t, "no host", err, models.Invalid, "Router ar3 has no host")
		equal(t, "calls", f.routers.taken())
		f.routers.keys["ar3"], _ = newKey(t)
		gone := *r
		gone.ID, gone.Name, gone.HostKey = 99999, "ar3", ""
		if _, err := f.sessions.Trust(within(t), &gone, "", false); models.ErrorCode(err) != models.NotFound {
			t.Errorf("deleted router: %v", err)
		}
	})
}

// FuzzFingerprint gives texts that are no keys: the answer is an error or a
// fingerprint of the usual form.
func FuzzFingerprint(f *testing.F) {
	line, _ := newKey(f)
	for _, seed := range []string{"", line, line + " comment", "# " + line, "\n\n" + line + "\nx", "ssh-ed25519 AAAA", `command="x" ` + line, "ssh-rsa =", line[:40]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, keys string) {
		got, err := sessions.Fingerprint(keys)
		if err != nil && got != "" || err == nil && (!strings.HasPrefix(got, "SHA256:") || len(got) != len("SHA256:")+43) {
			t.Errorf("%q, %v", got, err)
		}
	})
}
