package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/compat"
	"provision-gateway/models"
)

// commandShadow measures what comparing the answers of two servers costs the
// callers.
const commandShadow = "shadow"

// comparedAction is what is asked while comparing is measured.
const comparedAction = "peering.getPeers"

// comparedPairs are modes that differ only in that the second one compares.
var comparedPairs = [][2]compat.Mode{{compat.ModeLegacy, compat.ModeShadow}, {compat.ModeLocal, compat.ModeVerify}}

// shadowRun is what is measured, and with what.
type shadowRun struct {
	rounds, rate int
	duration     time.Duration
	// cache is how many bytes of answers the gateways keep in memory.
	cache   int64
	machine *machine
	target  string
	out     io.Writer
}

// measureShadow asks gateways in modes with and without comparing, at a fixed
// rate and in turns, and prints how long the answers took.
func measureShadow(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet(commandShadow, flag.ContinueOnError)
	flags.SetOutput(stderr)
	r := &shadowRun{out: stdout}
	flags.IntVar(&r.rounds, "rounds", 7, "how often each mode is measured")
	flags.IntVar(&r.rate, "rate", 200, "requests a second")
	flags.DurationVar(&r.duration, "duration", 5*time.Second, "how long each measurement takes")
	flags.Int64Var(&r.cache, "cache", cacheSize, "`BYTES` of answers kept in memory")
	if err := errors.Join(flags.Parse(args), noArguments(flags)); err != nil {
		return exitUsage, err
	}
	if r.rounds < 1 || r.rate < 1 || r.duration < time.Second {
		return exitUsage, errors.New("-rounds and -rate are at least 1, -duration 1s")
	}
	r.machine = &machine{}
	defer r.machine.stop()
	return codeOf(r.measure(ctx))
}

func (r *shadowRun) measure(ctx context.Context) error {
	m := r.machine
	var err error
	if m.folder, err = os.MkdirTemp("", "gateway-bench-"); err != nil {
		return err
	}
	d := &databases{sqlite: "sqlite:" + filepath.Join(m.folder, "gateway.db"), keyFile: filepath.Join(m.folder, "gateway.key")}
	if err := d.fillSQLite(ctx, fullAmount); err != nil {
		return err
	}
	r.target = makeCases([]string{"getPeers"}, d.credential, d.data)[0].target
	if err := r.start(ctx, d); err != nil {
		return err
	}
	before := loadAverage()
	took := map[compat.Mode][]latency{}
	for range r.rounds {
		for _, pair := range comparedPairs {
			for _, mode := range pair {
				l, err := r.measureOne(ctx, mode)
				if err != nil {
					return err
				}
				took[mode] = append(took[mode], l)
			}
		}
	}
	_, err = fmt.Fprintf(r.out, "%d cores, %s, load %s before and %s after; getPeers on SQLite, cache of %d MB, %d requests/s, %d rounds of %v.\n\n%s\n",
		runtime.NumCPU(), runtime.Version(), before, loadAverage(), r.cache>>20, r.rate, r.rounds, r.duration, shadowTable(took))
	if err != nil {
		return err
	}
	// The gateways write down what they compared when they end.
	for _, p := range m.processes {
		p.stop()
	}
	return r.printCompared(ctx, d.sqlite)
}

// start starts the original, which answers what a gateway does from memory, and a
// gateway for each mode.
func (r *shadowRun) start(ctx context.Context, d *databases) error {
	gateway := func(name string, args ...string) (*variant, error) {
		return r.machine.startSelf(name, commandGateway, append([]string{"-database", d.sqlite, "-key-file", d.keyFile, "-cache", strconv.FormatInt(r.cache, 10)}, args...)...)
	}
	plain, err := gateway("plain")
	if err != nil {
		return err
	}
	f, err := fetch(ctx, plain.address, r.target, "", "")
	if err != nil {
		return err
	}
	if err := r.machine.startBare(map[string][]byte{r.target: f.body}); err != nil {
		return err
	}
	bare, err := r.machine.find(nameBare)
	if err != nil {
		return err
	}
	for _, pair := range comparedPairs {
		for _, mode := range pair {
			v, err := gateway(string(mode), "-original", "http://"+bare.address+endpoint, "-mode", string(mode))
			if err != nil {
				return err
			}
			answer, err := fetch(ctx, v.address, r.target, "", "")
			if err != nil {
				return err
			}
			if string(answer.body) != string(f.body) {
				return fmt.Errorf("mode %s answers something else", mode)
			}
		}
	}
	return nil
}

func (r *shadowRun) measureOne(ctx context.Context, mode compat.Mode) (latency, error) {
	v, err := r.machine.find(string(mode))
	if err != nil {
		return latency{}, err
	}
	// The first second warms up.
	if _, err := askSteadily(ctx, "http://"+v.address+r.target, r.rate, time.Second); err != nil {
		return latency{}, err
	}
	return askSteadily(ctx, "http://"+v.address+r.target, r.rate, r.duration)
}

// shadowTable shows the modes of each pair and, round by round, the difference.
func shadowTable(took map[compat.Mode][]latency) string {
	var b strings.Builder
	b.WriteString("| mode | p50 ms | p99 ms | p99 of the next mode less this one, ms |\n|---|---|---|---|\n")
	values := func(mode compat.Mode, of func(latency) time.Duration) []float64 {
		var out []float64
		for _, l := range took[mode] {
			out = append(out, float64(of(l).Microseconds())/1000)
		}
		return out
	}
	p50, p99 := func(l latency) time.Duration { return l.p50 }, func(l latency) time.Duration { return l.p99 }
	show := func(s spread) string { return fmt.Sprintf("%.2f (%.2f to %.2f)", s.Median, s.Min, s.Max) }
	for _, pair := range comparedPairs {
		without, with := values(pair[0], p99), values(pair[1], p99)
		var more []float64
		for i := range min(len(without), len(with)) {
			more = append(more, with[i]-without[i])
		}
		for i, mode := range pair {
			difference := ""
			if i == 0 {
				difference = show(spreadOf(more))
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", mode, show(spreadOf(values(mode, p50))), show(spreadOf(values(mode, p99))), difference)
		}
	}
	return b.String()
}

// printCompared says what was compared, and fails when that is nothing, or when
// answers differed.
func (r *shadowRun) printCompared(ctx context.Context, database string) error {
	store, err := models.Open(ctx, models.Options{Database: database})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	report, err := comparison.NewReport(ctx, store, comparison.ReportOptions{Since: time.Unix(0, 0), Until: time.Now(), Actions: []string{comparedAction}})
	if err != nil {
		return err
	}
	a := report.Actions[0]
	if a.Matched == 0 || a.Mismatched+a.Unsettled+a.OwnErrors+a.OriginalErrors > 0 {
		return fmt.Errorf("comparing went wrong: %+v", a)
	}
	_, err = fmt.Fprintf(r.out, "Of %d requests in mode shadow and verify %d were compared and matched, %d were dropped.\n", a.Requests, a.Matched, a.Dropped)
	return err
}
