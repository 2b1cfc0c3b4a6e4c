package main

import (
	"context"

	"github.com/spf13/cobra"

	"provision-gateway/models"
)

func (p *Program) secretsCommand() *cobra.Command {
	return group("secrets", "Manages the keys that encrypt secrets at rest", p.secretsRotateCommand())
}

func (p *Program) secretsRotateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Encrypts every secret with a new key and drops the old ones",
		Args:  exactly(0),
	}
	asJSON := addJSON(c)
	return p.withStore(c, p.openWithSecrets, func(ctx context.Context, store *models.Store) error {
		bar := p.progress("secrets")
		rotation, err := store.RotateSecrets(ctx, func(done, total int) { bar.set(int64(done), int64(total)) })
		bar.end()
		if err != nil {
			return err
		}
		if *asJSON {
			rotation.Retired = append([]string{}, rotation.Retired...)
			return p.printJSON(rotation)
		}
		return p.printf("%d secrets are encrypted with the new key %s; %d keys were dropped.\n", rotation.Resealed, rotation.KeyID, len(rotation.Retired))
	})
}
