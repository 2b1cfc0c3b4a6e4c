package main

import (
	"context"

	"github.com/spf13/cobra"

	"provision-gateway/config"
	"provision-gateway/models"
	"provision-gateway/models/ix"
)

func (p *Program) ixapiSigningKeyRotateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Makes a new key that tokens are signed with",
		Long: `Makes a new key that tokens are signed with. Running gateways follow by
themselves, within seconds. Tokens that were signed with an older key are good
until they expire; it is destroyed by the first rotation that is
ixapi.refresh_lifetime or more after the one that replaced it.

--now destroys all older keys at once, as is right when one has leaked: every
member has to exchange its API key for tokens again.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	now := c.Flags().Bool("now", false, "destroy the older keys at once")
	config.RegisterFlags(c.Flags(), false)
	return p.opening(c, p.openWithSecrets, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		id, destroyed, err := ix.New(store).RotateSigningKey(ctx, cfg.IXAPI.RefreshLifetime, *now)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]uint64{"signing_key": id, "destroyed": uint64(destroyed)})
		}
		return p.printf("Tokens are signed with the new key %d; older keys that were destroyed: %d.\n", id, destroyed)
	})
}
