package dialect

// ciscoIOSXR is Cisco IOS XR. The candidate is entered exclusively, so that
// nobody's changes get in between and a commit asks nothing. The neighbor is
// rebuilt in the candidate: the commit carries only what differs. Policies are
// the neighbor group's; without one, XR exchanges no routes with an external
// peer. The address family must be configured under "router bgp". Removing a
// neighbor that is not there leaves "% No configuration changes to commit.".
var ciscoIOSXR = &Dialect{
	Name:       "cisco_iosxr",
	Platform:   "cisco_iosxr",
	Candidate:  true,
	AbortLines: []string{"abort"},
	WhyLine:    "show configuration failed",
	template: loadTemplates("cisco_iosxr", limits{
		longestText: 80, mostPrefixes: 4294967295, secretSpecial: "!$",
	}),
	modes:    prompts(`[\w.\-@/:]{1,63}`, `config-bgp`, `config-bgp-nbr`, `config-bgp(?:-nbr)?-af`),
	after:    []afterRule{entersConfig, entersBGP, entersFamily, entersNeighbor, leavesConfig},
	refusals: refusals(ciscoRefusals, `!!%|.*\bconfiguration (?:is|database) .*locked\b`),
	notices:  notices(),
	summary:  []string{"show bgp ipv4 unicast summary", "show bgp ipv6 unicast summary"},
	parse:    parseTables,
}
