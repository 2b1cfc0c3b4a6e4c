package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/backends/comparison"
	"provision-gateway/config"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// comparer makes what compares the answers of both sides.
func (p *Program) comparer(cfg config.Config, store *models.Store, logger *slog.Logger) (*comparison.Comparer, error) {
	c := cfg.Comparison
	return comparison.New(comparison.Config{
		Store: store, Logger: logger, Rules: c.Rules, Modes: cfg.Legacy.Modes, Sample: c.Sample, Noise: c.Noise, Queue: c.Queue,
		Workers: c.Workers, Timeout: c.Timeout, Samples: c.Samples, StepBack: comparison.StepBack(c.StepBack), Now: p.Now,
	})
}

func (p *Program) legacyReportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "report [ACTION…]",
		Short: "Reports how far the answers of the original server and of this gateway agree",
		Long: `Reports how far the answers of the original server and of this gateway agree.

For each action that was compared, or is in mode shadow or verify, it says how many
requests matched, differed only in what a rule ignores, or only where the original
differs with itself, and how many did not match; how long both sides took; and
how many were not compared because this gateway was behind the writes that went to
the original (stale, until the next import); and
whether the action is ready to be answered here, by the rule of
legacy.verdict_matches, legacy.verdict_mismatches, legacy.verdict_unsettled and
legacy.verdict_days. What was found before the mode of an action, or its share, was
last changed does not count.

With --check the exit code is 1 unless every action of the report is ready and no
rule of legacy.rules has expired.`,
		Args: cobra.ArbitraryArgs,
	}
	since := c.Flags().String("since", "", "how far to look back, such as 7d or 12h (default legacy.verdict_days, or 1d)")
	format := c.Flags().String("format", "markdown", "markdown or json")
	asJSON := addJSON(c)
	check := c.Flags().Bool("check", false, "fail unless all are ready and no rule has expired")
	samples := c.Flags().Bool("samples", false, "show a stored sample of each difference, without secrets")
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		if *format != "markdown" && *format != "json" {
			return &usageError{fmt.Errorf("--format %q is neither markdown nor json", *format)}
		}
		back := time.Duration(max(1, cfg.Comparison.Verdict.Days)) * 24 * time.Hour
		if *since != "" {
			var err error
			if back, err = parseSince(*since); err != nil {
				return &usageError{err}
			}
		}
		for _, action := range c.Flags().Args() {
			if target, name, _ := strings.Cut(action, "."); !inTable(target, name) {
				return &usageError{fmt.Errorf("there is no action %q", action)}
			}
		}
		stored, err := store.ActionModes(ctx)
		if err != nil {
			return err
		}
		stale, err := staleReads(ctx, store)
		if err != nil {
			return err
		}
		now := time.Now()
		if p.Now != nil {
			now = p.Now()
		}
		report, err := comparison.NewReport(ctx, store, comparison.ReportOptions{
			Since: now.Add(-back), Until: now, Actions: c.Flags().Args(), Modes: handlers.EffectiveModes(cfg.Legacy.Modes, stored),
			Rules: cfg.Comparison.Rules, Criteria: comparison.Criteria(cfg.Comparison.Verdict), Samples: *samples, Stale: stale,
		})
		if err != nil {
			return err
		}
		if *asJSON || *format == "json" {
			err = p.printJSON(report)
		} else {
			err = report.WriteMarkdown(p.Stdout)
		}
		if err == nil && *check {
			err = report.Check()
		}
		return err
	})
}

// parseSince reads a time span that may be in days.
func parseSince(text string) (time.Duration, error) {
	var d time.Duration
	var err error
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16)
		d = time.Duration(n) * 24 * time.Hour
	} else {
		d, err = time.ParseDuration(text)
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("--since %q is not a time span such as 7d or 12h", text)
	}
	return d, nil
}
