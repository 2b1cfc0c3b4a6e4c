package ix

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// checkSession checks a session with a feature, and with old a change of one. The transaction has locked the
// row of the configuration, which makes sessions of one address wait for each
// other.
func (tx *Tx) checkSession(old, s *NetworkFeatureConfig, c *NetworkServiceConfig, f *NetworkFeature) error {
	s.RoleAssignments, s.Flags = distinct(s.RoleAssignments), distinct(s.Flags)
	var problems []Property
	if f.NetworkService != c.NetworkService {
		problems = append(problems, Property{"network_feature", "is of another network service than the configuration"})
	}
	reason, err := tx.addressProblem(s, c, f)
	if err != nil {
		return err
	}
	if reason != "" {
		problems = append(problems, Property{"ip", reason})
	}
	if s.SessionMode != f.SessionMode {
		problems = append(problems, Property{"session_mode", "must be " + f.SessionMode + " as that of the feature"})
	}
	if !slices.Contains(f.AvailableBGPSessionTypes, s.BGPSessionType) {
		problems = append(problems, Property{"bgp_session_type", "must be one of " + strings.Join(f.AvailableBGPSessionTypes, ", ")})
	}
	if strings.ContainsFunc(s.Password, unicode.IsControl) {
		problems = append(problems, Property{"password", "has control characters"})
	}
	problems = append(problems, checkASSets(s, f)...)
	if reason := flagProblem(s.Flags, f.Flags); reason != "" {
		problems = append(problems, Property{"flags", reason})
	}
	var accounts error
	if old == nil || old.party() != s.party() {
		accounts = tx.usable(&s.Ownable, s.BillingAccount)
	}
	for _, problem := range []error{tx.requireRoles(s.RoleAssignments, f.NFCRequiredContactRoles), accounts} {
		var p *Problem
		if problem != nil && (!errors.As(problem, &p) || p.Properties == nil) {
			return problem
		}
		if problem != nil {
			problems = append(problems, p.Properties...)
		}
	}
	return Invalid(problems...)
}

// addressProblem says why an address cannot have a session with a feature.
func (tx *Tx) addressProblem(s *NetworkFeatureConfig, c *NetworkServiceConfig, f *NetworkFeature) (string, error) {
	a, err := get[*IPAddress](tx, IPs, s.IP)
	if err != nil {
		return "", err
	}
	family := FamilyIPv4
	if a.Version == 6 {
		family = FamilyIPv6
	}
	switch {
	case a.NetworkServiceConfig != c.ID:
		return "is not an address of the configuration", nil
	case !slices.Contains(f.AddressFamilies, family):
		return "the feature has no " + family, nil
	}
	others, err := tx.sessionsOf(c.ID)
	if err != nil {
		return "", err
	}
	for _, other := range others {
		if other.ID != s.ID && other.IP == s.IP && other.NetworkFeature == f.ID && !other.State.Leaving() {
			return "has a session with the feature already", nil
		}
	}
	return "", nil
}

// flagProblem says what is wrong with the choice of flags.
func flagProblem(choices []FlagChoice, flags []FeatureFlag) string {
	seen := map[string]bool{}
	for _, choice := range choices {
		i := slices.IndexFunc(flags, func(flag FeatureFlag) bool { return flag.Name == choice.Name })
		switch {
		case i < 0:
			return choice.Name + " is no flag of the feature"
		case flags[i].Mandatory && !choice.Enabled:
			return choice.Name + " is mandatory and cannot be disabled"
		case seen[choice.Name]:
			return choice.Name + " is there twice"
		}
		seen[choice.Name] = true
	}
	return ""
}
