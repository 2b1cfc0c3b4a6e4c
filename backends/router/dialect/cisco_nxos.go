package dialect

// ciscoNXOS is Cisco NX-OS. A peer group is a peer template there ("inherit
// peer"). NX-OS acts on every line at once, so the neighbor is shut down while
// it is incomplete: it must not come up without its policies, its key or its
// limit. Should a release complain about the removal of a neighbor that is not
// there, Refused does not take that for a refusal.
var ciscoNXOS = &Dialect{
	Name:       "cisco_nxos",
	Platform:   "cisco_nxos",
	AbortLines: []string{"end"},
	template: loadTemplates("cisco_nxos", limits{
		longestText: 80, mostPrefixes: 4294967295, textSpecial: "'", secretSpecial: "!#$;<>",
	}),
	modes:    prompts(`[\w.\-]{1,63}`, `config-router`, `config-router-neighbor`, `config-router(?:-neighbor)?-af`),
	after:    []afterRule{entersConfig, entersBGP, entersFamily, entersNeighbor, leavesConfig},
	refusals: refusals(ciscoRefusals, `.*\b(?:copy|configuration update) (?:failed|aborted)\b`),
	notices:  notices(),
	summary:  []string{"show bgp ipv4 unicast summary", "show bgp ipv6 unicast summary"},
	parse:    parseTables,
}
