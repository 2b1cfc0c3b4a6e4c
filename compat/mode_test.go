package compat_test

import (
	"strings"
	"testing"

	"provision-gateway/compat"
)

// Nothing but a read can ever be answered on both sides, whatever somebody
// configured, by whichever pattern, and wherever the request lies.
func TestOnlyReadsAreAnsweredTwice(t *testing.T) {
	t.Parallel()
	for _, a := range append(compat.Actions(), nil) {
		for _, mode := range compat.Modes() {
			for _, share := range []int{1, 50, 100} {
				policy := compat.Policy{Pattern: "*", Mode: mode, Share: share}
				for position := range 100 {
					got := policy.For(a, position)
					if got.Twice() && (a == nil || a.Effect != compat.Read) {
						t.Fatalf("%v in %s, %d%%, at %d: %s", a, mode, share, position, got)
					}
					if a != nil && a.Effect != compat.Read && got.Original() != mode.Original() {
						t.Fatalf("%s is moved by halves: %s of %s", a.Key(), got, mode)
					}
				}
			}
			if a != nil && mode.Suits(a.Effect) != (!mode.Twice() || a.Effect == compat.Read) {
				t.Errorf("%s suits %s", mode, a.Key())
			}
		}
	}
}

func TestPolicyFor(t *testing.T) {
	t.Parallel()
	read, _ := compat.Lookup("peering", "getPeers")
	for _, test := range []struct {
		mode             compat.Mode
		share            int
		position         int
		want, ofUnknowns compat.Mode
	}{
		{compat.ModeLocal, 100, 99, compat.ModeLocal, compat.ModeLocal},
		{compat.ModeLocal, 25, 24, compat.ModeLocal, compat.ModeLocal},
		{compat.ModeLocal, 25, 25, compat.ModeLocal, compat.ModeLocal},
		{compat.ModeLegacy, 100, 0, compat.ModeLegacy, compat.ModeLegacy},
		{compat.ModeShadow, 100, 99, compat.ModeShadow, compat.ModeLegacy},
		{compat.ModeVerify, 100, 99, compat.ModeVerify, compat.ModeLocal},
		{compat.ModeVerify, 1, 0, compat.ModeVerify, compat.ModeLocal},
		{compat.ModeVerify, 1, 1, compat.ModeShadow, compat.ModeLocal},
	} {
		policy := compat.Policy{Pattern: "*", Mode: test.mode, Share: test.share}
		if got := policy.For(read, test.position); got != test.want {
			t.Errorf("%+v of a read: %s", test, got)
		}
		if got := policy.For(nil, test.position); got != test.ofUnknowns {
			t.Errorf("%+v of what the table does not know: %s", test, got)
		}
	}
}

func TestPoliciesOf(t *testing.T) {
	t.Parallel()
	p := compat.Policies{
		"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}, "peering.*": {Pattern: "peering.*", Mode: compat.ModeLocal, Share: 100},
		"peering.getPeers": {Pattern: "peering.getPeers", Mode: compat.ModeVerify, Share: 5},
	}
	for _, test := range []struct{ target, action, pattern string }{
		{"peering", "getPeers", "peering.getPeers"}, {"peering", "getSessions", "peering.*"}, {"peering", "", "peering.*"},
		{"ipam", "get", "*"}, {"", "", "*"}, {"PEERING", "getPeers", "*"},
	} {
		if got := p.Of(test.target, test.action); got.Pattern != test.pattern {
			t.Errorf("%s.%s: %+v", test.target, test.action, got)
		}
	}
	if got := (compat.Policies)(nil).Of("peering", "getPeers"); got.Mode != compat.ModeLocal || got.Share != 100 {
		t.Errorf("without policies: %+v", got)
	}
}

func TestPolicyCheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy compat.Policy
		want   string
	}{
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeShadow, Share: 100}, ""},
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeVerify, Share: 1}, ""},
		{compat.Policy{Pattern: "peering.addSession", Mode: compat.ModeLegacy, Share: 100}, ""},
		{compat.Policy{Pattern: "ipam.smartAssign", Mode: compat.ModeLegacy, Share: 100}, ""},
		{compat.Policy{Pattern: "ipam.*", Mode: compat.ModeLegacy, Share: 100}, ""},
		{compat.Policy{Pattern: "*", Mode: compat.ModeLocal, Share: 100}, ""},
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeVerify, Share: 0}, "share 0 is not between 1 and 100"},
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeVerify, Share: 101}, "share 101 is not between 1 and 100"},
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeLegacy, Share: 5}, "mode legacy has no share"},
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeShadow, Share: 5}, "mode shadow has no share"},
		{compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeLocal, Share: 25}, "mode local has no share: its answers are compared with nothing; mode verify with share 25"},
		{compat.Policy{Pattern: "lir.add", Mode: compat.ModeVerify, Share: 100}, "lir.add is a write action and cannot be in mode verify"},
		{compat.Policy{Pattern: "peering.sendRequest", Mode: compat.ModeShadow, Share: 100}, "is a mail action"},
		{compat.Policy{Pattern: "peering.configureSession", Mode: compat.ModeShadow, Share: 100}, "is a device action"},
		{compat.Policy{Pattern: "lir.add", Mode: compat.ModeLocal, Share: 50}, "is moved as a whole, not by 50 percent"},
		{compat.Policy{Pattern: "peering.*", Mode: compat.ModeShadow, Share: 100}, "covers actions that are no reads"},
		{compat.Policy{Pattern: "*", Mode: compat.ModeLocal, Share: 50}, "covers actions that are no reads"},
		{compat.Policy{Pattern: "ipam.get", Mode: compat.ModeShadow, Share: 100}, "covers actions that are no reads"},
		{compat.Policy{Pattern: "getPeers", Mode: compat.ModeLocal, Share: 100}, "not of the form"},
		{compat.Policy{Pattern: "peering.get*", Mode: compat.ModeLocal, Share: 100}, "not of the form"},
		{compat.Policy{Pattern: ".getPeers", Mode: compat.ModeLocal, Share: 100}, "not of the form"},
		{compat.Policy{Pattern: "peering.", Mode: compat.ModeLocal, Share: 100}, "not of the form"},
		{compat.Policy{Pattern: "", Mode: compat.ModeLocal, Share: 100}, "not of the form"},
	} {
		err := test.policy.Check()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test.policy, err)
		}
	}
}

func TestParseMode(t *testing.T) {
	t.Parallel()
	for _, mode := range compat.Modes() {
		if got, err := compat.ParseMode(string(mode)); err != nil || got != mode {
			t.Errorf("%s: %s, %v", mode, got, err)
		}
	}
	for _, word := range []string{"", "Local", "shade", "legacy "} {
		if _, err := compat.ParseMode(word); err == nil {
			t.Errorf("%q is a mode", word)
		}
	}
}
