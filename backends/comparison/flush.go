package comparison

import (
	"context"
	"errors"
	"time"
)

// keepHours is for how long the counts of hours are kept.
const keepHours = 92 * 24 * time.Hour

func (c *Comparer) flushRegularly() {
	// What other gateways found before counts from the first request on.
	if err := c.loadNoise(c.run); err != nil {
		c.config.Logger.Warn("what is known of the original's noise could not be read", "error", err)
	}
	ticker := time.NewTicker(c.config.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.report(c.flush(c.run))
		case <-c.stop:
			return
		}
	}
}

// report logs that storing failed, and that it works again, once each.
func (c *Comparer) report(err error) {
	if err != nil && !c.failing && !errors.Is(err, context.Canceled) {
		c.config.Logger.Warn("what was compared could not be stored; it is kept and tried again", "error", err)
	}
	if err == nil && c.failing {
		c.config.Logger.Info("what was compared could be stored again")
	}
	c.failing = err != nil
}

// flush stores what was found since the last time, and steps back where that is
// due.
func (c *Comparer) flush(ctx context.Context) error {
	batch := c.tally.take()
	if len(batch.Counts) == 0 {
		return c.refreshNoise(ctx)
	}
	now := c.config.Now()
	// After the batch was taken: what is in it came before the change of a mode
	// that is not seen here.
	m, err := c.modes(ctx)
	if err == nil {
		stored := batch
		stored.Counts = withHours(batch.Counts, m.begin)
		stored.Most, stored.MostOfAction = c.config.Samples, c.config.SamplesOfAction
		err = c.config.Store.AddComparisons(ctx, stored)
	}
	if err != nil {
		c.tally.putBack(batch, now.Add(-c.config.StepBack.Window).Unix())
		return err
	}
	return errors.Join(c.loadNoise(ctx), c.stepBack(ctx, m, batch.Counts, now), c.prune(ctx, now))
}

// prune removes counts that nobody looks back to, once an hour.
func (c *Comparer) prune(ctx context.Context, now time.Time) error {
	if now.Sub(c.pruned) < time.Hour {
		return nil
	}
	c.pruned = now
	return errors.Join(
		c.config.Store.PruneComparisons(ctx, moment, now.Add(-max(time.Hour, 2*c.config.StepBack.Window)).Unix()),
		c.config.Store.PruneComparisons(ctx, hour, now.Add(-keepHours).Unix()),
		c.config.Store.PruneComparisonNoise(ctx, noiseFrom(now)))
}
