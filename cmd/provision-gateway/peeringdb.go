package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

func (p *Program) peeringdbCommand() *cobra.Command {
	return group("peeringdb", "Manages the networks and exchanges that PeeringDB knows", p.peeringdbSyncCommand(), p.peeringdbLoadCommand())
}

func (p *Program) peeringdbLoadCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "load --from DIR",
		Short: "Loads networks, exchanges, ports, prefixes and contacts from PeeringDB files",
		Long: `Loads networks, exchanges, ports, prefixes and contacts from PeeringDB files.

The folder holds answers of the PeeringDB API as files: net.json, ix.json,
netixlan.json, ixpfx.json and poc.json. What a file no longer holds is not
listed any more; a type without a file stays as it is.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	local := c.Flags().Bool("local", false, "the files hold rows that only you know, which no synchronisation changes")
	from := c.Flags().String("from", "", "folder with the files, `DIR`")
	c.PreRunE = func(*cobra.Command, []string) error {
		if *from == "" {
			return &usageError{errors.New("--from is required")}
		}
		info, err := os.Stat(*from)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is not a folder", *from)
		}
		return err
	}
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		bar := p.progress("")
		load := peeringdb.Load
		if *local {
			load = peeringdb.LoadLocal
		}
		report, err := load(ctx, store, os.DirFS(*from), func(object string, done, total int64) {
			bar.rename(object)
			bar.set(done, total)
		})
		bar.end()
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(report)
		}
		_, err = report.WriteTo(p.Stdout)
		return err
	})
}
