package migration

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"provision-gateway/models"
)

// leaseName is the lease that an import has: of two at a time each would take what
// the other writes for a change that was made here.
const leaseName = "legacy import"

// leaseLength is how long after a process was killed the next import can begin.
const leaseLength = 20 * time.Second

var errLeaseLost = errors.New("the import was stopped: another one may have begun")

// lease is that of a run.
type lease struct {
	store  *models.Store
	holder string
	length time.Duration
	// writing is held while a transaction, that extends the lease itself, is under
	// way.
	writing sync.Mutex
}

// takeLease takes the lease of imports. When another one has it, the error is a
// Conflict that says which.
func takeLease(ctx context.Context, store *models.Store, length time.Duration) (*lease, error) {
	if length == 0 {
		length = leaseLength
	}
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	l := &lease{store: store, length: length}
	l.holder = fmt.Sprintf("process %d on %.60s since %s (%s)", os.Getpid(), host, store.Now().UTC().Format("15:04:05 UTC"), rand.Text()[:6])
	held, err := store.TakeLease(ctx, leaseName, l.holder, length)
	if err != nil {
		return nil, err
	}
	if held {
		return l, nil
	}
	other, err := store.LeaseOf(ctx, leaseName)
	if err != nil {
		return nil, err
	}
	return nil, models.Errorf(models.Conflict, "Another import is under way: %s. If it was killed, this one can begin at %s",
		other.Holder, time.Unix(other.ExpiresAt, 0).UTC().Format("15:04:05 UTC"))
}

// extending extends the lease for as long as f takes, and stops f when it is lost.
func (l *lease) extending(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var extender sync.WaitGroup
	extender.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(l.length / 4):
			}
			if !l.writing.TryLock() {
				continue
			}
			// An error may pass; every transaction looks whether the lease is lost.
			held, err := l.store.TakeLease(ctx, leaseName, l.holder, l.length)
			l.writing.Unlock()
			if err == nil && !held {
				cancel(errLeaseLost)
			}
		}
	})
	err := f(ctx)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errLeaseLost) {
		err = cause
	}
	cancel(nil)
	extender.Wait()
	return err
}

// release gives the lease back.
func (l *lease) release(ctx context.Context) error {
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return l.store.ReleaseLease(free, leaseName, l.holder)
}

// write is Write of the store. It extends the lease first and last, and so commits
// nothing unless the lease is held, and leaves it held however long it took.
func (l *lease) write(ctx context.Context, f func(tx *models.Tx) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.store.Write(ctx, func(tx *models.Tx) error {
		for _, step := range []func(*models.Tx) error{l.extend, f, l.extend} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *lease) extend(tx *models.Tx) error {
	held, err := tx.TakeLease(leaseName, l.holder, l.length)
	if err == nil && !held {
		err = errLeaseLost
	}
	return err
}
