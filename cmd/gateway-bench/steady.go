package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// latency is how long answers took.
type latency struct{ p50, p99 time.Duration }

// steadyConnections is how many requests may be under way at once.
const steadyConnections = 32

// askSteadily asks for an address so many times a second for some time. Unlike
// wrk, which asks as fast as it gets answers, it leaves a server room, so that the
// times are those of requests and not of queues.
func askSteadily(ctx context.Context, address string, rate int, length time.Duration) (latency, error) {
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: steadyConnections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	due := make(chan time.Time, steadyConnections)
	var mu sync.Mutex
	var took []time.Duration
	var errs []error
	var workers sync.WaitGroup
	for range steadyConnections {
		workers.Go(func() {
			for range due {
				begun := time.Now()
				err := askOnce(ctx, client, address)
				d := time.Since(begun)
				mu.Lock()
				took = append(took, d)
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	begun := time.Now()
	for n := range int(float64(rate) * length.Seconds()) {
		at := begun.Add(time.Duration(n) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(at))
		due <- at
	}
	close(due)
	workers.Wait()
	if err := errors.Join(errs...); err != nil {
		return latency{}, err
	}
	return latencyOf(took), nil
}

func askOnce(ctx context.Context, client *http.Client, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", response.StatusCode)
	}
	return errors.Join(err, response.Body.Close())
}

// latencyOf are the times within which half of the answers, and 99 of 100, came.
func latencyOf(took []time.Duration) latency {
	if len(took) == 0 {
		return latency{}
	}
	slices.Sort(took)
	return latency{took[(len(took)-1)/2], took[(len(took)*99+99)/100-1]}
}
