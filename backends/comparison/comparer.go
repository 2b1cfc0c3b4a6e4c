package comparison

import (
	"context"
	"errors"
	"hash/fnv"
	"runtime"
	"sync"
	"time"

	"provision-gateway/models"
)

// Comparer takes pairs from the callers' requests and compares them away from
// those. It is safe for concurrent use.
type Comparer struct {
	config Config
	queue  chan *job
	// again are the jobs whose second time has come.
	again chan *job
	// run ends what is asked when closing takes too long.
	run    context.Context
	cancel context.CancelFunc
	// stop is closed when all jobs are done.
	stop             chan struct{}
	workers, flusher sync.WaitGroup
	// open are the jobs that were taken and are not done.
	open  sync.WaitGroup
	noise noise
	tally *tally
	// here has a place for each job that keeps a processor of this machine busy.
	here chan struct{}
	// mu guards what follows.
	mu     sync.Mutex
	closed bool
	// held is the size of open jobs.
	held int
	// parked is how many jobs wait for their second time.
	parked int
	probes int
	// failing says that the last flush failed, which is logged once; pruned is when
	// old counts were removed.
	failing bool
	pruned  time.Time
}

// job is a pair that is being compared.
type job struct {
	Pair
	action string
	// at is when it was offered: by that it is counted, whatever mode the action
	// is in when the result is there.
	at time.Time
	// size is how many bytes are kept for it: of the request and of answers.
	size int
	// versions are those of the data here before they were asked for the first time,
	// nil when unknown or not needed.
	versions *models.Versions
	// first is what was found the first time, nil before that.
	first *finding
	probe bool
}

// New makes a Comparer and starts its workers. Close ends it.
func New(c Config) (*Comparer, error) {
	if c.Store == nil {
		return nil, errors.New("comparison: no store")
	}
	c = c.withDefaults()
	run, cancel := context.WithCancel(context.Background())
	comparer := &Comparer{
		config: c, queue: make(chan *job, c.Queue), again: make(chan *job, c.Queue), run: run, cancel: cancel,
		stop: make(chan struct{}), tally: newTally(),
		here: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
	}
	for range c.Workers {
		comparer.workers.Go(comparer.work)
	}
	comparer.flusher.Go(comparer.flushRegularly)
	return comparer, nil
}

// Offer takes a pair, or drops it when too many wait. It returns at once. What is
// no read is never taken, whatever its mode says: it would be done twice.
func (c *Comparer) Offer(p Pair) {
	if p.Action == nil || !p.Mode.Twice() || !p.Mode.Suits(p.Action.Effect) {
		return
	}
	j := &job{Pair: p, action: p.Action.Key(), at: c.config.Now()}
	c.tally.count(j.action, j.at, requests)
	switch {
	case p.Failed || p.Answer == nil:
		c.tally.count(j.action, j.at, ownErrors)
	case p.Stale:
		c.tally.count(j.action, j.at, stale)
	case position("sample", p.Fingerprint) >= c.config.Sample:
	case !c.enqueue(j):
		c.tally.count(j.action, j.at, dropped)
	}
}

func (c *Comparer) enqueue(j *job) bool {
	j.size = len(j.Answer.Body)
	if r := j.Request; r != nil {
		j.size += len(r.Query) + len(r.Body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.held+j.size > c.config.QueueBytes && c.held > 0 {
		return false
	}
	j.probe = c.nextIsProbe()
	// Before the job can be done.
	c.open.Add(1)
	select {
	case c.queue <- j:
		c.held += j.size
		return true
	default:
		c.open.Done()
		return false
	}
}

// nextIsProbe spreads the probes for noise evenly, whatever is asked.
func (c *Comparer) nextIsProbe() bool {
	c.probes += c.config.Noise
	if c.probes < 100 {
		return false
	}
	c.probes -= 100
	return true
}

// position is where a request lies among all, 0 to 99. The salt makes it
// independent of the position by which the share of an action is decided.
func position(salt, fingerprint string) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(salt + "\x00" + fingerprint))
	sum := h.Sum64()
	// The low bits of this hash alone are not evenly spread.
	return int((sum ^ sum>>32) % 100)
}

func (c *Comparer) work() {
	for {
		select {
		case j := <-c.again:
			c.do(j)
			continue
		default:
		}
		select {
		case j := <-c.again:
			c.do(j)
		case j := <-c.queue:
			c.do(j)
		case <-c.stop:
			c.empty()
			return
		}
	}
}

// empty gets rid of what still waits, which counts as dropped.
func (c *Comparer) empty() {
	for {
		select {
		case j := <-c.again:
			c.do(j)
		case j := <-c.queue:
			c.do(j)
		default:
			return
		}
	}
}

// do compares a job, the first or the second time.
func (c *Comparer) do(j *job) {
	outcome, found := c.judgeSafely(j)
	if outcome == differs {
		if c.park(j, found) {
			return
		}
		// Asked again at once, what changes at the moment would pass for a mismatch.
		outcome = dropped
	}
	c.finish(j, outcome)
}

// finish counts what became of a job, and makes room for another.
func (c *Comparer) finish(j *job, outcome string) {
	c.tally.count(j.action, j.at, outcome)
	c.mu.Lock()
	c.held -= j.size
	c.mu.Unlock()
	c.open.Done()
}

// park has a job wait for its second time, with the answers of both sides. It
// reports false when too many do, or their answers take too much room.
func (c *Comparer) park(j *job, found *finding) bool {
	// The answer that the caller got is held already.
	more := len(found.original.Body) + len(found.own.Body) - len(j.Answer.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parked >= cap(c.again) || c.held+more > c.config.QueueBytes && c.held > j.size {
		return false
	}
	c.parked++
	c.held += more
	j.size += more
	j.first = found
	go c.settle(j)
	return true
}

// settle waits until a parked job may be asked again. When comparing ends before,
// it is dropped.
func (c *Comparer) settle(j *job) {
	timer := time.NewTimer(c.config.Settle)
	defer timer.Stop()
	ended := false
	select {
	case <-timer.C:
	case <-c.run.Done():
		ended = true
	}
	c.mu.Lock()
	c.parked--
	c.mu.Unlock()
	if ended {
		c.finish(j, dropped)
		return
	}
	c.again <- j
}

// Close takes nothing more, compares what waits until ctx ends, that for its second
// time among it, and stores what was found. What could not be compared is counted
// as dropped. It returns an error
// when not all could be stored.
func (c *Comparer) Close(ctx context.Context) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		c.open.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	// Whatever is left is dropped by the workers, which stay until then.
	c.cancel()
	select {
	case <-done:
		close(c.stop)
		c.workers.Wait()
	case <-time.After(time.Second):
		close(c.stop)
		// A side does not heed that it was told to stop.
		c.config.Logger.Warn("comparisons still ran and were left alone")
	}
	c.flusher.Wait()
	// Even when ctx has ended: all that was found would be lost.
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	return c.flush(storing)
}
