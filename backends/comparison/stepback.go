package comparison

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// StepBack says when a read that is answered here is given back to the original:
// when both limits are passed within the window. A person decides when it is tried
// again.
type StepBack struct {
	// Window is the time that is looked back; not before the mode was last changed.
	Window time.Duration
	// Mismatches is how many requests must have been answered wrong or not at all
	// here; 0 never steps back.
	Mismatches int
	// Percent is how many of a hundred compared requests these must be.
	Percent int
}

// changer is who changed a mode that this package changed.
const changer = "gateway"

// due reports whether the counts of a window pass the limits.
func (s StepBack) due(counts map[string]int64) bool {
	bad := counts[mismatched] + counts[ownErrors]
	return s.Mismatches > 0 && bad >= int64(s.Mismatches) && bad*100 >= int64(s.Percent)*compared(counts)
}

// compared is how many requests have a result.
func compared(counts map[string]int64) int64 {
	return counts[matched] + counts[ignored] + counts[noisy] + counts[mismatched] + counts[unsettled] + counts[ownErrors]
}

// reason names the figures.
func (s StepBack) reason(counts map[string]int64) string {
	return fmt.Sprintf("%d mismatches and %d errors among %d compared requests within %v (limits: %d, and %d %%)",
		counts[mismatched], counts[ownErrors], compared(counts), s.Window, s.Mismatches, s.Percent)
}

// stepBack looks at the actions of which something bad was counted.
func (c *Comparer) stepBack(ctx context.Context, m modes, counts []models.ComparisonCount, now time.Time) error {
	suspects := map[string]bool{}
	for _, count := range counts {
		if count.Name == mismatched || count.Name == ownErrors {
			suspects[count.Action] = true
		}
	}
	if c.config.StepBack.Mismatches == 0 {
		return nil
	}
	var errs []error
	for action := range suspects {
		errs = append(errs, c.stepBackAction(ctx, action, m, now))
	}
	return errors.Join(errs...)
}

func (c *Comparer) stepBackAction(ctx context.Context, key string, m modes, now time.Time) error {
	policy, row := m.of(key)
	target, name, _ := strings.Cut(key, ".")
	action, _ := compat.Lookup(target, name)
	if action == nil || action.Effect != compat.Read || policy.Mode.Original() {
		return nil
	}
	from := max(now.Add(-c.config.StepBack.Window).Unix(), m.begin(key))
	counts, err := c.config.Store.ComparisonSum(ctx, key, moment, from)
	if err != nil || !c.config.StepBack.due(counts) {
		return err
	}
	back := models.ActionMode{
		Pattern: key, Mode: string(compat.ModeShadow), Share: 100, ChangedBy: changer, Reason: c.config.StepBack.reason(counts),
	}
	// Somebody else may have changed it since, another gateway for the same reason
	// among them.
	replaced, err := c.config.Store.ReplaceActionMode(ctx, row, back)
	if replaced {
		c.config.Logger.Warn("the original answers again what was answered wrong here", "action", key,
			"mode", string(policy.Mode), "share", policy.Share, "reason", back.Reason)
	}
	return err
}
