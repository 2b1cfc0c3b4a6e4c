package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"provision-gateway/compat"
)

// LegacyEnd is what callers of the legacy API are told of its end.
type LegacyEnd struct {
	// Deprecation is from when on it should not be used for anything new, and
	// Sunset from when on it may not answer; the zero time is not told.
	Deprecation, Sunset time.Time
	// Link is the URL of a page for people that says more; empty is none.
	Link string
	// Retired are the actions that have ended already.
	Retired compat.Retired
}

const (
	keyDeprecation = "legacy.deprecation"
	keySunset      = "legacy.sunset"
	keyLink        = "legacy.link"
	keyRetired     = "legacy.retired"
)

var legacyEndSettings = []setting{
	{key: keyDeprecation, unit: "DATE", help: "since when the legacy API should not be used any more, told in every answer of it",
		fallback: "", field: date{func(c *Config) *time.Time { return &c.Legacy.End.Deprecation }}},
	{key: keySunset, unit: "DATE", help: "from when on the legacy API may not answer, told in every answer of it",
		fallback: "", field: date{func(c *Config) *time.Time { return &c.Legacy.End.Sunset }}},
	{key: keyLink, unit: "URL", help: "page about the end of the legacy API, told with its dates",
		fallback: "", field: checked(func(c *Config) *string { return &c.Legacy.End.Link }, optional(checkLink))},
	{key: keyRetired, unit: "ACTION=REPLACEMENT,…", help: "actions that have ended, with what callers are told to use instead",
		fallback: []string{}, field: retired{}},
}

// date is a moment: a day, which begins at midnight UTC, or a time in RFC 3339.
type date struct{ place func(*Config) *time.Time }

func (f date) get(c *Config) any {
	if t := *f.place(c); !t.IsZero() {
		return t.Format(time.RFC3339)
	}
	return ""
}

func (f date) set(c *Config, raw any) error {
	// YAML makes a time of what looks so.
	t, ok := raw.(time.Time)
	if !ok {
		s, err := asText(raw)
		if err != nil {
			return err
		}
		*f.place(c) = time.Time{}
		if s == "" {
			return nil
		}
		if t, err = time.Parse(time.DateOnly, s); err != nil {
			if t, err = time.Parse(time.RFC3339, s); err != nil {
				return fmt.Errorf("%q is not a date such as 2027-06-30 or 2027-06-30T12:00:00Z", s)
			}
		}
	}
	t = t.UTC()
	// The headers have whole seconds; years beyond four digits have no HTTP date.
	if t.Year() < 1970 || t.Year() > 9999 {
		return fmt.Errorf("%d is not a year between 1970 and 9999", t.Year())
	}
	*f.place(c) = t.Truncate(time.Second)
	return nil
}

// checkLink accepts a URL that can stand between the angle brackets of a header.
func checkLink(s string) error {
	u, err := url.Parse(s)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"\\^`{|}", r) }
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsFunc(s, odd) {
		return errors.New("is not a URL of the form https://HOST/PATH in plain ASCII")
	}
	return nil
}

// retired is legacy.retired.
type retired struct{}

func (retired) get(c *Config) any {
	out := []string{}
	for pattern, replacement := range c.Legacy.End.Retired {
		out = append(out, pattern+"="+replacement)
	}
	slices.Sort(out)
	return out
}

func (retired) set(c *Config, raw any) error {
	words, err := asList(raw)
	if err != nil {
		return err
	}
	c.Legacy.End.Retired = compat.Retired{}
	for _, word := range words {
		pattern, replacement, found := strings.Cut(word, "=")
		if !found {
			return fmt.Errorf("%q is not of the form ACTION=REPLACEMENT", word)
		}
		pattern, replacement = strings.TrimSpace(pattern), strings.TrimSpace(replacement)
		if err := compat.CheckRetired(pattern, replacement); err != nil {
			return err
		}
		if _, twice := c.Legacy.End.Retired[pattern]; twice {
			return fmt.Errorf("%s appears twice", pattern)
		}
		c.Legacy.End.Retired[pattern] = replacement
	}
	return nil
}

// checkLegacyEnd finds dates that contradict each other (RFC 9745, section 4), and
// a link that would say nothing.
func (c *Config) checkLegacyEnd() (problems Errors) {
	e := &c.Legacy.End
	if !e.Sunset.IsZero() && e.Sunset.Before(e.Deprecation) {
		problems = append(problems, Problem{Key: keySunset, Message: fmt.Sprintf("%s is earlier than %s (%s)",
			e.Sunset.Format(time.RFC3339), keyDeprecation, e.Deprecation.Format(time.RFC3339))})
	}
	if e.Link != "" && e.Sunset.IsZero() && e.Deprecation.IsZero() {
		problems = append(problems, Problem{Key: keyLink, Message: "is told with a date only: set " + keyDeprecation + ", " + keySunset + " or both"})
	}
	return problems
}
