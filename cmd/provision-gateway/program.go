package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/config"
)

// The exit codes.
const (
	exitOK = iota
	exitFailure
	exitUsage
	// exitTrouble is for commands that compare, and could not.
	exitTrouble = exitUsage
)

// Program is one run of the command. A test starts the same program within its
// own process.
type Program struct {
	// Args are the arguments without the program's name.
	Args []string
	// Environ is the environment as NAME=VALUE.
	Environ []string
	// Stdout gets what a command is asked for; Stderr gets errors, progress
	// and the log.
	Stdout, Stderr io.Writer
	// Now gives the time; nil means time.Now.
	Now func() time.Time
	// Listening, when set, is told the address of the server once it accepts
	// connections.
	Listening func(net.Addr)
}

// Run runs the program until it is done, or, for serve, until ctx ends, and
// returns the exit code.
func (p *Program) Run(ctx context.Context) int {
	root := p.root()
	// Nil would mean the arguments of the process.
	root.SetArgs(append([]string{}, p.Args...))
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	for line := range strings.Lines(err.Error()) {
		_, _ = fmt.Fprintf(p.Stderr, "provision-gateway: %s\n", strings.TrimSuffix(line, "\n"))
	}
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	var trouble *troubleError
	if errors.As(err, &trouble) {
		return exitTrouble
	}
	return exitFailure
}

func (p *Program) root() *cobra.Command {
	root := group("provision-gateway", "Answers ProVision APIv1 requests about peering, LIRs and resources",
		p.serveCommand(), p.migrateCommand(), p.peeringdbCommand(), p.requestsCommand(), p.sessionsCommand(),
		p.routerCommand(), p.exchangeCommand(), p.ixapiCommand(), p.legacyCommand(), p.contractCommand(), p.keyCommand(), p.secretsCommand(), p.configCommand(), p.versionCommand())
	root.Long = root.Short + `.

Settings come from flags, from variables PROVISION_GATEWAY_…, and from the file
given with --config, in this order of strength. "provision-gateway config print"
shows them all.`
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	return root
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs}
	c.RunE = func(_ *cobra.Command, args []string) error {
		var names []string
		for _, sub := range commands {
			names = append(names, sub.Name())
		}
		expected := strings.Join(names, ", ")
		if len(args) == 0 {
			return &usageError{fmt.Errorf("%s needs a command: %s", c.CommandPath(), expected)}
		}
		return &usageError{fmt.Errorf("%s has no command %q, but %s", c.CommandPath(), args[0], expected)}
	}
	c.AddCommand(commands...)
	return c
}

// exactly wants a number of arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return &usageError{fmt.Errorf("usage: %s", c.UseLine())}
	}
}

// settings reads the configuration for a command.
func (p *Program) settings(c *cobra.Command, defaults map[string]any) (config.Config, error) {
	return config.Load(config.Options{Environ: p.Environ, Flags: c.Flags(), Defaults: defaults})
}

// addJSON adds the flag --json.
func addJSON(c *cobra.Command) *bool {
	return c.Flags().Bool("json", false, "print JSON")
}

// printJSON prints a value in one line.
func (p *Program) printJSON(v any) error {
	encoder := json.NewEncoder(p.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// printf prints what a command was asked for.
func (p *Program) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(p.Stdout, format, args...)
	return err
}
