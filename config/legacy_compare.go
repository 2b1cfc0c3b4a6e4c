package config

import (
	"fmt"
	"os"
	"time"

	"provision-gateway/compat/shadow"
)

// Comparison is the settings of comparing the answers of the original server with
// the gateway's.
type Comparison struct {
	// RulesFile names a file with differences that are accepted, and Rules are
	// those; both are empty when there are none.
	RulesFile string
	Rules     *shadow.Rules
	// Sample is the percentage of requests that are compared, Noise that of those
	// the original is asked twice.
	Sample, Noise int
	// Queue is how many requests wait for their comparison at most, Workers how
	// many are compared at once, Timeout the longest time for one.
	Queue, Workers int
	Timeout        time.Duration
	// Samples is how many differences are kept in the database.
	Samples  int
	Verdict  Verdict
	StepBack StepBack
}

// Verdict says when an action is ready to be answered by the gateway: when so many
// requests matched in so many days, at most so many did not, and at most so many
// percent had no result.
type Verdict struct {
	Matches, Mismatches, Days, Unsettled int
}

// StepBack says when an action goes back to the original: when so many requests,
// and so many percent of those compared, were answered wrong within the window.
type StepBack struct {
	Window              time.Duration
	Mismatches, Percent int
}

// comparisonSettings are those of comparing answers.
var comparisonSettings = []setting{
	{key: "legacy.rules", unit: "PATH", help: "file with the differences between answers that are accepted",
		fallback: "", field: rulesFile{}},
	{key: "legacy.sample", unit: "PERCENT", help: "how many requests in mode shadow or verify are compared",
		fallback: 100, field: whole(func(c *Config) *int { return &c.Comparison.Sample }, 0, 100)},
	{key: "legacy.noise", unit: "PERCENT", help: "of how many of those the original is asked twice, to find where it differs with itself",
		fallback: 1, field: whole(func(c *Config) *int { return &c.Comparison.Noise }, 0, 100)},
	{key: "legacy.queue", unit: "N", help: "most requests that wait for their comparison; more are dropped",
		fallback: 256, field: whole(func(c *Config) *int { return &c.Comparison.Queue }, 1, 1_000_000)},
	{key: "legacy.workers", unit: "N", help: "most requests that are compared at once",
		fallback: 4, field: whole(func(c *Config) *int { return &c.Comparison.Workers }, 1, 1000)},
	{key: "legacy.compare_timeout", unit: "DURATION", help: "longest time for all that is asked for one comparison",
		fallback: 30 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Comparison.Timeout }, time.Millisecond)},
	{key: "legacy.samples", unit: "N", help: "most differences that are kept, each with a sample; of one action a fifth of them",
		fallback: 1000, field: whole(func(c *Config) *int { return &c.Comparison.Samples }, 5, 100_000)},
	{key: "legacy.verdict_matches", unit: "N", help: "how many requests must match before an action counts as ready",
		fallback: 1000, field: whole(func(c *Config) *int { return &c.Comparison.Verdict.Matches }, 1, 1_000_000_000)},
	{key: "legacy.verdict_mismatches", unit: "N", help: "how many may not match, or fail here",
		fallback: 0, field: whole(func(c *Config) *int { return &c.Comparison.Verdict.Mismatches }, 0, 1_000_000_000)},
	{key: "legacy.verdict_days", unit: "N", help: "over how many days, up to now; 0 asks for no time",
		fallback: 7, field: whole(func(c *Config) *int { return &c.Comparison.Verdict.Days }, 0, 90)},
	{key: "legacy.verdict_unsettled", unit: "PERCENT", help: "how many may have no result: unsettled, dropped, or not answered by the original",
		fallback: 5, field: whole(func(c *Config) *int { return &c.Comparison.Verdict.Unsettled }, 0, 100)},
	{key: "legacy.step_back_window", unit: "DURATION", help: "time that is looked back for giving an action back to the original",
		fallback: 5 * time.Minute, field: span(func(c *Config) *time.Duration { return &c.Comparison.StepBack.Window }, 10*time.Second)},
	{key: "legacy.step_back_mismatches", unit: "N", help: "how many requests must be answered wrong, or not at all, within it; 0 never gives back",
		fallback: 5, field: whole(func(c *Config) *int { return &c.Comparison.StepBack.Mismatches }, 0, 1_000_000)},
	{key: "legacy.step_back_percent", unit: "PERCENT", help: "and of how many of those that were compared",
		fallback: 1, field: whole(func(c *Config) *int { return &c.Comparison.StepBack.Percent }, 0, 100)},
}

// rulesFile is legacy.rules. The file is read and checked with the configuration.
type rulesFile struct{}

func (rulesFile) get(c *Config) any { return c.Comparison.RulesFile }

func (rulesFile) set(c *Config, raw any) error {
	path, err := asText(raw)
	if err != nil || path == "" {
		c.Comparison.RulesFile, c.Comparison.Rules = "", nil
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	rules, err := shadow.ReadRules(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	c.Comparison.RulesFile, c.Comparison.Rules = path, rules
	return nil
}
