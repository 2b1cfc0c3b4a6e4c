package exchange

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// wanted is what a session is to be at the exchange.
func (b *bound) wanted(ctx context.Context, s *models.Session, t *target) (ixapi.NewFeatureConfig, error) {
	n := ixapi.NewFeatureConfig{
		Type: ixapi.TypeRouteServer, ManagingAccount: b.ManagingAccount, ConsumingAccount: b.ConsumingAccount, BillingAccount: b.BillingAccount,
		NetworkFeature: t.feature.ID, NetworkServiceConfig: t.config.ID, ASN: *s.SourceASN, SessionMode: t.feature.SessionMode,
		IP: t.ip.ID, RoleAssignments: []string{},
	}
	if s.Password != models.NoPassword {
		n.Password = s.Password
	}
	// A limit of 0 would let no prefix in; the legacy API has it for none.
	if s.PrfxMax != nil && *s.PrfxMax > 0 {
		if s.IPType == "ipv6" {
			n.MaxPrefixV6 = s.PrfxMax
		} else {
			n.MaxPrefixV4 = s.PrfxMax
		}
	}
	// Seen from the route server: passive leaves it to us to connect.
	n.BGPSessionType = "active"
	if len(t.feature.BGPSessionTypes) == 0 || slices.Contains(t.feature.BGPSessionTypes, "passive") {
		n.BGPSessionType = "passive"
	}
	set, err := b.asSet(ctx, s)
	if err != nil {
		return n, err
	}
	if slices.Contains(t.feature.AddressFamilies, ixapi.FamilyIPv4) {
		n.ASSetV4 = &set
	}
	if slices.Contains(t.feature.AddressFamilies, ixapi.FamilyIPv6) {
		n.ASSetV6 = &set
	}
	return n, nil
}

// complete adds what only a new configuration needs: who it belongs to, and who
// is asked about it.
func (b *bound) complete(ctx context.Context, n *ixapi.NewFeatureConfig, t *target) error {
	if n.ManagingAccount == "" || n.ConsumingAccount == "" || n.BillingAccount == "" {
		own, err := b.account(ctx)
		if err != nil {
			return err
		}
		for _, place := range []*string{&n.ManagingAccount, &n.ConsumingAccount, &n.BillingAccount} {
			if *place == "" {
				*place = own
			}
		}
	}
	var names map[string]string
	for _, role := range t.feature.NFCRequiredContactRoles {
		assigned, err := b.Client.RoleAssignments(ctx, role)
		if err != nil {
			return err
		}
		if names == nil && len(b.Contacts) > 0 {
			if names, err = b.roleNames(ctx); err != nil {
				return err
			}
		}
		id := b.choose(assigned, names[role], t.config.RoleAssignments)
		if id == "" {
			return models.Errorf(models.Conflict, "The exchange wants a contact for %s, and no contact has that role", t.feature.Name)
		}
		if !slices.Contains(n.RoleAssignments, id) {
			n.RoleAssignments = append(n.RoleAssignments, id)
		}
	}
	return nil
}

// choose picks the assignment of a role: what the configuration names, else the
// contact that it names for the role, else what the connection has, else the
// first.
func (b *bound) choose(assigned []ixapi.RoleAssignment, role string, connection []string) string {
	contact := ""
	for name, id := range b.Contacts {
		if role != "" && strings.EqualFold(name, role) {
			contact = id
		}
	}
	for _, meets := range []func(ixapi.RoleAssignment) bool{
		func(a ixapi.RoleAssignment) bool { return slices.Contains(b.RoleAssignments, a.ID) },
		func(a ixapi.RoleAssignment) bool { return contact != "" && a.Contact == contact },
		func(a ixapi.RoleAssignment) bool { return contact == "" && slices.Contains(connection, a.ID) },
		func(ixapi.RoleAssignment) bool { return contact == "" },
	} {
		if i := slices.IndexFunc(assigned, meets); i >= 0 {
			return assigned[i].ID
		}
	}
	return ""
}

func (b *bound) roleNames(ctx context.Context) (map[string]string, error) {
	roles, err := b.Client.Roles(ctx)
	names := map[string]string{}
	for _, r := range roles {
		names[r.ID] = r.Name
	}
	return names, err
}

// account is the id of the account that the credentials are for.
func (b *bound) account(ctx context.Context) (string, error) {
	b.mu.Lock()
	own := b.own
	b.mu.Unlock()
	if own != "" {
		return own, nil
	}
	a, err := b.Client.Account(ctx)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.own = a.ID
	return a.ID, nil
}

// asSet is what our network announces, as AS-SET@IRR: from the configuration, or
// what the directory has of the network of the session's source_asn.
func (b *bound) asSet(ctx context.Context, s *models.Session) (string, error) {
	text := b.ASSet
	if text == "" {
		networks, err := b.store.NetworksByASN(ctx, []uint32{*s.SourceASN})
		if err != nil {
			return "", err
		}
		for _, n := range networks {
			if n.IRRASSet != nil && text == "" {
				text = *n.IRRASSet
			}
		}
	}
	if set, ok := readASSet(text, b.IRR); ok {
		return set, nil
	}
	return "", models.Errorf(models.Conflict, "The exchange wants an AS-SET of AS%d with its registry, and none is known: set as_set and irr in the configuration", *s.SourceASN)
}

// readASSet reads the first AS-SET of a text in the forms of PeeringDB: AS-SET,
// IRR::AS-SET and AS-SET@IRR.
func readASSet(text, irr string) (string, bool) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' })
	if len(words) == 0 {
		return "", false
	}
	set := words[0]
	if registry, rest, ok := strings.Cut(set, "::"); ok {
		set, irr = rest, registry
	} else if name, registry, ok := strings.Cut(set, "@"); ok {
		set, irr = name, registry
	}
	return set + "@" + irr, set != "" && irr != ""
}

// change is how what is there differs from what is wanted, by the names of the
// schema. A limit of the other family, that of an address that has one, and flags
// are left to whoever set them.
func change(have ixapi.NetworkFeatureConfig, want ixapi.NewFeatureConfig, ipType string) map[string]any {
	out := map[string]any{}
	if have.ASN != want.ASN {
		out["asn"] = want.ASN
	}
	if have.Password != want.Password {
		out["password"] = want.Password
	}
	if have.IP != want.IP {
		out["ip"] = want.IP
	}
	if want.ASSetV4 != nil && different(have.ASSetV4, want.ASSetV4) {
		out["as_set_v4"] = want.ASSetV4
	}
	if want.ASSetV6 != nil && different(have.ASSetV6, want.ASSetV6) {
		out["as_set_v6"] = want.ASSetV6
	}
	if ipType == "ipv6" && different(have.MaxPrefixV6, want.MaxPrefixV6) {
		out["max_prefix_v6"] = want.MaxPrefixV6
	}
	if ipType != "ipv6" && different(have.MaxPrefixV4, want.MaxPrefixV4) {
		out["max_prefix_v4"] = want.MaxPrefixV4
	}
	return out
}

func different[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a != b
	}
	return *a != *b
}

func joined(numbers []uint32) string {
	var words []string
	for _, n := range numbers {
		words = append(words, "AS"+strconv.FormatUint(uint64(n), 10))
	}
	return strings.Join(words, ", ")
}
