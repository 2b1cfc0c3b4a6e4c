package compat

import (
	"fmt"
	"strings"
)

// Mode says who answers an action while its scripts are led from an original
// server to this program.
type Mode string

// The modes.
const (
	// ModeLocal is answered here.
	ModeLocal Mode = "local"
	// ModeLegacy is answered by the original server; its bytes are passed on.
	ModeLegacy Mode = "legacy"
	// ModeShadow is answered by the original; afterwards the same request is
	// answered here for nobody, and the two answers are compared.
	ModeShadow Mode = "shadow"
	// ModeVerify is answered here; afterwards the original is asked too, and the
	// two answers are compared.
	ModeVerify Mode = "verify"
)

// Modes lists all of them.
func Modes() []Mode { return []Mode{ModeLocal, ModeLegacy, ModeShadow, ModeVerify} }

// ParseMode reads a mode.
func ParseMode(s string) (Mode, error) {
	for _, m := range Modes() {
		if string(m) == s {
			return m, nil
		}
	}
	return "", fmt.Errorf("%q is none of local, legacy, shadow, verify", s)
}

// Twice reports whether a mode has a request answered on both sides.
func (m Mode) Twice() bool { return m == ModeShadow || m == ModeVerify }

// Original reports whether the caller gets the original's answer.
func (m Mode) Original() bool { return m == ModeLegacy || m == ModeShadow }

// Suits reports whether an action can be in a mode: what changes a record, sends
// a mail or touches a router must not be done on both sides. It is the only place
// that decides so, and everything that runs a request a second time asks it.
func (m Mode) Suits(e Effect) bool { return !m.Twice() || e == Read }

// A Policy is what somebody decided for an action, or for several.
type Policy struct {
	// Pattern is target.action, target.* or *.
	Pattern string
	Mode    Mode
	// Share is the percentage of requests, 1 to 100, to which the mode applies. Only
	// verify has one below 100: the others are in mode shadow, so that all requests
	// are compared and a mismatch can end the share.
	Share int
}

// Check returns what is wrong with a policy: a pattern that names no known
// action and is no wildcard, a mode that the effect of an action forbids, a share
// of something that can only be moved as a whole. A wildcard covers what the
// table does not know either, which is never asked twice.
func (p Policy) Check() error {
	action, err := policyAction(p.Pattern)
	switch {
	case err != nil:
		return err
	case p.Share < 1 || p.Share > 100:
		return fmt.Errorf("share %d is not between 1 and 100", p.Share)
	case p.Share < 100 && p.Mode.Original():
		return fmt.Errorf("mode %s has no share: all requests are answered by the original", p.Mode)
	case action == nil:
		if p.Share < 100 || p.Mode.Twice() {
			return fmt.Errorf("%s covers actions that are no reads: name the action for mode shadow or verify, or for a share", p.Pattern)
		}
	case !p.Mode.Suits(action.Effect):
		return fmt.Errorf("%s is a %s action and cannot be in mode %s: it would be done twice", p.Pattern, action.Effect, p.Mode)
	case p.Share < 100 && action.Effect != Read:
		return fmt.Errorf("%s is a %s action and is moved as a whole, not by %d percent", p.Pattern, action.Effect, p.Share)
	case p.Share < 100 && p.Mode == ModeLocal:
		return fmt.Errorf("mode local has no share: its answers are compared with nothing; mode verify with share %d answers as many here", p.Share)
	}
	return nil
}

// policyAction is the action that a pattern names; nil for a wildcard, and for an
// action of the original that the table does not have.
func policyAction(pattern string) (*Action, error) {
	target, name, dotted := strings.Cut(pattern, ".")
	if pattern == "*" || dotted && target != "" && name == "*" {
		return nil, nil
	}
	if !dotted || target == "" || name == "" || strings.ContainsAny(pattern, "* \t\r\n") {
		return nil, fmt.Errorf("%q is not of the form target.action, target.* or *", pattern)
	}
	action, _ := Lookup(target, name)
	return action, nil
}

// Policies are those of a gateway, by pattern.
type Policies map[string]Policy

// Of returns the policy of a request for a target and an action: the most
// exact pattern's, and local where there is none.
func (p Policies) Of(target, action string) Policy {
	for _, pattern := range []string{target + "." + action, target + ".*", "*"} {
		if found, ok := p[pattern]; ok {
			return found
		}
	}
	return Policy{Pattern: "*", Mode: ModeLocal, Share: 100}
}

// For returns the mode of one request. The position, 0 to 99, is where the
// request lies among all; it must be the same for equal requests. An action
// outside of the table, and one whose effect forbids its mode, is answered on
// one side only: by whoever the mode says.
func (p Policy) For(action *Action, position int) Mode {
	mode := p.Mode
	if mode == ModeVerify && position >= p.Share && action != nil && action.Effect == Read {
		mode = ModeShadow
	}
	if action != nil && mode.Suits(action.Effect) {
		return mode
	}
	switch mode {
	case ModeShadow:
		return ModeLegacy
	case ModeVerify:
		return ModeLocal
	}
	return mode
}
