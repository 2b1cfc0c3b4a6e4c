package shadow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"provision-gateway/compat/shadow/ordered"
)

// RuleKind says what a rule does.
type RuleKind string

// The kinds of rules.
const (
	// Ignore takes away every difference at the path and below.
	Ignore RuleKind = "ignore"
	// Tolerance takes away that numbers, or strings that are decimal numbers on
	// both sides, are at most Amount apart.
	Tolerance RuleKind = "tolerance"
	// Unordered takes away the order of a list, and tells its elements apart by
	// the member By, or by all that they hold.
	Unordered RuleKind = "unordered"
	// Timestamp takes away that times differ which both have the same shape.
	Timestamp RuleKind = "timestamp"
	// IDs takes away that ids differ, as long as one of the original always
	// goes with the same of ours and the other way round.
	IDs RuleKind = "ids"
)

// Rule is a difference that is accepted, where, why and until when.
type Rule struct {
	// Number is its place in the file, from 1.
	Number int
	// Name is what reports call it; may be empty.
	Name string
	// Action is an action (peering.getPeers), those of a target (peering.*) or
	// all (*).
	Action string
	// Path is a pattern of paths: $.data[*].modified, $.data[*].*, $..time; or
	// status or content_type.
	Path string
	Rule RuleKind
	// Kinds limits an ignore to some kinds of differences; empty is all.
	Kinds []Kind
	// Amount is the most that a tolerance allows.
	Amount float64
	// By is the member that tells elements of an unordered list apart.
	By string
	// Layout is the shape of a timestamp: date, datetime (2006-01-02 15:04:05),
	// rfc3339, unix, or a layout of Go's package time. Empty is any of the four,
	// the same on both sides.
	Layout string
	// Within is how far apart timestamps may be; 0 is any distance.
	Within time.Duration
	// Space names the ids that an ids rule maps, so that several rules can
	// share a mapping; empty is a space of the rule's own.
	Space string
	// Table holds ids of the original and which of ours they are.
	Table map[string]string
	// Reason says why the difference is accepted.
	Reason string
	// Expires is the last day, in UTC, on which it is.
	Expires time.Time

	pattern []step
	reverse map[string]string
}

// String is the name of the rule, or rule and its number.
func (r *Rule) String() string {
	if r.Name != "" {
		return r.Name
	}
	return "rule " + strconv.Itoa(r.Number)
}

// Rules are the rules of a file. Nil is no rules.
type Rules struct{ rules []Rule }

// All returns the rules, in their order.
func (rs *Rules) All() []Rule {
	if rs == nil {
		return nil
	}
	return slices.Clone(rs.rules)
}

// Expired returns the rules whose last day is over. They go on being applied, so
// that a date alone never turns matches into mismatches and steps traffic back;
// it is for the check of a report to fail by them.
func (rs *Rules) Expired(now time.Time) []Rule {
	return slices.DeleteFunc(rs.All(), func(r Rule) bool { return now.Before(r.Expires.AddDate(0, 0, 1)) })
}

func (r *Rule) forAction(action string) bool {
	if target, all := strings.CutSuffix(r.Action, ".*"); all {
		return strings.HasPrefix(action, target+".")
	}
	return r.Action == "*" || r.Action == action
}

func (r *Rule) forKind(kind Kind) bool { return len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind) }

// at reports whether the rule is for the path where the comparison is.
func (c *comparison) at(r *Rule, below bool) bool {
	return r.pattern != nil && matches(r.pattern, c.path, below)
}

// ruleFor is the first rule that takes away a difference, or nil.
func (c *comparison) ruleFor(kind Kind, original, own string) *Rule {
	for _, r := range c.rules {
		switch r.Rule {
		case Ignore:
			if r.forKind(kind) && c.at(r, true) {
				return r
			}
		case Tolerance:
			if (kind == Value || kind == Type || kind == Escapes) && c.at(r, false) && r.tolerates(original, own) {
				return r
			}
		case Timestamp:
			if (kind == Value || kind == Escapes) && c.at(r, false) && r.sameShape(original, own) {
				return r
			}
		}
	}
	return nil
}

// unorderedRule is the rule for the list where the comparison is, or nil.
func (c *comparison) unorderedRule() *Rule {
	for _, r := range c.unordered {
		if c.at(r, false) {
			return r
		}
	}
	return nil
}

// idsRule is the rule for the id where the comparison is, or nil.
func (c *comparison) idsRule() *Rule {
	for _, r := range c.ids {
		if c.at(r, false) {
			return r
		}
	}
	return nil
}

// idsRuleBelow is the rule for a member of the elements of the list where the
// comparison is.
func (c *comparison) idsRuleBelow(name string) (rule *Rule) {
	if len(c.ids) > 0 {
		c.within(element(0), func() { c.within(step{name: name}, func() { rule = c.idsRule() }) })
	}
	return rule
}

// blurred reports whether values at the path may differ under a rule, so that
// elements of lists are to be told apart by something else.
func (c *comparison) blurred() bool {
	for _, r := range c.rules {
		if r.Rule != Unordered && len(r.Kinds) == 0 && c.at(r, false) {
			return true
		}
	}
	return false
}

// mapped handles scalars that an ids rule is for, and reports whether there was
// one.
func (c *comparison) mapped(original, own *ordered.Node) bool {
	rule := c.idsRule()
	if rule == nil || original.Kind != own.Kind || original.Kind != ordered.String && original.Kind != ordered.Number {
		return false
	}
	a, b := original.Text(), own.Text()
	switch {
	case !c.pairs.belong(rule, a, b):
		c.report(Value, original.Raw, own.Raw)
	case a != b:
		c.reportBy(rule, Value, original.Raw, own.Raw)
	case original.Raw != own.Raw:
		c.report(Escapes, original.Raw, own.Raw)
	}
	return true
}

func isNumber(text string) bool {
	root, err := ordered.Parse(text)
	return err == nil && root.Kind == ordered.Number
}

func (r *Rule) tolerates(original, own string) bool {
	if strings.HasPrefix(original, `"`) != strings.HasPrefix(own, `"`) {
		return false
	}
	a, b := ordered.Decode(original), ordered.Decode(own)
	return isNumber(a) && isNumber(b) && near(a, b, r.Amount)
}

var shapes = map[string]string{"date": time.DateOnly, "datetime": time.DateTime, "rfc3339": time.RFC3339}

const unix = "unix"

func (r *Rule) sameShape(original, own string) bool {
	if strings.HasPrefix(original, `"`) != strings.HasPrefix(own, `"`) {
		return false
	}
	layouts := []string{r.Layout}
	if r.Layout == "" {
		layouts = []string{"date", "datetime", "rfc3339", unix}
	}
	for _, layout := range layouts {
		a, okA := parseTime(layout, ordered.Decode(original))
		b, okB := parseTime(layout, ordered.Decode(own))
		if okA && okB {
			return r.Within == 0 || a.Sub(b).Abs() <= r.Within
		}
	}
	return false
}

// parseTime reads a time of a shape. Seconds since 1970 count from 2001 to 2286,
// where they have ten digits: other numbers are none.
func parseTime(layout, text string) (time.Time, bool) {
	if layout == unix {
		seconds, err := strconv.ParseInt(text, 10, 64)
		return time.Unix(seconds, 0), err == nil && len(text) == 10 && digits(text)
	}
	if known, ok := shapes[layout]; ok {
		layout = known
	}
	t, err := time.Parse(layout, text)
	return t, err == nil
}

// check finds what is wrong with a rule and prepares it.
func (r *Rule) check() []error {
	var errs []error
	bad := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if r.Action == "" {
		bad("action is missing")
	} else if name := strings.TrimSuffix(r.Action, ".*"); r.Action != "*" && (strings.Contains(name, "*") || name == r.Action && !strings.Contains(name, ".")) {
		bad("action %q is neither target.action nor target.* nor *", r.Action)
	}
	switch {
	case r.Path == "":
		bad("path is missing")
	case r.Path == "status" || r.Path == "content_type":
		if r.Rule != Ignore {
			bad("path %s can only be ignored", r.Path)
		}
	default:
		var err error
		if r.pattern, err = parsePath(r.Path); err != nil {
			bad("path %q: %w", r.Path, err)
		} else if r.pattern == nil {
			r.pattern = []step{}
		}
	}
	if strings.TrimSpace(r.Reason) == "" {
		bad("reason is missing")
	}
	if !slices.Contains([]RuleKind{Ignore, Tolerance, Unordered, Timestamp, IDs}, r.Rule) {
		bad("rule %q is none of ignore, tolerance, unordered, timestamp, ids", r.Rule)
	}
	for _, kind := range r.Kinds {
		if !slices.Contains(Kinds(), kind) {
			bad("kind %q does not exist", kind)
		}
	}
	if r.Rule == Tolerance && !(r.Amount > 0) {
		bad("amount of a tolerance must be more than 0")
	}
	if r.Within < 0 {
		bad("within must not be negative")
	}
	if _, known := shapes[r.Layout]; r.Layout != "" && r.Layout != unix && !known {
		// A layout that no time was put into reads back as itself.
		if time.Unix(1e9, 0).Format(r.Layout) == r.Layout {
			bad("layout %q is neither a shape nor a layout of times", r.Layout)
		}
	}
	r.reverse = make(map[string]string, len(r.Table))
	for original, own := range r.Table {
		if _, twice := r.reverse[own]; twice {
			bad("table maps several ids to %q", own)
		}
		r.reverse[own] = original
	}
	return errs
}
