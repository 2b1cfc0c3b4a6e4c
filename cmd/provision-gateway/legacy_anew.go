package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"provision-gateway/config"
	"provision-gateway/models"
)

func (p *Program) legacyAnewCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "anew ACTION…",
		Short: "Starts to compare actions anew, after what differed was mended",
		Long: `Starts to compare actions anew, after what differed was mended: what was found
for them up to now does not count any more. Where the original differs with
itself stays known. The log of modes (legacy mode log) says who did it.

A gateway that runs stores what it finds every few seconds; what it found just
before is counted anew.`,
		Args: cobra.MinimumNArgs(1),
	}
	by, reason := p.addWho(c)
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, _ config.Config, store *models.Store) error {
		for _, action := range c.Flags().Args() {
			if target, name, _ := strings.Cut(action, "."); !inTable(target, name) {
				return &usageError{fmt.Errorf("there is no action %q", action)}
			}
		}
		for _, action := range c.Flags().Args() {
			if err := store.StartComparisonAnew(ctx, action, p.who(*by), *reason); err != nil {
				return err
			}
			if err := p.printf("%s is compared anew.\n", action); err != nil {
				return err
			}
		}
		return nil
	})
}
