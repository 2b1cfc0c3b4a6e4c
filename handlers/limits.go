package handlers

import (
	"sync"

	"golang.org/x/time/rate"
)

// limiter limits the requests of each key.
type limiter struct {
	rate  rate.Limit
	burst int
	mu    sync.Mutex
	keys  map[uint64]*rate.Limiter
}

func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: max(burst, 1), keys: map[uint64]*rate.Limiter{}}
}

func (l *limiter) allow(key uint64) bool {
	if l.rate <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keys[key] == nil {
		l.keys[key] = rate.NewLimiter(l.rate, l.burst)
	}
	return l.keys[key].Allow()
}
