package peeringdb

import (
	"context"
	"fmt"
	"time"

	"provision-gateway/models"
)

// SyncOptions says how Sync works.
type SyncOptions struct {
	// Full asks for complete lists even where it is known what was taken over.
	Full bool
	// FullEvery is how old the last complete lists may be before the next run
	// asks for complete ones again; 7 days when 0, never when negative. They
	// find what a list of changes cannot show: rows that were lost for whatever
	// reason, and contacts that a key which was configured later may see.
	FullEvery time.Duration
	// Force takes complete lists over that are suspiciously short.
	Force bool
	// Progress is told how far the lists have come, by the name of the list;
	// the total is -1 while it is not known. It may be nil.
	Progress Progress
	// Write runs the transaction that takes the lists over, like Write of the
	// store, which nil stands for. It is for callers that must hold on to
	// something meanwhile, such as a lease.
	Write func(ctx context.Context, f func(tx *models.Tx) error) error
	// Now gives the time; nil means time.Now.
	Now func() time.Time
}

// The modes of a run.
const (
	ModeFull        = "full"
	ModeIncremental = "incremental"
)

// fetchOrder is the order in which lists are fetched: what belongs to something
// comes before it, so that a row made in between is not without what it belongs
// to.
var fetchOrder = []string{TypePOC, TypeIXPfx, TypeNetIXLan, TypeIX, TypeNet}

// Sync copies networks, exchanges, ports, prefixes and contacts from the API
// into the database, and the rows that only this gateway knows stay as they
// are.
//
// The first run, and one that is asked to or due, takes complete lists over:
// rows that they do not mention are marked gone. A complete list that comes
// from a cache is brought up to date by what changed since. The other runs ask
// for what changed since the last one. How far that was is told by the rows
// themselves, never by a clock.
//
// Everything is fetched and checked to its last byte before the directory is
// touched, then compared with what is stored, and what differs is written in one
// transaction, together with the note how far the copy has come. Others who
// write wait for that transaction only, which is as long as there are changes. A run that fails or dies at any moment leaves what
// was there, whole, and the next one begins where it had begun.
//
// A row that belongs to something unknown or gone is refused, and the note for
// its type goes no further than to this row, so that the next run asks for it
// again; but by two days at most, since some rows never find what they belong
// to. What that leaves behind comes with the next complete lists. Complete
// lists are also asked for after a network or exchange came back.
//
// Without a key, complete lists show public contacts only; others that are
// stored stay, as long as their network does. Complete lists without networks
// or exchanges, or with less than half of the rows that are stored, are refused
// with a *ShrunkError unless forced.
//
// Until when the server wants to be left alone is noted in the database, and no
// run asks before, whatever its options. Without a key, complete lists of more
// than 100 KB can be had once an hour: within an hour of such a list, a run asks
// for complete ones only when told to by Full. One that would be full otherwise
// asks for what changed, or fails where nothing was taken over yet.
//
// An error of the API is an *Error. The report is never nil; with an error, it
// says what it took to fail.
func Sync(ctx context.Context, store *models.Store, client *Client, o SyncOptions) (*SyncReport, error) {
	fill(&o.FullEvery, 7*24*time.Hour)
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.Write == nil {
		o.Write = store.Write
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &run{client: client, store: store, options: o, began: o.Now(), lists: map[string]*fetched{}, lans: lans{}}
	requests, bytes := client.requests.Load(), client.bytes.Load()
	err := r.run(ctx)
	r.report.Requests = client.requests.Load() - requests
	r.report.Bytes = client.bytes.Load() - bytes
	r.report.Seconds = o.Now().Sub(r.began).Seconds()
	return &r.report, err
}

// run is the state of one Sync.
type run struct {
	client  *Client
	store   *models.Store
	options SyncOptions
	began   time.Time
	// states is how far earlier runs came.
	states map[string]models.SyncState
	lists  map[string]*fetched
	lans   lans
	report SyncReport
}

func (r *run) run(ctx context.Context) error {
	var err error
	if r.states, err = r.store.SyncStates(ctx); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	r.report.Mode = ModeIncremental
	if r.options.Full || r.isDue() {
		r.report.Mode = ModeFull
	}
	if err := r.checkPutOff(ctx); err != nil {
		return err
	}
	if err := r.checkOnceAnHour(ctx); err != nil {
		return err
	}
	defer func() {
		for _, f := range r.lists {
			f.close()
		}
	}()
	for _, list := range fetchOrder {
		if err := r.fetchType(ctx, list); err != nil {
			return err
		}
	}
	if err := r.fetchLANs(ctx); err != nil {
		return err
	}
	return r.takeOver(ctx)
}

func (r *run) full() bool { return r.report.Mode == ModeFull }

// isDue reports whether complete lists are to be fetched without being asked
// for.
func (r *run) isDue() bool {
	for _, list := range fetchOrder {
		full := r.states[list].FullAt
		if full == 0 || r.options.FullEvery > 0 && r.began.Sub(time.Unix(full, 0)) >= r.options.FullEvery {
			return true
		}
	}
	return false
}
