package dialect

import _ "embed"

// frroutingPlatform is a definition of vtysh for scrapligo. Its built-in
// cisco_iosxe does not see vtysh's prompts, which end in a space, and
// cumulus_vtysh does not know the prompts inside "router bgp".
//
//go:embed platforms/frrouting.yaml
var frroutingPlatform []byte

// frrouting is FRRouting's vtysh, with bgpd running.
//
// A neighbor is shut down from its first line to its last: every line acts at
// once, and a session must not come up without its policies, its key or its
// limit, nor stay up half configured when a line is refused. A peer group must
// exist ("% Configure the peer-group first" otherwise). The neighbor is
// activated in its own address family, so that it works with and without "bgp
// default ipv4-unicast", and an IPv6 neighbor is taken out of the IPv4 family.
// vtysh silently accepts to remove a neighbor that is not there.
var frrouting = &Dialect{
	Name:        "frrouting",
	Platform:    frroutingPlatform,
	GroupSetsAS: true,
	AbortLines:  []string{"end"},
	template: loadTemplates("frrouting", limits{
		longestText: 200, mostPrefixes: 4294967295, secretSpecial: "!#",
	}),
	modes:    prompts(`[\w.\-@/:]{1,253}`, `config-router`, ``, `config-router-af`),
	after:    []afterRule{entersConfig, entersBGP, entersFamily, leavesFamily, leavesConfig},
	refusals: refusals(ciscoRefusals, frrRefusals),
	notices:  notices(),
	summary:  []string{"show bgp summary json"},
	parse:    parseFRR,
}
