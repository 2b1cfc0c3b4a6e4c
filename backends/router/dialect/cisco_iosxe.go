package dialect

// ciscoIOSXE is Cisco IOS and IOS XE. For an IPv4 neighbor the lines are those
// of the documentation of configureSession, which begin with "no neighbor", so
// that Add and Change are the same; a password line is there only when there is
// a password. An IPv6 neighbor is taken out of the IPv4 address family, where
// IOS puts every neighbor unless told otherwise, and activated in its own;
// the peer group is given there too, since membership counts per family.
// Removing a neighbor that is not there is silently accepted, and the group
// must exist already.
var ciscoIOSXE = &Dialect{
	Name:       "cisco_iosxe",
	Platform:   "cisco_iosxe",
	AbortLines: []string{"end"},
	template: loadTemplates("cisco_iosxe", limits{
		longestText: 80, mostPrefixes: 2147483647, textSpecial: "", secretSpecial: "!",
	}),
	modes:    prompts(`[\w.\-@/:]{1,63}`, `config-router`, ``, `config-router-af`),
	after:    []afterRule{entersConfig, entersBGP, entersFamily, leavesFamily, leavesConfig},
	refusals: refusals(ciscoRefusals),
	notices:  notices(),
	summary:  []string{"show bgp ipv4 unicast summary", "show bgp ipv6 unicast summary"},
	parse:    parseTables,
}
