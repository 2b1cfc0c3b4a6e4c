package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"provision-gateway/backends/contract"
)

func (p *Program) contractVerifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify --against URL [FILE|DIR…]",
		Short: "Sends the requests of golden files to a server and compares its answers",
		Long: `Sends the requests of golden files to a server and compares its answers, byte
for byte, but for the placeholders of files that have some.

A folder stands for all golden files below it; none named is the folder in
which you are. A file whose settings (fixture, time, …) need a prepared server
is sent only if each of them is given with --setting, or with --prepared; one
that asks for more than to read only with --writes. What is left out is listed
with the reason and counted.

The exit code is 0 when every file that was sent is answered as it says, 1 when
one is not, and 2 when there was trouble: a server that cannot be asked, or no
file that could be sent.`,
		Args: cobra.ArbitraryArgs,
	}
	asJSON := addJSON(c)
	flags := addContractFlags(c, "against", "the server, `URL`")
	junit := c.Flags().String("junit", "", "also write JUnit XML to `FILE`")
	prepared := c.Flags().Bool("prepared", false, "the server is prepared for every file, whatever its settings say")
	words := c.Flags().StringArray("setting", nil, "what the server is prepared with, `NAME=VALUE`; may be repeated")
	writes := c.Flags().Bool("writes", false, "also send what adds, changes, deletes, mails or configures")
	c.RunE = func(_ *cobra.Command, args []string) error {
		settings := map[string]string{}
		for _, word := range *words {
			name, value, ok := strings.Cut(word, "=")
			if !ok || name == "" {
				return &usageError{fmt.Errorf("--setting %q is not NAME=VALUE", word)}
			}
			settings[name] = value
		}
		if *flags.url == "" {
			return &usageError{errors.New("--against is required")}
		}
		client, err := p.client(flags)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			args = []string{"."}
		}
		cases, err := contract.ReadCases(args...)
		if err != nil {
			return &troubleError{err}
		}
		options := contract.VerifyOptions{Client: client, Prepared: *prepared, Settings: settings, Writes: *writes}
		var printing error
		if !*asJSON {
			options.Done = func(f contract.FileReport) { printing = errors.Join(printing, p.printVerified(f)) }
		}
		report := contract.Verify(c.Context(), cases, options)
		if *junit != "" {
			data, err := report.JUnit()
			if err == nil {
				err = os.WriteFile(*junit, data, 0o644)
			}
			if err != nil {
				return &troubleError{err}
			}
		}
		if *asJSON {
			printing = p.printJSON(report)
		} else {
			printing = errors.Join(printing, p.printf("%d files: %d ok, %d missed, %d in trouble, %d left out.\n", len(report.Files),
				report.Count(contract.OK), report.Count(contract.Missed), report.Count(contract.Troubled), report.Count(contract.LeftOut)))
		}
		if printing != nil {
			return &troubleError{printing}
		}
		return verdict(report)
	}
	return c
}

// verdict is the error with which the command ends.
func verdict(r *contract.Report) error {
	missed, troubled, left := r.Count(contract.Missed), r.Count(contract.Troubled), r.Count(contract.LeftOut)
	switch {
	case troubled > 0:
		return &troubleError{fmt.Errorf("%d of %d files could not be verified", troubled, len(r.Files))}
	case left == len(r.Files):
		return &troubleError{errors.New("no file was verified: all were left out")}
	case missed > 0:
		return fmt.Errorf("%d of %d files are answered otherwise", missed, len(r.Files))
	}
	return nil
}

// printVerified prints what became of a file.
func (p *Program) printVerified(f contract.FileReport) error {
	name := plain(f.Name)
	switch f.Outcome {
	case contract.OK:
		return p.printf("ok        %s\n", name)
	case contract.LeftOut:
		return p.printf("left out  %s: %s\n", name, plain(f.Reason))
	case contract.Troubled:
		if err := p.printf("TROUBLE   %s: %s\n", name, plain(f.Reason)); err != nil {
			return err
		}
	default:
		if err := p.printf("MISS      %s\n", name); err != nil {
			return err
		}
	}
	for _, m := range f.Misses {
		if err := p.printf("%s", m.String()); err != nil {
			return err
		}
	}
	return nil
}
