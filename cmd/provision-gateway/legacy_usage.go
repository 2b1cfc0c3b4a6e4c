package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/models"
)

// usageLine is how often something was called by somebody. With --by, only what
// is asked for is told apart, and the rest is nil.
type usageLine struct {
	Key       *string   `json:"key,omitempty"`
	Source    *string   `json:"source,omitempty"`
	UserAgent *string   `json:"user_agent,omitempty"`
	Target    *string   `json:"target,omitempty"`
	Action    *string   `json:"action,omitempty"`
	Answered  *string   `json:"answered,omitempty"`
	Count     int64     `json:"count"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

// usageReport is what `legacy usage --json` prints.
type usageReport struct {
	// Since is from when on calls are shown; nil is all that are kept.
	Since *time.Time  `json:"since"`
	Total usageTotal  `json:"total"`
	Uses  []usageLine `json:"uses"`
}

// usageTotal sums up all lines.
type usageTotal struct {
	Count   int64 `json:"count"`
	Keys    int   `json:"keys"`
	Sources int   `json:"sources"`
	Agents  int   `json:"user_agents"`
	Actions int   `json:"actions"`
}

func (p *Program) legacyUsageCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "usage",
		Short: "Lists who still calls the legacy API, last seen first",
		Long: `Lists who still calls the legacy API, last seen first.

Calls are counted by key, address of the connection, user agent, target, action
and who answered: here, original, or retired when the action has ended. Only
callers who are known count, whatever they were answered. Gateways write their
counts every 15 seconds and when they end; what was not called for 400 days is
forgotten. A use is shown with all its calls, also those before --since.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	var since time.Duration
	c.Flags().Var((*days)(&since), "since", "only what was called within this `TIME`, such as 30d or 12h (default all)")
	by := c.Flags().String("by", "", "sum up by `WHAT`: key, source, agent or action")
	c.PreRunE = func(_ *cobra.Command, _ []string) error {
		if !slices.Contains([]string{"", "key", "source", "agent", "action"}, *by) {
			return &usageError{fmt.Errorf("%q is none of key, source, agent, action", *by)}
		}
		return nil
	}
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		var report usageReport
		from := int64(0)
		if since > 0 {
			now := time.Now
			if p.Now != nil {
				now = p.Now
			}
			start := now().Add(-since).UTC().Truncate(time.Second)
			report.Since, from = &start, start.Unix()
		}
		uses, err := store.LegacyUses(ctx, from)
		if err != nil {
			return err
		}
		report.Total, report.Uses = totalOfUses(uses), usageLines(uses, *by)
		if *asJSON {
			return p.printJSON(report)
		}
		return p.printUsage(report)
	})
}

// usageLines are the uses, summed up where that is wanted, last seen first.
func usageLines(uses []models.LegacyUse, by string) []usageLine {
	lines, places := []usageLine{}, map[models.LegacyCall]int{}
	for _, u := range uses {
		call := u.LegacyCall
		line := usageLine{Key: &call.KeyName, Source: &call.Source, UserAgent: &call.UserAgent, Target: &call.Target, Action: &call.Action, Answered: &call.Answered}
		switch by {
		case "key":
			line = usageLine{Key: line.Key}
		case "source":
			line = usageLine{Source: line.Source}
		case "agent":
			line = usageLine{UserAgent: line.UserAgent}
		case "action":
			line = usageLine{Target: line.Target, Action: line.Action}
		}
		line.Count, line.FirstSeen, line.LastSeen = u.Count, time.Unix(u.FirstSeen, 0).UTC(), time.Unix(u.LastSeen, 0).UTC()
		// A pointer would be another key for the same text.
		told := models.LegacyCall{
			KeyName: text(line.Key), Source: text(line.Source), UserAgent: text(line.UserAgent),
			Target: text(line.Target), Action: text(line.Action), Answered: text(line.Answered),
		}
		place, known := places[told]
		if !known {
			places[told] = len(lines)
			lines = append(lines, line)
			continue
		}
		l := &lines[place]
		l.Count += line.Count
		if line.FirstSeen.Before(l.FirstSeen) {
			l.FirstSeen = line.FirstSeen
		}
	}
	// The rows come in this order, but rows of one second by their ids.
	slices.SortStableFunc(lines, func(a, b usageLine) int {
		return cmp.Or(b.LastSeen.Compare(a.LastSeen), cmp.Compare(b.Count, a.Count), cmp.Compare(text(a.Key), text(b.Key)),
			cmp.Compare(text(a.Target), text(b.Target)), cmp.Compare(text(a.Action), text(b.Action)))
	})
	return lines
}

func totalOfUses(uses []models.LegacyUse) (total usageTotal) {
	keys, sources, agents, actions := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[[2]string]bool{}
	for _, u := range uses {
		total.Count += u.Count
		keys[u.KeyName], sources[u.Source], agents[u.UserAgent], actions[[2]string{u.Target, u.Action}] = true, true, true, true
	}
	total.Keys, total.Sources, total.Agents, total.Actions = len(keys), len(sources), len(agents), len(actions)
	return total
}

func (p *Program) printUsage(report usageReport) error {
	if len(report.Uses) == 0 {
		return p.printf("Nobody called the legacy API.\n")
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	first := report.Uses[0]
	columns := []string{"LAST SEEN", "FIRST SEEN", "COUNT"}
	for _, column := range []struct {
		name  string
		shown bool
	}{
		{"KEY", first.Key != nil}, {"SOURCE", first.Source != nil}, {"ACTION", first.Action != nil},
		{"ANSWERED", first.Answered != nil}, {"USER AGENT", first.UserAgent != nil},
	} {
		if column.shown {
			columns = append(columns, column.name)
		}
	}
	_, _ = fmt.Fprintln(w, strings.Join(columns, "\t"))
	for _, l := range report.Uses {
		cells := []string{l.LastSeen.Format(time.DateTime), l.FirstSeen.Format(time.DateTime), strconv.FormatInt(l.Count, 10)}
		action := l.Action
		if action != nil {
			action = new(*l.Target + "." + *l.Action)
		}
		for _, cell := range []*string{l.Key, l.Source, action, l.Answered, l.UserAgent} {
			if cell != nil {
				cells = append(cells, orDash(plain(*cell)))
			}
		}
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	t := report.Total
	return p.printf("%d calls by %d keys, %d sources and %d user agents, of %d actions.\n", t.Count, t.Keys, t.Sources, t.Agents, t.Actions)
}

// days is a time span that may be given in whole days (30d).
type days time.Duration

func (d *days) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type is what pflag calls the value.
func (d *days) Type() string { return "TIME" }

// Set reads a span.
func (d *days) Set(s string) error {
	var span time.Duration
	var err error
	if number, ok := strings.CutSuffix(s, "d"); ok {
		var n uint64
		n, err = strconv.ParseUint(number, 10, 16)
		span = time.Duration(n) * 24 * time.Hour
	} else {
		span, err = time.ParseDuration(s)
	}
	if err != nil || span <= 0 {
		return errors.New("is not a time span such as 30d or 12h")
	}
	*d = days(span)
	return nil
}
