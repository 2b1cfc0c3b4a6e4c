package comparison

import (
	"context"

	"provision-gateway/models"
)

// StepBackFor steps back as after storing these counts.
func (c *Comparer) StepBackFor(ctx context.Context, counts []models.ComparisonCount) error {
	if err := c.config.Store.AddComparisons(ctx, models.ComparisonBatch{Counts: counts}); err != nil {
		return err
	}
	m, err := c.modes(ctx)
	if err != nil {
		return err
	}
	return c.stepBack(ctx, m, counts, c.config.Now())
}
