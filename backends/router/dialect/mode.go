package dialect

import (
	"regexp"
	"strings"
)

// Mode is the mode of a command line, as its prompt shows it.
type Mode string

// The modes of a command line.
const (
	// Unknown is the mode of a prompt that is none of the platform.
	Unknown Mode = ""
	// Exec is the mode of a login that may only look.
	Exec Mode = "exec"
	// Privileged is the mode in which configuration can be entered and
	// saved. Platforms that know no Exec have only this one outside of
	// configuration.
	Privileged Mode = "privileged"
	// Config is the top of the configuration. It is the only configuration
	// mode of juniper_junos, where whole paths are set.
	Config Mode = "config"
	// ConfigBGP is inside "router bgp".
	ConfigBGP Mode = "config bgp"
	// ConfigNeighbor is inside a neighbor of "router bgp", where that is a
	// mode of its own (cisco_iosxr, cisco_nxos).
	ConfigNeighbor Mode = "config neighbor"
	// ConfigFamily is inside an address family of "router bgp" or of one of
	// its neighbors.
	ConfigFamily Mode = "config family"
	// ConfigOther is any other place inside the configuration.
	ConfigOther Mode = "config other"
)

// Configuring reports whether the mode is one in which lines configure.
func (m Mode) Configuring() bool { return strings.HasPrefix(string(m), "config") }

// modePattern says which prompts show a mode. The first that matches counts.
type modePattern struct {
	mode   Mode
	prompt *regexp.Regexp
}

// afterRule says which lines lead to a mode.
type afterRule struct {
	mode Mode
	line *regexp.Regexp
}

// Mode tells from a prompt, or from any text that ends with one, which mode
// the router is in. Unknown means that the last line of the text is no prompt.
func (d *Dialect) Mode(prompt string) Mode {
	prompt = strings.TrimRight(prompt, " \r\n")
	if i := strings.LastIndexAny(prompt, "\r\n"); i >= 0 {
		prompt = prompt[i+1:]
	}
	for _, p := range d.modes {
		if p.prompt.MatchString(prompt) {
			return p.mode
		}
	}
	return Unknown
}

// After tells which mode a line leads to once the router has taken it, and
// false for lines about which that is not known; those normally leave the mode
// as it is. A router that is in another mode afterwards did not take the line,
// whatever it said: FRRouting answers "router bgp" of a second AS number with
// a sentence that looks like a remark and stays where it was, so that all
// following lines would land in the wrong place.
func (d *Dialect) After(line string) (Mode, bool) {
	line = strings.ToLower(strings.Join(strings.Fields(line), " "))
	for _, r := range d.after {
		if r.line.MatchString(line) {
			return r.mode, true
		}
	}
	return Unknown, false
}

// prompts builds the patterns of a platform whose prompts are a host name, the
// configuration mode in parentheses, and > or #. The sub modes are regular
// expressions of what stands between the parentheses.
func prompts(host, bgp, neighbor, family string) []modePattern {
	var list []modePattern
	add := func(m Mode, inside string) {
		if inside != "" {
			list = append(list, modePattern{m, regexp.MustCompile(`^` + host + `\(` + inside + `\)#$`)})
		}
	}
	add(ConfigFamily, family)
	add(ConfigNeighbor, neighbor)
	add(ConfigBGP, bgp)
	add(Config, `config(?:-s-[\w.\-]{1,32})?`)
	add(ConfigOther, `config[\w.\-+/:@]{1,64}`)
	return append(list,
		modePattern{Privileged, regexp.MustCompile(`^` + host + `#$`)},
		modePattern{Exec, regexp.MustCompile(`^` + host + `>$`)})
}

// Lines that lead to the same mode on all platforms with such prompts.
var (
	entersConfig   = afterRule{Config, regexp.MustCompile(`^conf(?:i|ig|igu|igur|igure)?(?: (?:t[a-z]*|exclusive|session(?: \S+)?))?$`)}
	entersBGP      = afterRule{ConfigBGP, regexp.MustCompile(`^router bgp(?: \S+)*$`)}
	entersFamily   = afterRule{ConfigFamily, regexp.MustCompile(`^address-family ipv[46](?: unicast)?$`)}
	leavesFamily   = afterRule{ConfigBGP, regexp.MustCompile(`^exit-address-family$`)}
	entersNeighbor = afterRule{ConfigNeighbor, regexp.MustCompile(`^neighbor [0-9a-f.:]+$`)}
	commits        = afterRule{Privileged, regexp.MustCompile(`^commit$`)}
	leavesConfig   = afterRule{Privileged, regexp.MustCompile(`^(?:end|abort)$`)}
)
