package router

import (
	"context"
	"errors"
	"sync"
)

// locks holds one lock per router. The zero value is ready.
type locks struct {
	mutex sync.Mutex
	held  map[string]*turn
}

// turn is the lock of one router. It exists while someone holds it or waits.
type turn struct {
	free  chan struct{}
	users int
}

var errNotHeld = errors.New("lock of the router not taken")

// hold calls f while nobody else holds the lock of that name, and returns what
// f returns. It returns errNotHeld when ctx ends before it is its turn.
func (l *locks) hold(ctx context.Context, name string, f func() error) error {
	t := l.join(name)
	defer l.leave(name, t)
	if ctx.Err() != nil {
		return errNotHeld
	}
	select {
	case <-t.free:
	case <-ctx.Done():
		return errNotHeld
	}
	defer func() { t.free <- struct{}{} }()
	return f()
}

func (l *locks) join(name string) *turn {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.held == nil {
		l.held = map[string]*turn{}
	}
	t := l.held[name]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		l.held[name] = t
	}
	t.users++
	return t
}

func (l *locks) leave(name string, t *turn) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if t.users--; t.users == 0 {
		delete(l.held, name)
	}
}
