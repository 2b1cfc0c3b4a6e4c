package main

import (
	"context"
	"fmt"
	"time"

	"provision-gateway/compat"
	"provision-gateway/config"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// staleReads are the reads whose answers here are behind the original, with since
// when.
func staleReads(ctx context.Context, store *models.Store) (map[string]time.Time, error) {
	passed, err := store.PassedWrites(ctx)
	if err != nil {
		return nil, err
	}
	stale := map[string]time.Time{}
	for _, a := range compat.Actions() {
		if since := handlers.Stale(a, passed); since != 0 {
			stale[a.Key()] = time.Unix(since, 0).UTC()
		}
	}
	return stale, nil
}

// warnOfLocal says on standard error which reads of a pattern this gateway now
// answers although it does not know all that the original does.
func (p *Program) warnOfLocal(ctx context.Context, cfg config.Config, store *models.Store, pattern string) error {
	if cfg.Legacy.URL == "" {
		return nil
	}
	rows, err := store.ActionModes(ctx)
	if err != nil {
		return err
	}
	stale, err := staleReads(ctx, store)
	if err != nil {
		return err
	}
	policies := handlers.EffectiveModes(cfg.Legacy.Modes, rows)
	for _, a := range compat.Actions() {
		policy := policies.Of(a.Target, a.Name)
		if a.Effect != compat.Read || policy.Pattern != pattern || policy.For(a, 0) != compat.ModeLocal {
			continue
		}
		if since, ok := stale[a.Key()]; ok {
			p.warn("%s is answered here, and stale since %s: run legacy import", a.Key(), since.Format(time.DateTime))
		}
		if handlers.Passes(a, policies) {
			p.warn("%s is answered here while writes go to the original: it shows them after the next legacy import", a.Key())
		}
	}
	return nil
}

func (p *Program) warn(format string, args ...any) {
	_, _ = fmt.Fprintf(p.Stderr, "warning: "+format+"\n", args...)
}
