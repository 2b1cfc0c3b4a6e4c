package dialect

// aristaEOS is Arista EOS. The lines are entered in a configuration session and
// committed together. The neighbor is activated in its own address family and
// an IPv6 neighbor taken out of the IPv4 family, whatever "bgp default" says.
// The peer group is to exist beforehand. Should a release complain about the
// removal of a neighbor that is not there, Refused does not take that for a
// refusal.
var aristaEOS = &Dialect{
	Name:       "arista_eos",
	Platform:   "arista_eos",
	Candidate:  true,
	AbortLines: []string{"abort"},
	template: loadTemplates("arista_eos", limits{
		longestText: 200, mostPrefixes: 4294967294, secretSpecial: "!#$;<>",
	}),
	modes: prompts(`[\w.\-@()/: ]{1,63}`, `config(?:-s-[\w.\-]{1,32})?-router-bgp`, ``, `config(?:-s-[\w.\-]{1,32})?-router-bgp-af`),
	after: []afterRule{
		entersConfig, entersBGP, entersFamily, leavesFamily, leavesConfig, commits,
	},
	refusals: refusals(ciscoRefusals),
	notices:  notices(),
	summary:  []string{"show ip bgp summary | json", "show ipv6 bgp summary | json"},
	parse:    parseEOS,
}
