package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"provision-gateway/backends/contract"
	"provision-gateway/compat/golden"
)

func (p *Program) contractRecordCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "record --from URL --into DIR",
		Short: "Sends requests to a server and writes golden files with its answers",
		Long: `Sends requests to a server and writes golden files with its answers.

The requests are those of --requests: a file with a request line,
METHOD PATH?QUERY, in each of its lines; or golden files, whose answers are
recorded anew. Without, they are the read actions for what the server holds:
all of a list, the first objects in it one by one, and the peers,
communications and sessions of each exchange that is named with --exchange or,
if none is, by a session.

Secrets and the bodies of mails are taken out. Numbers and times that the
server chose become placeholders, for which verify takes what it is given;
those that a request named first stay, and all do with --keep. As long as a
server answers the same, so are the files.

Requests that do more than read are not sent without --writes. The exit code is
2 when a file could not be recorded; the others are written all the same.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	flags := addContractFlags(c, "from", "the server, `URL`")
	into := c.Flags().String("into", "", "folder for the golden files, `DIR`")
	requests := c.Flags().String("requests", "", "`FILE|DIR` with the requests")
	exchanges := c.Flags().UintSlice("exchange", nil, "exchanges to record, by public_id, `ID,…`")
	each := c.Flags().Int("each", 5, "how many objects of a list to ask for one by one")
	keep := c.Flags().StringSlice("keep", nil, "what stays as the server gives it, `LIST` of ids,times")
	writes := c.Flags().Bool("writes", false, "also send requests that add, change, delete, mail or configure")
	c.RunE = func(_ *cobra.Command, _ []string) error {
		o := contract.RecordOptions{Writes: *writes}
		for _, word := range *keep {
			if !slices.Contains([]golden.Kind{golden.IDs, golden.Times}, golden.Kind(word)) {
				return &usageError{fmt.Errorf("--keep %q is neither ids nor times", word)}
			}
			o.Keep = append(o.Keep, golden.Kind(word))
		}
		switch {
		case *flags.url == "":
			return &usageError{errors.New("--from is required")}
		case *into == "":
			return &usageError{errors.New("--into is required")}
		case *each < 0:
			return &usageError{errors.New("--each cannot be negative")}
		case *writes && *requests == "":
			return &usageError{errors.New("--writes needs --requests: only what you name is written")}
		}
		var err error
		if o.Client, err = p.client(flags); err != nil {
			return err
		}
		var plans []contract.Plan
		if *requests != "" {
			plans, err = contract.ReadPlans(o.Client, *requests)
		} else {
			w := contract.WalkOptions{Client: o.Client, Each: *each}
			for _, id := range *exchanges {
				w.Exchanges = append(w.Exchanges, uint64(id))
			}
			plans, err = contract.Walk(c.Context(), w)
		}
		if err != nil {
			return &troubleError{err}
		}
		return p.record(c, plans, o, *into, *asJSON)
	}
	return c
}

// recordedLine is what became of a file, as the command prints it.
type recordedLine struct {
	File   string           `json:"file"`
	Result contract.Written `json:"result,omitempty"`
	Error  string           `json:"error,omitempty"`
}

// recordPatience is after how many files in a row with trouble the rest is not
// tried.
const recordPatience = 3

func (p *Program) record(c *cobra.Command, plans []contract.Plan, o contract.RecordOptions, into string, asJSON bool) error {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return &troubleError{err}
	}
	lines, failed, inARow, counts := []recordedLine{}, 0, 0, map[contract.Written]int{}
	for _, plan := range plans {
		line := recordedLine{File: plan.Name + golden.Extension}
		if inARow == recordPatience {
			line.Error = fmt.Sprintf("not tried, after trouble with %d files in a row", inARow)
		} else if data, err := contract.Record(c.Context(), plan, o); err != nil {
			line.Error = err.Error()
			inARow++
		} else if line.Result, err = contract.Write(into, plan, data); err != nil {
			return &troubleError{err}
		} else {
			inARow = 0
		}
		if line.Error != "" {
			failed++
		}
		counts[line.Result]++
		lines = append(lines, line)
	}
	if asJSON {
		if err := p.printJSON(lines); err != nil {
			return err
		}
	} else if err := p.printRecorded(lines, counts); err != nil {
		return err
	}
	if failed > 0 {
		return &troubleError{fmt.Errorf("%d of %d files could not be recorded", failed, len(lines))}
	}
	return nil
}

func (p *Program) printRecorded(lines []recordedLine, counts map[contract.Written]int) error {
	for _, line := range lines {
		what := string(line.Result)
		if line.Error != "" {
			what = "TROUBLE"
		}
		text := fmt.Sprintf("%-9s %s", what, plain(line.File))
		if line.Error != "" {
			text += ": " + plain(line.Error)
		}
		if err := p.printf("%s\n", text); err != nil {
			return err
		}
	}
	return p.printf("%d files: %d new, %d changed, %d unchanged.\n", len(lines), counts[contract.New], counts[contract.Changed], counts[contract.Unchanged])
}
