package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"provision-gateway/config"
	"provision-gateway/models"
	"provision-gateway/models/keyring"
)

// open opens the database for a command that reads or writes no secret.
func (p *Program) open(ctx context.Context, cfg config.Config) (*models.Store, error) {
	return p.openWith(ctx, cfg, nil)
}

func (p *Program) openWith(ctx context.Context, cfg config.Config, ring *keyring.Keyring) (*models.Store, error) {
	return models.Open(ctx, models.Options{
		Database: cfg.Database.Reveal(), Connections: cfg.DatabaseConnections, Timeout: cfg.DatabaseTimeout, Keyring: ring, Now: p.Now,
	})
}

// openCurrent opens the database with the schema of this program, which it
// applies or insists on as the configuration says.
func (p *Program) openCurrent(ctx context.Context, cfg config.Config) (*models.Store, error) {
	store, err := p.open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := makeCurrent(ctx, store, cfg); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func makeCurrent(ctx context.Context, store *models.Store, cfg config.Config) error {
	pending, err := store.PendingMigrations(ctx)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if len(pending) == 0 {
		return nil
	}
	if cfg.DatabaseMigrate == config.MigrateCheck {
		return fmt.Errorf("the database lacks migrations (%s): run `provision-gateway migrate up`", strings.Join(pending, ", "))
	}
	if err := store.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// openWithSecrets opens the current database together with the key file, which
// is made when it is missing. A key file that cannot open what the database
// holds is an error here already: requests would fail one by one later.
func (p *Program) openWithSecrets(ctx context.Context, cfg config.Config) (*models.Store, error) {
	store, err := p.openCurrent(ctx, cfg)
	if err != nil {
		return nil, err
	}
	ring, err := openKeyring(ctx, store, cfg.KeyFile)
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	return p.openWith(ctx, cfg, ring)
}

func openKeyring(ctx context.Context, store *models.Store, path string) (*keyring.Keyring, error) {
	sealed, err := store.SealedUnder(ctx)
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	ring, err := keyring.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		if len(sealed) > 0 {
			return nil, fmt.Errorf("the key file %s does not exist, but the database holds secrets encrypted with %s: restore it, or name it with secrets.key_file",
				path, strings.Join(sealed, ", "))
		}
		return keyring.LoadOrCreate(path)
	}
	if err != nil {
		return nil, err
	}
	for _, id := range sealed {
		// Nothing is opened: the keyring only tells whether it has the key.
		if _, err := ring.Open("", id, nil); errors.Is(err, keyring.ErrUnknownKey) {
			return nil, fmt.Errorf("the key file %s lacks key %s, with which secrets in the database are encrypted: it belongs to another database, or is out of date",
				path, id)
		}
	}
	return ring, nil
}
