package comparison

import (
	"context"
	"maps"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// modes is who answers the actions, and since when.
type modes struct {
	stored   []models.ActionMode
	policies compat.Policies
	changes  map[string]int64
}

// modes reads the modes that are stored, beside those of the configuration.
func (c *Comparer) modes(ctx context.Context) (m modes, err error) {
	if m.stored, err = c.config.Store.ActionModes(ctx); err != nil {
		return m, err
	}
	if m.changes, err = c.config.Store.LastModeChanges(ctx); err != nil {
		return m, err
	}
	m.policies = maps.Clone(c.config.Modes)
	if m.policies == nil {
		m.policies = compat.Policies{}
	}
	for _, row := range m.stored {
		m.policies[row.Pattern] = compat.Policy{Pattern: row.Pattern, Mode: compat.Mode(row.Mode), Share: row.Share}
	}
	return m, nil
}

// of returns who answers an action, and its own stored row, nil when it has none.
func (m modes) of(action string) (policy compat.Policy, own *models.ActionMode) {
	for i, row := range m.stored {
		if row.Pattern == action {
			own = &m.stored[i]
		}
	}
	target, name, _ := strings.Cut(action, ".")
	return m.policies.Of(target, name), own
}

func (m modes) begin(action string) int64 {
	policy, _ := m.of(action)
	return begin(action, policy.Pattern, m.changes)
}

// begin is from when on the counts of an action are of the mode it has: the first
// moment that began after the last change of a pattern that decides, or decided,
// about it, of its share or of being looked at anew. It is 0 when only the
// configuration ever did. What was counted in another mode says little: in shadow,
// nobody gets what is answered here.
func begin(action, decides string, changes map[string]int64) int64 {
	target, _, _ := strings.Cut(action, ".")
	var last int64
	for _, pattern := range []string{action, target + ".*", "*"} {
		last = max(last, changes[pattern])
		if pattern == decides {
			break
		}
	}
	if last == 0 {
		return 0
	}
	return (last + moment) / moment * moment
}
