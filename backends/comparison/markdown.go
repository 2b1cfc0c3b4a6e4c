package comparison

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteMarkdown writes the report for people.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Answers of the original and of this gateway\n\n%s to %s UTC; %s.\n\n", r.Since.Format(time.DateTime), r.Until.Format(time.DateTime), r.Rule)
	if len(r.Actions) == 0 {
		b.WriteString("Nothing was compared.\n")
	} else {
		r.writeTable(&b)
	}
	for _, a := range r.Actions {
		a.write(&b)
	}
	if len(r.Expired) > 0 {
		b.WriteString("\n## Expired rules\n\n| rule | action | path | expired | reason |\n|---|---|---|---|---|\n")
		for _, e := range r.Expired {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", cell(e.Name), cell(e.Action), code(e.Path), e.Expired, cell(e.Reason))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) writeTable(b *strings.Builder) {
	b.WriteString("| action | mode | since | requests | compared | matched | ignored | noisy | mismatched | unsettled | errors here | errors of the original | dropped | stale" +
		" | p50/p99 ms here | of the original | callers | verdict |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, a := range r.Actions {
		mode := a.Mode
		if a.Share < 100 {
			mode += fmt.Sprintf(" %d %%", a.Share)
		}
		since := "-"
		if a.Since.After(r.Since) {
			since = a.Since.Format(time.DateTime)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %s | %s | %s | %s: %s |\n", cell(a.Action), mode, since, a.Requests,
			a.Compared, a.Matched, a.Ignored, a.Noisy, a.Mismatched, a.Unsettled, a.OwnErrors, a.OriginalErrors, a.Dropped, a.Stale, a.Own, a.Original,
			cell(strings.Join(a.Callers, ", ")), a.Verdict, cell(a.Why))
	}
}

// String is both times, or a dash when nothing was measured.
func (l Latency) String() string {
	if l.P99 == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f/%.1f", l.P50, l.P99)
}

func (a ActionReport) write(b *strings.Builder) {
	if len(a.Differences)+len(a.Noise) == 0 && a.Dropped+a.Stale+a.NotKept == 0 && a.StaleSince == nil {
		return
	}
	fmt.Fprintf(b, "\n## %s\n", cell(a.Action))
	if a.Dropped > 0 {
		fmt.Fprintf(b, "\n%d requests were dropped, because too many waited to be compared, or comparing ended.\n", a.Dropped)
	}
	if a.Stale > 0 {
		fmt.Fprintf(b, "\n%d requests could not match, because this gateway was behind writes that went to the original.\n", a.Stale)
	}
	if a.StaleSince != nil {
		fmt.Fprintf(b, "\nIt is stale since %s: run legacy import. Until then nothing is compared.\n", a.StaleSince.Format(time.DateTime))
	}
	if len(a.Differences) > 0 {
		b.WriteString("\n| difference | kind | requests | first | last |\n|---|---|---|---|---|\n")
		for _, d := range a.Differences {
			fmt.Fprintf(b, "| %s | %s | %d | %s | %s |\n", code(d.Path), d.Kind, d.Count, d.FirstSeen.Format(time.DateTime), d.LastSeen.Format(time.DateTime))
		}
	}
	if a.NotKept > 0 {
		fmt.Fprintf(b, "\n%d times a difference was found that is not listed, because no more are kept.\n", a.NotKept)
	}
	if len(a.Noise) > 0 {
		b.WriteString("\nThe original differs with itself:\n\n| path and kind | seen | in probes | last | set aside |\n|---|---|---|---|---|\n")
		for _, n := range a.Noise {
			aside := map[bool]string{true: "yes", false: "not yet"}[n.SetAside]
			fmt.Fprintf(b, "| %s | %d | %d | %s | %s |\n", code(n.Path), n.Count, n.Probes, n.LastSeen.Format(time.DateTime), aside)
		}
	}
	for _, d := range a.Differences {
		d.write(b)
	}
}

func (d DifferenceReport) write(b *strings.Builder) {
	s := d.Sample
	if s == nil {
		return
	}
	fmt.Fprintf(b, "\n### %s, %s\n\n", code(d.Path), d.Kind)
	fmt.Fprintf(b, "- request in mode %s, by %s: %s\n", cell(s.Mode), code(s.Caller), code(s.Method+" ?"+s.Query))
	if s.Body != "" {
		fmt.Fprintf(b, "- body: %s\n", code(s.Body))
	}
	fmt.Fprintf(b, "- at %s\n- the original: %s\n- here: %s\n", code(s.Path), code(s.Original), code(s.Own))
}

// cell makes a text fit into a cell of a table: it came from outside.
func cell(text string) string {
	text = strings.NewReplacer("|", `\|`, "`", "'", "<", "&lt;").Replace(text)
	return printable(text)
}

// code is a text in code quotes.
func code(text string) string {
	if text == "" {
		return "-"
	}
	return "`" + printable(strings.NewReplacer("|", `\|`, "`", "'").Replace(text)) + "`"
}

// printable keeps a text on its line.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
