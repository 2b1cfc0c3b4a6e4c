package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// settings are what the command line says.
type settings struct {
	// rounds is how often each variant of a case is measured, duration for how
	// long each time, connections how many clients ask at the same time.
	rounds      int
	duration    time.Duration
	connections int
	// cases are names out of caseNames.
	cases []string
	// check asks for a non-zero exit code when an aim is not met.
	check bool
	// jsonFile gets the results; empty is none.
	jsonFile string
	// profiles is a folder for a CPU profile of each gateway variant and case;
	// empty is none.
	profiles string
}

func readSettings(args []string, output io.Writer) (settings, error) {
	s := settings{}
	flags := flag.NewFlagSet("gateway-bench", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&s.rounds, "rounds", 5, "how often each variant is measured")
	flags.DurationVar(&s.duration, "duration", 3*time.Second, "how long each measurement takes")
	flags.IntVar(&s.connections, "connections", 16, "how many connections ask at the same time")
	cases := flags.String("cases", strings.Join(caseNames, ","), "what to measure, `LIST`")
	flags.BoolVar(&s.check, "check", false, "exit with 3 when an aim is not met")
	flags.StringVar(&s.jsonFile, "json", "", "write the results to `FILE` as JSON too")
	flags.StringVar(&s.profiles, "profiles", "", "write CPU profiles of the gateway to `FOLDER`, from extra runs after the measured ones")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	s.cases = strings.Split(*cases, ",")
	return s, errors.Join(s.checkValues(), noArguments(flags))
}

func noArguments(flags *flag.FlagSet) error {
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return nil
}

func (s settings) checkValues() error {
	var errs []error
	if s.rounds < 1 {
		errs = append(errs, fmt.Errorf("-rounds %d: at least 1", s.rounds))
	}
	// wrk counts in whole seconds.
	if s.duration < time.Second || s.duration%time.Second != 0 {
		errs = append(errs, fmt.Errorf("-duration %v: whole seconds, at least 1s", s.duration))
	}
	if s.connections < 1 || s.connections > 256 {
		errs = append(errs, fmt.Errorf("-connections %d: 1 to 256", s.connections))
	}
	for _, name := range s.cases {
		if !slices.Contains(caseNames, name) {
			errs = append(errs, fmt.Errorf("-cases: %q is none of %s", name, strings.Join(caseNames, ", ")))
		}
	}
	return errors.Join(errs...)
}
