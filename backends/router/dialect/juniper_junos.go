package dialect

import "regexp"

// juniperJunos is Junos OS. The lines are entered in a private candidate and
// committed together; "delete" of what is not there is only a warning. A
// neighbor is part of its group's path (GroupInPath), and Junos makes a group
// that does not exist: one without policies takes and announces what Junos does
// by default. A neighbor without a peer group is put into the group
// peers-ipv4 or peers-ipv6. The address family is set only for a limit or where
// there is no peer group, since it hides all that a group says of families.
// The router's own AS number is not part of the lines; it is that of
// "routing-options" or of the group.
var juniperJunos = &Dialect{
	Name:        "juniper_junos",
	Platform:    "juniper_junos",
	Candidate:   true,
	GroupInPath: true,
	AbortLines:  []string{"top", "rollback", "exit configuration-mode"},
	template: loadTemplates("juniper_junos", limits{
		longestText: 200, mostPrefixes: 4294967295, textSpecial: "", secretSpecial: "$;{}#<>",
	}),
	modes: []modePattern{
		{Config, regexp.MustCompile(`^[\w\-@()/:.]{1,63}#$`)},
		{Privileged, regexp.MustCompile(`^[\w\-@()/:.]{1,63}>$`)},
	},
	after: []afterRule{
		{Config, regexp.MustCompile(`^(?:configure|edit)(?: (?:private|exclusive))?$`)},
		{Privileged, regexp.MustCompile(`^(?:commit (?:.* )?and-quit|exit configuration-mode)$`)},
	},
	refusals: refusals(`syntax error|unknown command|missing (?:argument|or)|.*\bis ambiguous\b|no valid completions|` +
		`.*\bexpecting\b|invalid |error in |could not |commit failed|.*\bcheck-out failed\b|permission denied`),
	notices: notices(`warning:`),
	summary: []string{"show bgp summary"},
	parse:   parseJunos,
}
