package routerfake

import (
	"regexp"
	"strings"
)

// platform is what tells the command line of one platform from another.
type platform struct {
	// space follows a prompt.
	space string
	// before and name stand around the name of the router in a prompt.
	before string
	// login is the mode after the login, and configuring that of the top of
	// the configuration.
	login, configuring mode
	// steps lead from mode to mode.
	steps []step
	// exec are the lines that are known outside of the configuration.
	exec *regexp.Regexp
	// candidate says that lines need a commit.
	candidate bool
	// junos is the one platform with prompts of another kind.
	junos bool
	// unknown is the answer to a line that is not known.
	unknown string
	// stamp is printed before the output of each line outside of the
	// configuration.
	stamp string
	// saved is the answer to the line that saves.
	saved string
	// more is what a pager shows.
	more string
}

// mode is what stands in the parentheses of the prompt; execMode is the mode of
// a login that may only look, and "" that of one that may do everything.
type mode string

const execMode mode = ">"

func (m mode) configures() bool { return m != "" && m != execMode }

// step is a line that leads from a mode to another.
type step struct {
	from *regexp.Regexp
	line *regexp.Regexp
	to   mode
}

func newStep(from, line string, to mode) step {
	return step{regexp.MustCompile(`^(?:` + from + `)$`), regexp.MustCompile(`^(?:` + line + `)$`), to}
}

const (
	cisco     = "% Invalid input detected at '^' marker."
	exec      = `terminal .*|show .*|write|write memory|wr|copy .*|disable|clear .*|set cli .*`
	conf      = `conf.*`
	configure = `conf(?:igure)?(?: t(?:erminal)?| exclusive| private)?`
)

// ciscoSteps are the steps that most platforms share. inBGP is the mode inside
// "router bgp".
func ciscoSteps(inBGP, family mode) []step {
	return []step{
		newStep(``, configure, "config"),
		newStep(conf, `router bgp .*`, inBGP),
		newStep(regexp.QuoteMeta(string(inBGP)), `address-family .*`, family),
		newStep(regexp.QuoteMeta(string(family)), `exit-address-family|exit`, inBGP),
		newStep(regexp.QuoteMeta(string(inBGP)), `exit`, "config"),
		newStep(`config`, `exit`, ""),
		newStep(conf, `end`, ""),
	}
}

var platforms = map[string]platform{
	"cisco_iosxe": {
		configuring: "config", steps: ciscoSteps("config-router", "config-router-af"),
		exec: regexp.MustCompile(`^(?:` + exec + `)$`), unknown: cisco, saved: "Building configuration...\n[OK]", more: " --More-- ",
	},
	"cisco_iosxr": {
		before: "RP/0/RP0/CPU0:", configuring: "config", candidate: true,
		steps: append([]step{
			newStep(conf, `root`, "config"),
			newStep(conf, `abort`, ""),
			newStep(`config-bgp`, `neighbor \S+`, "config-bgp-nbr"),
			newStep(`config-bgp-nbr`, `address-family .*`, "config-bgp-nbr-af"),
			newStep(`config-bgp-nbr-af`, `exit`, "config-bgp-nbr"),
			newStep(`config-bgp-nbr`, `exit`, "config-bgp"),
		}, ciscoSteps("config-bgp", "config-bgp-af")...),
		exec: regexp.MustCompile(`^(?:` + exec + `)$`), unknown: cisco, stamp: "Sun Nov 22 09:00:00.123 UTC", more: " --More-- ",
	},
	"cisco_nxos": {
		space: " ", configuring: "config",
		steps: append([]step{
			newStep(`config-router`, `neighbor \S+(?: remote-as \d+)?`, "config-router-neighbor"),
			newStep(`config-router-neighbor`, `address-family .*`, "config-router-neighbor-af"),
			newStep(`config-router-neighbor-af`, `exit`, "config-router-neighbor"),
			newStep(`config-router-neighbor`, `exit`, "config-router"),
		}, ciscoSteps("config-router", "config-router-af")...),
		exec: regexp.MustCompile(`^(?:` + exec + `)$`), unknown: "% Invalid command at '^' marker.",
		saved: "[########################################] 100%\nCopy complete.", more: "--More--",
	},
	"arista_eos": {
		configuring: "config",
		steps: append([]step{
			newStep(``, `configure session(?: \S+)?`, "config-s-gatewa"),
			newStep(`config-s-.*`, `router bgp .*`, "config-s-gatewa-router-bgp"),
			newStep(`config-s-gatewa-router-bgp`, `address-family .*`, "config-s-gatewa-router-bgp-af"),
			newStep(`config-s-gatewa-router-bgp-af`, `exit`, "config-s-gatewa-router-bgp"),
			newStep(`config-s-gatewa-router-bgp`, `exit`, "config-s-gatewa"),
			newStep(conf, `abort|commit`, ""),
		}, ciscoSteps("config-router-bgp", "config-router-bgp-af")...),
		exec: regexp.MustCompile(`^(?:` + exec + `)$`), unknown: "% Invalid input", saved: "Copy completed successfully.", more: "--More--",
	},
	"frrouting": {
		space: " ", configuring: "config", steps: ciscoSteps("config-router", "config-router-af"),
		exec: regexp.MustCompile(`^(?:` + exec + `)$`), unknown: "% Unknown command",
		saved: "Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\nConfiguration saved to /etc/frr/bgpd.conf\n[OK]", more: "--More--",
	},
	"juniper_junos": {
		space: " ", before: "netops@", login: execMode, configuring: "edit", candidate: true, junos: true,
		steps: []step{
			newStep(`>`, configure, "edit"),
			newStep(`edit`, `exit(?: configuration-mode)?|quit|commit and-quit`, execMode),
		},
		exec: regexp.MustCompile(`^(?:` + exec + `)$`), unknown: "unknown command.", more: "---(more)---",
	},
}

// prompt is what the platform shows when it waits for a line.
func (p platform) prompt(host string, m mode) string {
	switch {
	case p.junos && m == execMode:
		return p.before + host + ">" + p.space
	case p.junos:
		return "[edit]\r\n" + p.before + host + "#" + p.space
	case m == execMode:
		return p.before + host + ">" + p.space
	case m == "":
		return p.before + host + "#" + p.space
	}
	return p.before + host + "(" + string(m) + ")#" + p.space
}

// follow returns the mode that a line leads to.
func (p platform) follow(m mode, line string) (mode, bool) {
	for _, s := range p.steps {
		if s.from.MatchString(string(m)) && s.line.MatchString(line) {
			return s.to, true
		}
	}
	return m, false
}

func saves(line string) bool {
	return strings.HasPrefix(line, "wr") || strings.HasPrefix(line, "copy running-config startup-config")
}
