package contract

import (
	"encoding/xml"
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// String is a miss in lines for people: the request, where the answers part, both
// of them there, and the nearest miss.
func (m *Miss) String() string {
	expected, got := m.Excerpts()
	var b strings.Builder
	fmt.Fprintf(&b, "  request   %d: %s\n", m.Pair, escape(m.Request))
	place := ""
	if m.Path != "" {
		place = strings.TrimSuffix(escape(m.Path)+" ("+string(m.Kind)+"), ", "(), ")
	}
	more := ""
	if m.Differences > 1 {
		more = fmt.Sprintf("; %d differences in all", m.Differences)
	}
	fmt.Fprintf(&b, "  differs   %sbyte %d%s\n", place, m.GotAt, more)
	fmt.Fprintf(&b, "  expected  %s\n  got       %s\n", expected, got)
	if m.Expected == m.Got {
		b.WriteString("  Only what is secret differs, and is not shown.\n")
	}
	if n := m.Nearest; n != nil {
		how := "is nearer to it"
		if n.Same {
			how = "is that very answer"
		}
		fmt.Fprintf(&b, "  nearest   pair %d of %s %s\n", n.Pair, escape(n.File), how)
	}
	return b.String()
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
	Skipped *junitResult `xml:"skipped"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit is the report as JUnit XML, which CI systems read: a test case for each
// file, a failure for a miss, an error for trouble, skipped for what was left
// out.
func (r *Report) JUnit() ([]byte, error) {
	suite := junitSuite{
		Name: "contract", Tests: len(r.Files), Failures: r.Count(Missed), Errors: r.Count(Troubled), Skipped: r.Count(LeftOut),
	}
	seconds := 0.0
	for _, f := range r.Files {
		seconds += f.Took.Seconds()
		folder, name := path.Split(filepath.ToSlash(f.Name))
		c := junitCase{Class: strings.Trim(folder, "/"), Name: name, Time: fmt.Sprintf("%.3f", f.Took.Seconds())}
		var details strings.Builder
		for _, m := range f.Misses {
			details.WriteString(m.String())
		}
		switch f.Outcome {
		case Missed:
			c.Failure = &junitResult{fmt.Sprintf("%d of %d requests are answered otherwise", len(f.Misses), f.Requests), details.String()}
		case Troubled:
			c.Error = &junitResult{f.Reason, details.String()}
		case LeftOut:
			c.Skipped = &junitResult{Message: f.Reason}
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = fmt.Sprintf("%.3f", seconds)
	data, err := xml.MarshalIndent(suite, "", "  ")
	return append(append([]byte(xml.Header), data...), '\n'), err
}
