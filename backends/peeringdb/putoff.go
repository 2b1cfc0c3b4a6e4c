package peeringdb

import (
	"context"
	"fmt"
	"time"
)

// What is put off, by name: gateways that share a database, and those to come
// after a restart, keep to it.
const (
	// anyRequest is put off when the server said when to come back.
	anyRequest = "peeringdb-requests"
	// completeLists are put off without a key: PeeringDB answers the same query
	// for more than 100 KB once an hour.
	completeLists = "peeringdb-complete-lists"
)

const (
	oncePer = time.Hour
	isLong  = 100_000
)

// maxStay is the longest time that a server is believed to want to be left
// alone.
const maxStay = 24 * time.Hour

// checkPutOff fails while the server wants to be left alone.
func (r *run) checkPutOff(ctx context.Context) error {
	until, err := r.store.PutOffUntil(ctx, anyRequest)
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if until.After(r.client.pace.now()) {
		return &Error{Text: "the server said to stay away for longer", RetryAt: until}
	}
	return nil
}

// checkOnceAnHour makes a run that nobody asked to be full wait until complete
// lists can be had again. Where something was taken over before, what changed
// since will do until then.
func (r *run) checkOnceAnHour(ctx context.Context) error {
	if !r.full() || r.options.Full || r.client.config.Key != "" {
		return nil
	}
	until, err := r.store.PutOffUntil(ctx, completeLists)
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if !until.After(r.began) {
		return nil
	}
	for _, list := range fetchOrder {
		if _, begun := r.states[list]; !begun {
			return &Error{Text: "complete lists were fetched less than an hour ago but not taken over, and without an API key they can be had once an hour", RetryAt: until}
		}
	}
	r.report.Mode = ModeIncremental
	return nil
}

// stayAway notes when the server wants to be asked again.
func (r *run) stayAway(ctx context.Context, until time.Time) {
	if until.After(r.client.pace.now()) {
		r.putOff(ctx, anyRequest, until)
	}
}

// gotComplete notes that a complete list came.
func (r *run) gotComplete(ctx context.Context, size int64) {
	if r.client.config.Key == "" && size > isLong {
		r.putOff(ctx, completeLists, r.options.Now().Add(oncePer))
	}
}

// putOff notes it also when the run is about to end. That it cannot be noted is
// no reason to fail.
func (r *run) putOff(ctx context.Context, what string, until time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := r.store.PutOff(ctx, what, until); err != nil {
		r.client.config.Logger.WarnContext(ctx, "until when PeeringDB is left alone cannot be noted", "until", until, "error", err)
	}
}
