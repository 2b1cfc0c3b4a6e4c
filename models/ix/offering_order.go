package ix

import (
	"time"
)

// ordered returns the product offering that an order names. The problem is of
// the property product_offering when it is not of the resource type and type
// that are ordered (an empty type is any), or cannot be ordered now.
func (tx *Tx) ordered(id, resourceType, objectType string) (*ProductOffering, error) {
	p, err := peek[*ProductOffering](tx, ProductOfferings, id)
	if err != nil {
		return nil, err
	}
	now := time.Unix(tx.Time, 0)
	switch {
	case p.ResourceType != resourceType:
		return nil, InvalidProperty("product_offering", "is an offering of a %s, not of a %s", p.ResourceType, resourceType)
	case objectType != "" && p.Type != objectType:
		return nil, InvalidProperty("product_offering", "is an offering of the type %s, not %s", p.Type, objectType)
	case p.OrderableNotBefore != nil && now.Before(moment(*p.OrderableNotBefore)):
		return nil, InvalidProperty("product_offering", "cannot be ordered before %s", *p.OrderableNotBefore)
	case p.OrderableNotAfter != nil && now.After(moment(*p.OrderableNotAfter)):
		return nil, InvalidProperty("product_offering", "cannot be ordered after %s", *p.OrderableNotAfter)
	}
	return p, nil
}

// moment reads a time that the exchange wrote.
func moment(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// requireRoles checks that role assignments hold at least one of each role. The
// problem is of the property role_assignments and names the roles that are
// missing.
func (tx *Tx) requireRoles(assignments, roles []string) error {
	have := map[string]bool{}
	for _, id := range assignments {
		a, err := peek[*RoleAssignment](tx, RoleAssignments, id)
		if err != nil {
			return err
		}
		have[a.Role] = true
	}
	for _, role := range roles {
		if !have[role] {
			name := role
			if r, err := peek[*Role](tx, Roles, role); err == nil {
				name = r.Name
			}
			return InvalidProperty("role_assignments", "a contact in the role %s is required", name)
		}
	}
	return nil
}
