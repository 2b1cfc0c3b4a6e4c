package shadow

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// fields are the fields of a rule in a file and the rules that have them; nil is
// every rule.
var fields = map[string][]RuleKind{
	"name": nil, "action": nil, "path": nil, "rule": nil, "reason": nil, "expires": nil,
	"kinds":  {Ignore},
	"amount": {Tolerance},
	"by":     {Unordered},
	"layout": {Timestamp}, "within": {Timestamp},
	"space": {IDs}, "table": {IDs},
}

// written is a rule as a file has it.
type written struct {
	Name, Action, Path, Reason, Expires, By, Layout, Within, Space string
	Rule                                                           RuleKind
	Kinds                                                          []Kind
	Amount                                                         float64
	Table                                                          map[string]string
}

// ReadRules reads rules from YAML: a list of mappings with the fields of Rule in
// lower case. action, path, rule, reason and expires (2006-01-02) are mandatory;
// the others belong to one kind of rule each, only name to all. The error names
// everything that is wrong, with the numbers of the rules.
func ReadRules(r io.Reader) (*Rules, error) {
	var document yaml.Node
	if err := yaml.NewDecoder(r).Decode(&document); errors.Is(err, io.EOF) {
		return &Rules{}, nil
	} else if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	list := document.Content[0]
	if list.Kind == yaml.ScalarNode && list.Tag == "!!null" {
		return &Rules{}, nil
	}
	if list.Kind != yaml.SequenceNode {
		return nil, errors.New("read rules: the file is not a list of rules")
	}
	rules := &Rules{}
	var errs []error
	seen := map[string]int{}
	for i, node := range list.Content {
		rule, wrong := readRule(node)
		rule.Number = i + 1
		if first, twice := seen[rule.Name]; rule.Name != "" && twice {
			wrong = append(wrong, fmt.Errorf("name %q is that of rule %d", rule.Name, first))
		} else {
			seen[rule.Name] = rule.Number
		}
		for _, err := range wrong {
			errs = append(errs, fmt.Errorf("rule %d: %w", rule.Number, err))
		}
		rules.rules = append(rules.rules, rule)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return rules, nil
}

func readRule(node *yaml.Node) (Rule, []error) {
	if node.Kind != yaml.MappingNode {
		return Rule{}, []error{fmt.Errorf("line %d is not a mapping", node.Line)}
	}
	var errs []error
	var w written
	if err := node.Decode(&w); err != nil {
		var types *yaml.TypeError
		if !errors.As(err, &types) {
			return Rule{}, []error{err}
		}
		for _, text := range types.Errors {
			errs = append(errs, errors.New(text))
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		kinds, known := fields[name]
		if !known {
			errs = append(errs, fmt.Errorf("field %q is none of %s", name, strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
		} else if kinds != nil && !slices.Contains(kinds, w.Rule) {
			errs = append(errs, fmt.Errorf("field %s belongs to %s", name, kinds[0]))
		}
	}
	rule := Rule{
		Name: w.Name, Action: w.Action, Path: w.Path, Rule: w.Rule, Kinds: w.Kinds, Amount: w.Amount, By: w.By,
		Layout: w.Layout, Space: w.Space, Table: w.Table, Reason: w.Reason,
	}
	var err error
	if w.Expires == "" {
		errs = append(errs, errors.New("expires is missing"))
	} else if rule.Expires, err = time.Parse(time.DateOnly, w.Expires); err != nil {
		errs = append(errs, fmt.Errorf("expires %q is no date such as 2006-01-02", w.Expires))
	}
	if w.Within != "" {
		if rule.Within, err = time.ParseDuration(w.Within); err != nil {
			errs = append(errs, fmt.Errorf("within %q is no duration such as 90s", w.Within))
		}
	}
	return rule, append(errs, rule.check()...)
}
