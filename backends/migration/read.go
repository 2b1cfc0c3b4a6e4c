package migration

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Reading says what to read of a side.
type Reading struct {
	// Exchanges are read although nothing else names them.
	Exchanges []uint64
	// Location is the time zone of the times in answers; nil is UTC.
	Location *time.Location
	// Together is how many questions are asked at a time; 0 means 4.
	Together int
	// Pauses come before each further try of a question whose answer did not arrive;
	// nil is 0.3, 2 and 11 seconds, which outlasts the time for which a failing
	// original is left alone.
	Pauses []time.Duration
	// Progress is told how many of the questions are answered; nil is nobody.
	Progress func(done, total int)
}

// reader reads one side.
type reader struct {
	options Reading
	*asking
	*Snapshot
}

// Read reads all that a side shows. Nothing is left out quietly: an answer that
// fails or cannot be read is an error, and questions that the side refuses but
// that others make up for are noted.
func Read(ctx context.Context, side Asker, o Reading) (*Snapshot, error) {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Together == 0 {
		o.Together = 4
	}
	if o.Pauses == nil {
		o.Pauses = []time.Duration{300 * time.Millisecond, 2 * time.Second, 11 * time.Second}
	}
	r := &reader{options: o, asking: newAsking(side), Snapshot: newSnapshot()}
	r.pauses = o.Pauses
	for _, id := range o.Exchanges {
		r.sawExchange(&id)
	}
	for _, step := range []func(context.Context) error{r.readOverall, r.readSeveral, r.readResources, r.readLIRs} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	r.Snapshot.answers = r.asking.answers
	slices.Sort(r.notes)
	r.notes = slices.Compact(r.notes)
	return r.Snapshot, nil
}

// readSeveral asks what takes many questions, some at a time, and takes the
// answers up in order.
func (r *reader) readSeveral(ctx context.Context) error {
	var questions []question
	for _, column := range columnsByFilter() {
		for _, value := range column.values {
			questions = append(questions, r.ofFilter(column.name, value))
		}
	}
	for _, id := range r.Exchanges() {
		questions = append(questions, r.ofExchange(id))
	}
	total, done := len(questions), 0
	takes := make([]func() error, total)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.options.Together)
	for i, ask := range questions {
		group.Go(func() (err error) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if takes[i], err = ask(ctx); err != nil {
				return err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if done++; r.options.Progress != nil {
				r.options.Progress(done, total)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, take := range takes {
		if err := take(); err != nil {
			return err
		}
	}
	r.finishColumns()
	return r.finishPeers()
}

// question asks something and gives back what takes the answer up.
type question func(ctx context.Context) (take func() error, err error)
