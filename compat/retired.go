package compat

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Retired are the actions that have ended, by pattern (target.action, target.* or
// *), each with what is to be used instead.
type Retired map[string]string

// Of returns the pattern that ends an action, which is the most exact one, and the
// replacement. It reports false for an action that has not ended.
func (r Retired) Of(target, action string) (pattern, replacement string, ended bool) {
	if len(r) == 0 {
		return "", "", false
	}
	for _, pattern := range []string{target + "." + action, target + ".*", "*"} {
		if text, ok := r[pattern]; ok {
			return pattern, text, true
		}
	}
	return "", "", false
}

// mostReplacement is the longest text, in bytes, that names a replacement.
const mostReplacement = 500

// CheckRetired returns what is wrong with the end of an action: a pattern as
// Policy.Check refuses it, or a replacement that says nothing or is no plain text.
func CheckRetired(pattern, replacement string) error {
	if _, err := policyAction(pattern); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(replacement) == "":
		return errors.New(pattern + " names no replacement")
	case len(replacement) > mostReplacement:
		return errors.New("the replacement of " + pattern + " is longer than 500 bytes")
	case !utf8.ValidString(replacement) || strings.ContainsFunc(replacement, unicode.IsControl):
		return errors.New("the replacement of " + pattern + " is not plain text")
	}
	return nil
}

// RetiredMessage is what a caller of an ended action is told.
func RetiredMessage(target, action, replacement string) string {
	return target + "." + action + " is no longer available: " + replacement
}
