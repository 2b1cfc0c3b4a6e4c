package comparison

import (
	"cmp"
	"log/slog"
	"time"

	"provision-gateway/compat"
	"provision-gateway/compat/shadow"
	"provision-gateway/models"
)

// Config is what a Comparer is made of. Store is required.
type Config struct {
	Store  *models.Store
	Logger *slog.Logger
	// Rules take differences away that are known and accepted; nil is none.
	Rules *shadow.Rules
	// Modes are the policies of the configuration, for an action of which none is
	// stored.
	Modes compat.Policies
	// Sample is the percentage of requests that are compared, 0 to 100. Which ones
	// is decided by their parameters, so equal requests are all compared or none.
	Sample int
	// Noise is the percentage of compared requests that the original is asked
	// twice, 0 to 100.
	Noise int
	// Queue is how many pairs may wait, 0 means 256, and as many for their second
	// time. QueueBytes is how many bytes their requests and answers may have, 0
	// means 64 MiB. What comes then is dropped.
	Queue      int
	QueueBytes int
	// Workers is how many pairs are compared at once; 0 means 4. Most of the time
	// they wait for the original: what is done here, half of the processors do.
	Workers int
	// Timeout is the longest time for all that is asked for one pair, waiting for
	// the second time aside; 0 means 30 seconds.
	Timeout time.Duration
	// Settle is how long to wait before both sides are asked again because they
	// differ; 0 means 1.1 seconds, so that even times in whole seconds move.
	Settle time.Duration
	// Samples is how many differences are kept in the database, 0 means 1,000, and
	// SamplesOfAction how many of one action, 0 means a fifth of them.
	Samples, SamplesOfAction int
	// Interval is between two times that the counts are stored; 0 means 5 seconds.
	Interval time.Duration
	// StepBack says when an action is given back to the original.
	StepBack StepBack
	// Now gives the time; nil means time.Now.
	Now func() time.Time
}

// withDefaults fills in what zero values mean.
func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Queue = cmp.Or(c.Queue, 256)
	c.QueueBytes = cmp.Or(c.QueueBytes, 64<<20)
	c.Workers = cmp.Or(c.Workers, 4)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Settle = cmp.Or(c.Settle, 1100*time.Millisecond)
	c.Samples = cmp.Or(c.Samples, 1000)
	c.SamplesOfAction = cmp.Or(c.SamplesOfAction, max(1, c.Samples/5))
	c.Interval = cmp.Or(c.Interval, 5*time.Second)
	return c
}
