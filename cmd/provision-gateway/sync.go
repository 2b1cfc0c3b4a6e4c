package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/config"
	"provision-gateway/models"
)

func (p *Program) peeringdbSyncCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "sync",
		Short: "Fetches what changed at PeeringDB",
		Long: `Fetches what changed at PeeringDB, or everything the first time.

Lists are fetched and checked as a whole and then taken over at once: a run that
fails leaves everything as it was. serve does the same at intervals when
peeringdb.sync_interval is set.

While PeeringDB wants to be left alone nothing asks it, with no flag. Without an
API key complete lists can be had once an hour; where the last ones came but
could not be taken over, --full asks again before.`,
		Args: exactly(0),
	}
	asJSON := addJSON(c)
	full := c.Flags().Bool("full", false, "fetch everything again")
	force := c.Flags().Bool("force", false, "take complete lists over that are much shorter than what is stored")
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		logger := slog.New(slog.DiscardHandler)
		client, err := peeringDBClient(cfg, logger)
		if err != nil {
			return err
		}
		bar := p.progress("")
		report, err := p.syncPeeringDB(ctx, cfg, store, client, logger, peeringdb.SyncOptions{
			Full: *full, Force: *force,
			Progress: func(object string, done, total int64) {
				bar.rename(object)
				bar.set(done, total)
			},
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

// The leases of the synchronisation: one is held while it runs, by whomever,
// the other says until when it is not due.
const (
	leaseSyncRuns = "peeringdb-sync"
	leaseSyncDue  = "peeringdb-sync-due"
	leasePollDue  = "router-poll-due"
)

// peeringDBClient makes the one client of the process.
func peeringDBClient(cfg config.Config, logger *slog.Logger) (*peeringdb.Client, error) {
	return peeringdb.New(peeringdb.Config{
		URL: cfg.PeeringDB.URL, Key: cfg.PeeringDB.Key.Reveal(), UserAgent: "provision-gateway/" + version, Pause: cfg.PeeringDB.Pause,
		AnswerTimeout: 4 * cfg.PeeringDB.Timeout, SilenceTimeout: cfg.PeeringDB.Timeout, ConnectTimeout: cfg.PeeringDB.Timeout, Logger: logger,
	})
}

// syncPeeringDB runs a synchronisation, unless another gateway does.
func (p *Program) syncPeeringDB(ctx context.Context, cfg config.Config, store *models.Store, client *peeringdb.Client, logger *slog.Logger, o peeringdb.SyncOptions) (*peeringdb.SyncReport, error) {
	if o.FullEvery = cfg.PeeringDB.FullEvery; o.FullEvery == 0 {
		o.FullEvery = -1
	}
	o.Now = p.Now
	holder := rand.Text()
	held, err := store.TakeLease(ctx, leaseSyncRuns, holder, scheduleLease)
	if err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	if !held {
		return nil, errors.New("another gateway, or another command, is fetching from PeeringDB now")
	}
	var report *peeringdb.SyncReport
	s := &schedule{store: store, logger: logger, lease: scheduleLease}
	err = s.guarded(ctx, leaseSyncRuns, holder, func(ctx context.Context) (err error) {
		o.Write = func(_ context.Context, f func(tx *models.Tx) error) error { return writeHolding(ctx, store, f) }
		report, err = peeringdb.Sync(ctx, store, client, o)
		return err
	})
	return report, errors.Join(err, store.ReleaseLease(context.WithoutCancel(ctx), leaseSyncRuns, holder))
}

// startBackground starts what no request waits for and what one of all gateways
// does: fetching from PeeringDB, and reading the routers.
func (p *Program) startBackground(ctx context.Context, cfg config.Config, store *models.Store, logger *slog.Logger, poll func(context.Context) error) *schedule {
	s := &schedule{store: store, logger: logger, lease: scheduleLease}
	client, unusable := peeringDBClient(cfg, logger)
	s.every(ctx, leaseSyncDue, cfg.PeeringDB.Every, func(ctx context.Context) error {
		if unusable != nil {
			return unusable
		}
		began := time.Now()
		report, err := p.syncPeeringDB(ctx, cfg, store, client, logger, peeringdb.SyncOptions{})
		if err == nil {
			logger.Info("fetched from PeeringDB", "report", report)
		}
		if failed, ok := errors.AsType[*peeringdb.Error](err); ok && !failed.RetryAt.IsZero() {
			return &laterError{err, failed.RetryAt.Sub(began)}
		}
		return err
	})
	s.every(ctx, leasePollDue, cfg.Router.Poll, poll)
	return s
}
