package dialect

import (
	"regexp"
	"text/template"
)

// Dialect is the command line of one router platform. It is made by Lookup and
// safe for use by several goroutines as long as nobody changes its fields.
type Dialect struct {
	// Name is the platform's name, for example cisco_iosxe.
	Name string
	// Platform is the first argument of scrapligo's platform.NewPlatform: the
	// name (string) of a definition built into that library, or the YAML
	// ([]byte) of one of our own.
	Platform any
	// Candidate tells that configuration lines change a candidate which has
	// no effect before a commit line. Otherwise every line acts at once.
	Candidate bool
	// GroupInPath tells that a neighbor lives inside its peer group on this
	// platform. Change and Remove then find only a neighbor of the same
	// group: a session whose group (or whose address family while it has no
	// group) changes is to be removed as it was before.
	GroupInPath bool
	// GroupSetsAS tells that the AS number of a peer group, where it has one,
	// silently replaces that of a neighbor in it, so that only the list of
	// sessions shows which one the router took.
	GroupSetsAS bool
	// AbortLines lead from any configuration mode back to the mode of login
	// after a line was refused. On a Candidate platform they throw the
	// candidate away.
	AbortLines []string
	// WhyLine is a command that prints why the last commit failed, to be sent
	// before AbortLines; empty where the commit itself says so.
	WhyLine string

	template *template.Template
	modes    []modePattern
	after    []afterRule
	refusals *regexp.Regexp
	notices  *regexp.Regexp
	summary  []string
	parse    func(outputs []string) ([]Status, error)
}

// platforms are all dialects, sorted by name. Their slices and expressions are
// shared by every copy that Lookup hands out and never written to.
var platforms = []*Dialect{
	aristaEOS, ciscoIOSXE, ciscoIOSXR, ciscoNXOS, frrouting, juniperJunos,
}

// Lookup returns the dialect of a platform, and false for a name that is not
// one of Names. Names are matched exactly. The dialect is the caller's own copy.
func Lookup(name string) (*Dialect, bool) {
	for _, d := range platforms {
		if d.Name == name {
			c := *d
			c.AbortLines = append([]string(nil), d.AbortLines...)
			return &c, true
		}
	}
	return nil, false
}

// Names returns the names of all platforms in alphabetical order.
func Names() []string {
	names := make([]string, len(platforms))
	for i, d := range platforms {
		names[i] = d.Name
	}
	return names
}

// SummaryCommands returns the commands whose outputs ParseSummary reads. They
// change nothing on the router.
func (d *Dialect) SummaryCommands() []string {
	return append([]string(nil), d.summary...)
}
