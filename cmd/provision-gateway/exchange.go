package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"provision-gateway/config"
	"provision-gateway/handlers/ixapi"
	"provision-gateway/models"
	"provision-gateway/models/ix"
)

const (
	leaseSteps = "ixapi.steps"
	// stepsLease is short, so that orders do not wait for long when a gateway dies:
	// two that take steps at the same time would only wait for each other, since a
	// step and its mark are one transaction. It is not shorter because work is
	// stopped when its lease cannot be extended for as long, less a second: one slow
	// write is no reason.
	stepsLease = 4 * time.Second
	// stepsFailed is how long the database is left alone when it did not answer.
	stepsFailed = 15 * time.Second
)

// servedExchange makes the exchange's API and what moves its orders, which is to be
// started; nil when it is not served.
func servedExchange(cfg config.Config, store *models.Store, logger *slog.Logger) (handler http.Handler, start func(context.Context, *schedule), err error) {
	if !cfg.IXAPI.Enabled {
		return nil, func(context.Context, *schedule) {}, nil
	}
	objects := ix.New(store)
	objects.Interval, objects.TermsURL = cfg.IXAPI.Interval, cfg.IXAPI.TermsURL
	handler, err = ixapi.New(ixapi.Config{
		Store: objects, Logger: logger, ServiceVersion: version, MaxBody: cfg.Limits.Body,
		AccessLifetime: cfg.IXAPI.AccessLifetime, RefreshLifetime: cfg.IXAPI.RefreshLifetime,
	})
	steps := &schedule{store: store, logger: logger, lease: stepsLease}
	return handler, func(ctx context.Context, background *schedule) {
		background.done.Go(func() {
			steps.whenever(ctx, leaseSteps, objects.Interval, objects.Idle, objects.Work)
		})
	}, err
}

// whenever runs work until ctx ends, on one of all gateways at a time, as soon as
// there is some. It looks for work several times in an interval. While there is
// none it writes nothing.
func (s *schedule) whenever(ctx context.Context, name string, interval time.Duration, idle func(context.Context) (bool, error), work func(context.Context) error) {
	pause := min(max(interval/4, 50*time.Millisecond), 15*time.Second)
	for {
		next := pause
		none, err := idle(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.logger.Warn("background work not started", "work", name, "error", err)
			next = stepsFailed
		case !none:
			s.turn(ctx, name, 0, work)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		}
	}
}
