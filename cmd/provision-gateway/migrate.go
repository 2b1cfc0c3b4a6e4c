package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"provision-gateway/config"
	"provision-gateway/models"
)

func (p *Program) migrateCommand() *cobra.Command {
	return group("migrate", "Brings the database to the schema of this program", p.migrateUpCommand(), p.migrateStatusCommand())
}

func (p *Program) migrateUpCommand() *cobra.Command {
	c := &cobra.Command{Use: "up", Short: "Applies the migrations that the database lacks", Args: exactly(0)}
	asJSON := addJSON(c)
	return p.withStore(c, p.open, func(ctx context.Context, store *models.Store) error {
		pending, err := store.PendingMigrations(ctx)
		if err != nil {
			return err
		}
		if err := store.Migrate(ctx); err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string][]string{"applied": append([]string{}, pending...)})
		}
		if len(pending) == 0 {
			return p.printf("The database is up to date.\n")
		}
		return p.printf("Applied %s.\n", strings.Join(pending, ", "))
	})
}

func (p *Program) migrateStatusCommand() *cobra.Command {
	c := &cobra.Command{Use: "status", Short: "Lists the migrations that the database lacks", Args: exactly(0)}
	asJSON := addJSON(c)
	return p.withStore(c, p.open, func(ctx context.Context, store *models.Store) error {
		pending, err := store.PendingMigrations(ctx)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(struct {
				UpToDate bool     `json:"up_to_date"`
				Pending  []string `json:"pending"`
			}{len(pending) == 0, append([]string{}, pending...)})
		}
		if len(pending) == 0 {
			return p.printf("The database is up to date.\n")
		}
		return p.printf("The database lacks %s.\n", strings.Join(pending, ", "))
	})
}

// withStore makes a command that works on the database, opened in one of the
// ways of store.go.
func (p *Program) withStore(c *cobra.Command, open func(context.Context, config.Config) (*models.Store, error),
	work func(ctx context.Context, store *models.Store) error) *cobra.Command {
	config.RegisterFlags(c.Flags(), false)
	return p.opening(c, open, func(ctx context.Context, _ config.Config, store *models.Store) error { return work(ctx, store) })
}

// withConfig is withStore for a command that reaches beyond the machine, and
// needs the settings of that.
func (p *Program) withConfig(c *cobra.Command, open func(context.Context, config.Config) (*models.Store, error),
	work func(ctx context.Context, cfg config.Config, store *models.Store) error) *cobra.Command {
	config.RegisterOutsideFlags(c.Flags())
	return p.opening(c, open, work)
}

func (p *Program) opening(c *cobra.Command, open func(context.Context, config.Config) (*models.Store, error),
	work func(ctx context.Context, cfg config.Config, store *models.Store) error) *cobra.Command {
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := p.settings(c, nil)
		if err != nil {
			return err
		}
		store, err := open(c.Context(), cfg)
		if err != nil {
			return err
		}
		return errors.Join(work(c.Context(), cfg, store), store.Close())
	}
	return c
}
