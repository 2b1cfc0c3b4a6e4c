package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// printReport prints a run for people, as Markdown that also reads well as it
// is.
func printReport(w io.Writer, r *result) error {
	e := r.Environment
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d cores (%s), %d MB of memory, load %s before and %s after.\n", e.Time, e.Cores, e.Processor, e.MemoryMB, e.LoadBefore, e.LoadAfter)
	fmt.Fprintf(&b, "%s.\n", strings.Join(e.Versions, ", "))
	fmt.Fprintf(&b, "%d rounds of %g s, %d connections; medians (lowest-highest). MariaDB itself held %.0f MB.\n", e.Rounds, e.Seconds, e.Connections, e.MariaDBMB)
	typical, most := r.others()
	fmt.Fprintf(&b, "Other programs kept %.1f of %d cores busy, at most %.1f.\n", typical, e.Cores, most)
	for i := range r.Cases {
		c := &r.Cases[i]
		fmt.Fprintf(&b, "\n### %s: %s, %d bytes\n\n%s", c.Name, c.About, c.Bytes, caseTable(c))
	}
	if len(r.Aims) > 0 {
		fmt.Fprintf(&b, "\n### Aims\n\n%s", aimTable(r.Aims))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func caseTable(c *caseResult) string {
	rows := [][]string{{
		"variant", "requests/s", "p50 ms", "p99 ms", "memory MB (peak)", "CPU ms/request: server, MariaDB, wrk", "x php", "x bare", "x php by CPU",
	}}
	for _, v := range c.Variants {
		rows = append(rows, []string{
			v.Name,
			fmt.Sprintf("%.0f (%.0f-%.0f)", v.PerSecond.Median, v.PerSecond.Min, v.PerSecond.Max),
			fmt.Sprintf("%.2f", v.P50), fmt.Sprintf("%.2f", v.P99),
			fmt.Sprintf("%.0f (%.0f)", v.MemoryMB, v.PeakMB),
			fmt.Sprintf("%.3f, %.3f, %.3f", v.ServerCPU, v.DatabaseCPU, v.GeneratorCPU),
			ratioText(v.ToPHP), ratioText(v.ToBare), cpuText(v.CPUToPHP),
		})
	}
	return table(rows)
}

// none stands for a ratio to a reference that took no part.
const none = "-"

func cpuText(s spread) string {
	if s == (spread{}) {
		return none
	}
	return fmt.Sprintf("%.2f", s.Median)
}

func ratioText(s spread) string {
	if s == (spread{}) {
		return none
	}
	if s.Median >= 10 {
		return fmt.Sprintf("%.1f (%.1f-%.1f)", s.Median, s.Min, s.Max)
	}
	return fmt.Sprintf("%.2f (%.2f-%.2f)", s.Median, s.Min, s.Max)
}

func aimTable(aims []aimResult) string {
	rows := [][]string{{"case", "variant", "aim", "measured", "", "bare x php"}}
	for _, a := range aims {
		met := "met"
		if !a.Met {
			met = "NOT MET"
		}
		rows = append(rows, []string{a.Case, a.Variant, fmt.Sprintf("at least %g x %s", a.Least, a.Reference), fmt.Sprintf("%.2f", a.Measured), met, fmt.Sprintf("%.1f", a.BareToPHP)})
	}
	return table(rows)
}

// table lays cells out in columns; the first row is the heading.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 3)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, cell := range row {
			b.WriteString("| " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1))
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}
