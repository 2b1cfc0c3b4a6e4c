package handlers_test

import (
	"strings"
	"testing"

	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

const lirSecret = `"mnt_by_password":"password"`

// A key that may not see secrets is compared as if it might: what this side hides
// would be a mismatch in every request.
func TestHiddenSecretsAreCompared(t *testing.T) {
	t.Parallel()
	for _, mode := range []compat.Mode{compat.ModeShadow, compat.ModeVerify} {
		s, _, p := serveBoth(t, compat.Policy{Pattern: "lir.get", Mode: mode})
		blind := s.addKey(t, "blind", models.PermissionRead)
		answer := s.get(t, blind.sign("target=lir&action=get"))
		if strings.Contains(answer.body, lirSecret) {
			t.Errorf("mode %s shows %s", mode, answer.body)
		}
		offered := p.take()
		if len(offered) != 1 || offered[0].Caller != "blind" {
			t.Fatalf("mode %s: offered %+v", mode, offered)
		}
		if own, err := offered[0].Own(t.Context()); err != nil || !strings.Contains(string(own.Body), lirSecret) {
			t.Errorf("mode %s: compared with %+v, %v", mode, own, err)
		}
		if mode == compat.ModeVerify && !strings.Contains(string(offered[0].Answer.Body), lirSecret) {
			t.Errorf("compared is %s", offered[0].Answer.Body)
		}
		// What was made for the comparison is not for the next caller.
		if again := s.get(t, blind.sign("target=lir&action=get")); again.body != answer.body {
			t.Errorf("mode %s: then %s", mode, again.body)
		}
	}
}

// Whether the original's secrets are passed to a key that may not see ours is the
// operator's decision.
func TestSecretsOfTheOriginal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		mode    compat.Mode
		require bool
		query   string
		allow   []models.Permission
		passed  bool
	}{
		{"as the original does", compat.ModeLegacy, false, "target=lir&action=get", nil, true},
		{"required", compat.ModeLegacy, true, "target=lir&action=get", nil, false},
		{"required, in shadow", compat.ModeShadow, true, "target=lir&action=get", nil, false},
		{"required and there", compat.ModeLegacy, true, "target=lir&action=get", []models.Permission{models.PermissionSecrets}, true},
		{"an action without secrets", compat.ModeLegacy, true, "target=resource&action=get", nil, true},
		{"the original where this side fails", compat.ModeVerify, false, "target=lir&action=get", nil, true},
		{"required where this side fails", compat.ModeVerify, true, "target=lir&action=get", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, f, _ := serveBoth(t)
			s := serve(t, func(o *handlers.Options) {
				o.Original, o.RequireSecrets = f, test.require
				o.Modes = compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}, "lir.get": {Pattern: "lir.get", Mode: test.mode, Share: 100}}
			})
			key := s.addKey(t, "k", append(test.allow, models.PermissionRead)...)
			if test.mode == compat.ModeVerify {
				execute(t, s.database, "ALTER TABLE resources RENAME TO away")
			}
			answer := s.get(t, key.sign(test.query))
			if passed := answer.body == firstBody; passed != test.passed || len(f.take()) != oneIfPassed(test.passed) {
				t.Errorf("answered %s", answer.body)
			}
		})
	}
}

func oneIfPassed(passed bool) int {
	if passed {
		return 1
	}
	return 0
}
