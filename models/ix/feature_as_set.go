package ix

import (
	"regexp"
	"slices"
	"strings"
)

// An AS-SET is a name of letters, digits, underscores and hyphens, or several
// with colons between, some of which may be AS numbers (RFC 2622 section 5.1 and
// RFC 7909). One part at least names a set: RFC 2622 has it begin with AS-, and
// names such as MOON-AS are in use. An IRR is a registry such as RIPE.
var (
	asSetPart  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$`)
	asNumber   = regexp.MustCompile(`^(?i:AS)[0-9]{1,10}$`)
	asSetName  = regexp.MustCompile(`^(?i:AS-.+|.+-AS|.+-AS-.+)$`)
	irrName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	asSetForms = "expected AS-SET@IRR, such as AS-EXAMPLE@RIPE"
)

// readASSet says what is wrong with the text of an AS-SET and its registry.
func readASSet(text string) string {
	set, irr, found := strings.Cut(text, "@")
	if !found || !irrName.MatchString(irr) {
		return asSetForms
	}
	named := false
	for part := range strings.SplitSeq(set, ":") {
		if !asSetPart.MatchString(part) {
			return asSetForms
		}
		named = named || asSetName.MatchString(part)
		if !asNumber.MatchString(part) && !asSetName.MatchString(part) {
			return asSetForms
		}
	}
	if !named {
		return asSetForms
	}
	return ""
}

// checkASSets checks what a session says its network announces: for a feature of
// one address family that one is required, for both at least one.
func checkASSets(s *NetworkFeatureConfig, f *NetworkFeature) []Property {
	var problems []Property
	missing := func(set *string) bool { return set == nil || *set == "" }
	for _, set := range []struct {
		name string
		text *string
	}{{"as_set_v4", s.ASSetV4}, {"as_set_v6", s.ASSetV6}} {
		if missing(set.text) {
			continue
		}
		if reason := readASSet(*set.text); reason != "" {
			problems = append(problems, Property{set.name, reason})
		}
	}
	v4, v6 := slices.Contains(f.AddressFamilies, FamilyIPv4), slices.Contains(f.AddressFamilies, FamilyIPv6)
	switch {
	case v4 && v6:
		if missing(s.ASSetV4) && missing(s.ASSetV6) {
			problems = append(problems, Property{"as_set_v4", "is required unless as_set_v6 is there"}, Property{"as_set_v6", "is required unless as_set_v4 is there"})
		}
	case v4 && missing(s.ASSetV4):
		problems = append(problems, Property{"as_set_v4", "is required"})
	case v6 && missing(s.ASSetV6):
		problems = append(problems, Property{"as_set_v6", "is required"})
	}
	return problems
}
