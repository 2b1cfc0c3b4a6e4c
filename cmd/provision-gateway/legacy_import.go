package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/backends/migration"
	"provision-gateway/config"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// importFlags are the flags of legacy import.
type importFlags struct {
	exchanges                               []uint
	idsFrom                                 uint64
	replace, keepDirectory, verify, verbose bool
}

func (p *Program) legacyImportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import",
		Short: "Copies the original server into the database, under the same ids",
		Long: `Copies the original server into the database through its own API, under the same
ids.

Everything is read before anything is written. A run that was cut off is finished
by the next one; a run after that writes only what changed at the original. With
--verify nothing is written: every object of both sides is compared, and the exit
code is 0 only when none differs.

While writes go to the original, run it by a timer: what they change is here, and is
compared again, only after a run that refuses nothing.

The key (legacy.api_key) needs to read and to see secrets. own_asns and timezone
must be those of the original.`,
		Args: exactly(0),
	}
	var f importFlags
	c.Flags().UintSliceVar(&f.exchanges, "exchange", nil, "exchanges to read although nothing else names them, `ID,…`")
	c.Flags().Uint64Var(&f.idsFrom, "ids-from", 0, "smallest id of what is added here afterwards")
	c.Flags().BoolVar(&f.replace, "replace", false, "overwrite what did not come from the original, or was changed here")
	c.Flags().BoolVar(&f.keepDirectory, "keep-directory", false, "leave networks, exchanges, addresses and contacts that are here as they are")
	c.Flags().BoolVar(&f.verify, "verify", false, "write nothing and compare every object")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list every object that was written")
	asJSON := addJSON(c)
	return p.withConfig(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		return p.legacyImport(ctx, cfg, store, f, *asJSON)
	})
}

func (p *Program) legacyImport(ctx context.Context, cfg config.Config, store *models.Store, f importFlags, asJSON bool) error {
	server, err := original(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if server == nil {
		return errNoOriginal
	}
	defer server.Close()
	own, err := handlers.New(handlers.Options{
		Store: store, OwnASNs: cfg.OwnASNs, RIRs: cfg.LIR.RIRs, Location: cfg.Timezone, MaxVariables: cfg.Limits.Variables, Now: p.Now,
	})
	if err != nil {
		return err
	}
	bar := p.progress("reading the original")
	reading := migration.Reading{
		Location: cfg.Timezone, Together: min(4, cfg.Legacy.Connections),
		Progress: func(done, total int) { bar.set(int64(done), int64(total)) },
	}
	for _, id := range f.exchanges {
		reading.Exchanges = append(reading.Exchanges, uint64(id))
	}
	if f.verify {
		err = p.verifyImport(ctx, server, own, reading, f, asJSON, bar)
	} else {
		err = p.runImport(ctx, migration.Options{
			Original: server, Own: own, Store: store, Reading: reading, Replace: f.replace, KeepDirectory: f.keepDirectory, IDsFrom: f.idsFrom,
			Wrote: func(kind migration.Kind, done, total int) {
				bar.rename("writing: " + string(kind))
				bar.set(int64(done), int64(total))
			},
		}, f, asJSON, bar)
	}
	bar.end()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, own.Close(closing))
}

// importAnswer is what legacy import --json prints.
type importAnswer struct {
	*migration.Report
	Changes []migration.Change `json:"changes,omitempty"`
}

func (p *Program) runImport(ctx context.Context, o migration.Options, f importFlags, asJSON bool, bar *progress) error {
	answer := importAnswer{}
	if f.verbose {
		o.Changed = func(c migration.Change) { answer.Changes = append(answer.Changes, c) }
	}
	report, err := migration.Import(ctx, o)
	bar.end()
	if err != nil {
		return err
	}
	answer.Report = report
	if asJSON {
		err = p.printJSON(answer)
	} else {
		err = p.printImport(answer)
	}
	if n := len(report.Conflicts); n > 0 && err == nil {
		err = fmt.Errorf("%d objects were refused; --replace overwrites what is here", n)
	}
	return err
}

// printImport prints what an import did.
func (p *Program) printImport(a importAnswer) error {
	for _, c := range a.Changes {
		if err := p.printf("%s %s %s\n", c.Done, c.Kind, plain(c.Object)); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "KIND\tADDED\tCHANGED\tREMOVED\tUNCHANGED\tREFUSED\tONLY HERE")
	for _, kind := range migration.Kinds() {
		if n := a.Kinds[kind]; n != nil {
			_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", kind, n.Added, n.Changed, n.Removed, n.Unchanged, n.Refused, n.Own)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return errors.Join(p.printList("Refused", a.Conflicts), p.printList("Note", a.Notes))
}

// printList prints lines with a word before each.
func (p *Program) printList(word string, lines []string) error {
	for _, line := range lines {
		if err := p.printf("%s: %s\n", word, plain(line)); err != nil {
			return err
		}
	}
	return nil
}

// verifyAnswer is what legacy import --verify --json prints.
type verifyAnswer struct {
	*migration.Verification
	List []migration.Difference `json:"list"`
}

func (p *Program) verifyImport(ctx context.Context, server, own migration.Asker, reading migration.Reading, f importFlags, asJSON bool, bar *progress) error {
	answer := verifyAnswer{List: []migration.Difference{}}
	v, err := migration.Verify(ctx, server, own, reading, !f.keepDirectory, func(d migration.Difference) { answer.List = append(answer.List, d) })
	bar.end()
	if err != nil {
		return err
	}
	answer.Verification = v
	if asJSON {
		err = p.printJSON(answer)
	} else {
		err = p.printVerification(answer)
	}
	if v.Differences > 0 && err == nil {
		err = fmt.Errorf("%d differences", v.Differences)
	}
	return err
}

func (p *Program) printVerification(a verifyAnswer) error {
	for _, d := range a.List {
		if err := p.printf("%s\n", plain(d.String())); err != nil {
			return err
		}
	}
	if err := p.printList("Note", a.Notes); err != nil {
		return err
	}
	return p.printf("%d objects compared, %d differences; %d of %d answers are the same byte for byte.\n", a.Objects, a.Differences, a.Same, a.Answers)
}
